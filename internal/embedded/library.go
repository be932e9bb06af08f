package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryVariable names the environment variable that says where the engine's
// library is, when it is in none of the usual places.
const LibraryVariable = "ONEORDER_ENGINE_LIBRARY"

// What the library exports: a C main, and the error in what that returns.
const (
	engineSymbol      = "chdb_query_cmdline"
	engineErrorSymbol = "chdb_result_error"
)

// platformPackages are the npm packages that carry the library, by GOOS/GOARCH.
var platformPackages = map[string]string{
	"linux/amd64":  "lib-linux-x64-gnu",
	"linux/arm64":  "lib-linux-arm64-gnu",
	"darwin/amd64": "lib-darwin-x64",
	"darwin/arm64": "lib-darwin-arm64",
}

var libraryNames = []string{"libchdb.so", "libchdb.dylib"}

// FindLibrary says where the engine's library is: where ONEORDER_ENGINE_LIBRARY
// points, else beside the binary, else in deploy/engine/node_modules of the
// working directory, of the binary's directory, or of a parent of either.
func FindLibrary() (string, error) {
	if !engineBuilt {
		return "", fmt.Errorf("%w: use a binary built without -tags noengine, or set ONEORDER_CLICKHOUSE to a server", ErrNoEngine)
	}
	if named := os.Getenv(LibraryVariable); named != "" {
		if err := checkLibrary(named); err != nil {
			return "", fmt.Errorf("%s: %w", LibraryVariable, err)
		}
		return named, nil
	}
	var binary string
	if exe, err := os.Executable(); err == nil {
		if exe, err = filepath.EvalSymlinks(exe); err == nil {
			binary = filepath.Dir(exe)
		}
	}
	working, err := os.Getwd()
	if err != nil {
		working = ""
	}
	return findLibrary(runtime.GOOS+"/"+runtime.GOARCH, binary, working)
}

func findLibrary(platform, binary, working string) (string, error) {
	if binary != "" {
		if path, ok := libraryIn(binary); ok {
			return path, nil
		}
	}
	carrier, ok := platformPackages[platform]
	if !ok {
		return "", fmt.Errorf("%w: %s; set ONEORDER_CLICKHOUSE to a server instead", ErrPlatform, platform)
	}
	for _, start := range []string{working, binary} {
		for dir := start; dir != ""; dir = filepath.Dir(dir) {
			if path, ok := libraryIn(filepath.Join(dir, "deploy", "engine", "node_modules", "@chdb", carrier)); ok {
				return path, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", fmt.Errorf("%w not found: run `make engine` (it needs npm and brings @chdb/%s), or set %s to its path, or ONEORDER_CLICKHOUSE to a server",
		ErrLibrary, carrier, LibraryVariable)
}

func libraryIn(dir string) (string, bool) {
	for _, name := range libraryNames {
		path := filepath.Join(dir, name)
		if checkLibrary(path) == nil {
			return path, true
		}
	}
	return "", false
}

func checkLibrary(path string) error {
	info, err := os.Stat(path) // #nosec G703 -- the path is the operator's choice
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w not found at %s: run `make engine`, or correct the path", ErrLibrary, path)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrLibrary, err)
	case info.IsDir():
		return fmt.Errorf("%w: %s is a folder, the library's own path is wanted", ErrLibrary, path)
	}
	return nil
}
