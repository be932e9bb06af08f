# The two commands that matter are `make demo` and `make test`; `make help` lists the rest.
# Needed: Go, make, npm. A C compiler is used for the race detector where there is one.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Every target keeps two cores busy by itself.
.NOTPARALLEL:

BIN     := bin/oneorder
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
TOOL    := go tool -modfile=tools/go.mod

# How long each fuzz target runs, and how many cases each property checks.
FUZZTIME        ?= 5s
NIGHTLY_FUZZ    ?= 3m
NIGHTLY_CHECKS  ?= 100000
NIGHTLY_EVENTS  ?= 1000000
TEST_TIMEOUT    ?= 20m
PKG             ?= ./...
BENCHFLAGS      ?=

ENGINE := deploy/engine/node_modules/.package-lock.json

# The race detector needs a C compiler, the product does not.
RACE = $(shell command -v "$$(go env CC | cut -d' ' -f1)" >/dev/null 2>&1 && echo -race)

# The tests that run the binary run this one, with the engine that `make engine` brought.
export ONEORDER_BIN ?= $(CURDIR)/$(BIN)

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## "; print "usage: make TARGET\n" } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z][a-z-]*:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nsettings: PKG=%s FUZZTIME=%s TEST_TIMEOUT=%s BENCHFLAGS=…\n' '$(PKG)' '$(FUZZTIME)' '$(TEST_TIMEOUT)'

##@ Run

.PHONY: demo
demo: build ## everything on this machine: a simulated corridor, joined, with the results shown
	@$(BIN) demo

.PHONY: build
build: engine ## build bin/oneorder and fetch the engine
	@CGO_ENABLED=0 go build -trimpath -ldflags '-X main.version=$(VERSION)' -o $(BIN) ./cmd/oneorder

.PHONY: engine
engine: $(ENGINE) ## fetch the ClickHouse engine of the one-machine default (npm ci, once)

$(ENGINE): deploy/engine/package.json deploy/engine/package-lock.json
	@command -v npm >/dev/null 2>&1 || { \
	  echo "npm is missing. It fetches the ClickHouse engine of the one-machine default: install Node.js (https://nodejs.org), then run make again." >&2; \
	  echo "Without it, 'go build -tags noengine ./cmd/oneorder' gives a binary that works with servers of your own." >&2; \
	  exit 1; }
	@echo "fetching the ClickHouse engine (about 560 MB on disk, once)" >&2
	@cd deploy/engine && npm ci --no-audit --no-fund --loglevel=error >&2
	@ls deploy/engine/node_modules/@chdb/*/libchdb.* >/dev/null 2>&1 || { \
	  echo "npm brought no engine: there is none for $$(uname -sm), or it could not be fetched (look above)." >&2; \
	  echo "'go build -tags noengine ./cmd/oneorder' gives a binary that works with servers of your own." >&2; \
	  rm -f $@; exit 1; }
	@touch $@

##@ Check

.PHONY: test
test: engine build lint unit fuzz ## everything: lint, formatting, unit, integration and end-to-end tests, short fuzzing

.PHONY: unit
unit: engine build bin/testsummary ## all Go tests, with the race detector where a C compiler is present (PKG=./internal/wire for one package)
	@if [ -z "$(RACE)" ]; then echo "no C compiler: the tests run without the race detector" >&2; fi
	@set +e; go test $(RACE) -count=1 -shuffle=on -timeout=$(TEST_TIMEOUT) -json $(PKG) | bin/testsummary -save bin/tests.json; \
	  codes=("$${PIPESTATUS[@]}"); \
	  go test -C tools -count=1 ./testsummary >&2; own=$$?; \
	  go test -C tools/alerts -count=1 . >&2; alerts=$$?; \
	  [ "$${codes[0]}" -eq 0 ] && [ "$${codes[1]}" -eq 0 ] && [ $$own -eq 0 ] && [ $$alerts -eq 0 ]

.PHONY: lint
lint: vet format ## golangci-lint with the import rules, go vet, formatting, unreachable code
	@$(TOOL) golangci-lint run ./...
	@dead=$$($(TOOL) deadcode -test ./...); if [ -n "$$dead" ]; then echo "$$dead"; exit 1; fi

.PHONY: vet
vet: ## go vet, of the build with the engine and of the one without
	@go vet ./...
	@go vet -tags noengine ./cmd/... ./internal/embedded/...

.PHONY: format
format: ## check the formatting (make fmt mends it)
	@bad=$$($(TOOL) gofumpt -l .); if [ -n "$$bad" ]; then printf 'not formatted (make fmt mends it):\n%s\n' "$$bad" >&2; exit 1; fi

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (5 s)
	@mkdir -p bin
	@files=$$(go list -f '{{$$d := .Dir}}{{range .TestGoFiles}}{{$$d}}/{{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$$d}}/{{.}}{{"\n"}}{{end}}' ./...); \
	  for file in $$(grep -ls '^func Fuzz' $$files || true); do \
	    for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file"); do \
	      echo "fuzz $$target for $(FUZZTIME)" >&2; \
	      for try in 1 2 3; do \
	        if go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" >bin/fuzz.log 2>&1; then cat bin/fuzz.log; break; fi; \
	        if [ $$try = 3 ] || ! grep -q '^    context deadline exceeded$$' bin/fuzz.log; then cat bin/fuzz.log; exit 1; fi; \
	        echo "the fuzzer ended late and without a finding (a known fault of go test -fuzz): again" >&2; \
	      done; \
	    done; \
	  done

.PHONY: nightly
nightly: engine build ## the long property tests, a million events by decoder and schemas, and three minutes of every fuzz target
	@packages=$$(go list -f '{{$$p := .ImportPath}}{{range .TestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p}}{{"\n"}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p}}{{"\n"}}{{end}}{{end}}' ./... | sort -u); \
	  if [ -z "$$packages" ]; then echo "no property tests" >&2; else \
	    go test -count=1 -timeout=4h $$packages -args -rapid.checks=$(NIGHTLY_CHECKS); fi
	@go test -count=1 -timeout=2h -v -run "^TestDecoderAndSchemasAgree$$" ./schemas -events $(NIGHTLY_EVENTS)
	@$(MAKE) --no-print-directory fuzz FUZZTIME=$(NIGHTLY_FUZZ)

.PHONY: conformance
conformance: ## what becomes of the real documents below ONEORDER_CORPUS, by format; also written to docs/standards.md
	@[ -n "$$ONEORDER_CORPUS" ] || { echo "set ONEORDER_CORPUS to the folder of the corpus" >&2; exit 1; }
	@go test -count=1 -run '^TestEachCorpus' ./internal/standard/...
	@go test -count=1 -run '^TestTheConformanceTable' ./cmd/oneorder -update >&2
	@sed -n '/conformance: written/,/end of conformance/{/<!--/d;p}' docs/standards.md

.PHONY: faults
faults: ## write the table of fault codes into docs/enterprise.md, from internal/trade/faultcode.go
	@go test -count=1 -run '^TestTheFaultTable' ./cmd/oneorder -update >&2

.PHONY: bench
bench: build ## the figures of the whole flow (BENCHFLAGS='--events 1000000 --json')
	@$(BIN) bench $(BENCHFLAGS)

.PHONY: microbench
microbench: ## the Go benchmarks of PKG; compare two runs with `go tool -modfile=tools/go.mod benchstat`
	@go test -run '^$$' -bench . -benchmem -count=$${COUNT:-6} $(PKG)

##@ Mend

.PHONY: fmt
fmt: ## format all Go files
	@$(TOOL) gofumpt -w .

.PHONY: clean
clean: ## remove what was built and the demo's data; the engine stays (deploy/engine/node_modules)
	@rm -rf bin data

bin/testsummary: $(wildcard tools/testsummary/*.go) tools/go.mod
	@go build -C tools -o $(CURDIR)/$@ ./testsummary
