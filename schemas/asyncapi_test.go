package schemas_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/schemas"
)

// node is a part of asyncapi.yaml.
type node = map[string]any

func readAsyncAPI(t *testing.T) node {
	t.Helper()
	text, err := os.ReadFile("asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// find gives the part that a path leads to, following references on the way; nil: there is none.
func find(document node, where ...string) any {
	var here any = document
	for _, name := range where {
		here = child(resolve(document, here), name)
	}
	return resolve(document, here)
}

// resolve gives the part that a reference into the document leads to; all else is itself.
func resolve(document node, part any) any {
	ref, ok := reference(part)
	if inner, inside := strings.CutPrefix(ref, "#"); ok && inside {
		part, _ = at(document, inner)
	}
	return part
}

func child(parent any, name string) any {
	m, _ := parent.(node)
	return m[name]
}

func reference(part any) (string, bool) {
	ref, ok := child(part, "$ref").(string)
	return ref, ok
}

func keys(part any) []string {
	return slices.Sorted(maps.Keys(parts(part)))
}

func texts(part any) []string {
	list, _ := part.([]any)
	var all []string
	for _, e := range list {
		all = append(all, fmt.Sprint(e))
	}
	return all
}

// checker holds a document against AsyncAPI 3.0.0, as far as ours uses it.
type checker struct {
	document node
	faults   []string
}

func faultsOf(document node) []string {
	c := &checker{document: document}
	c.members("root", document, "id servers defaultContentType channels operations components", "asyncapi info")
	if document["asyncapi"] != "3.0.0" {
		c.fault("root", "asyncapi is %v", document["asyncapi"])
	}
	c.members("info", document["info"], "description termsOfService contact license tags externalDocs", "title version")
	for name, server := range parts(document["servers"]) {
		c.members("servers/"+name, server, "protocolVersion pathname description title summary variables security tags externalDocs bindings", "host protocol")
	}
	for name, channel := range parts(document["channels"]) {
		c.channel("channels/"+name, channel)
	}
	for name, operation := range parts(document["operations"]) {
		c.operation("operations/"+name, operation)
	}
	walk("", document, func(where, ref string) {
		if inner, ok := strings.CutPrefix(ref, "#"); ok {
			if _, ok := at(document, inner); !ok {
				c.fault(where, "nothing stands at %q", ref)
			}
		} else if _, err := schemas.Events.ReadFile(path.Clean(ref)); err != nil {
			c.fault(where, "%v", err)
		}
	})
	return c.faults
}

func parts(of any) node {
	m, _ := of.(node)
	return m
}

func (c *checker) fault(where, format string, args ...any) {
	c.faults = append(c.faults, where+": "+fmt.Sprintf(format, args...))
}

// members tells which members a part must not have, and which it must.
func (c *checker) members(where string, part any, allowed, required string) {
	for name := range parts(part) {
		if !slices.Contains(strings.Fields(allowed+" "+required), name) {
			c.fault(where, "%s is no member of it", name)
		}
	}
	for name := range strings.FieldsSeq(required) {
		if _, ok := parts(part)[name]; !ok {
			c.fault(where, "%s is missing", name)
		}
	}
}

func (c *checker) channel(where string, channel any) {
	c.members(where, channel, "title summary description servers parameters tags externalDocs bindings", "address messages")
	address, _ := child(channel, "address").(string)
	var named []string
	for token := range strings.SplitSeq(address, ".") {
		if strings.HasPrefix(token, "{") {
			named = append(named, strings.Trim(token, "{}"))
		}
	}
	slices.Sort(named)
	if diff := cmp.Diff(named, keys(child(channel, "parameters")), cmpopts.EquateEmpty()); diff != "" {
		c.fault(where, "parameters are not those of its address (-address +parameters): %s", diff)
	}
	for name, parameter := range parts(child(channel, "parameters")) {
		c.members(where+"/"+name, resolve(c.document, parameter), "enum default description examples location", "")
	}
	for name, message := range parts(child(channel, "messages")) {
		c.members(where+"/"+name, resolve(c.document, message),
			"headers payload correlationId contentType name title summary description tags externalDocs bindings examples traits", "")
	}
}

func (c *checker) operation(where string, operation any) {
	c.members(where, operation, "title summary description security tags externalDocs bindings traits messages reply", "action channel")
	if action := child(operation, "action"); action != "send" && action != "receive" {
		c.fault(where, "action is %v", action)
	}
	c.speaksOf(where, operation)
	if reply := child(operation, "reply"); reply != nil {
		c.members(where+"/reply", reply, "address messages", "channel")
		c.speaksOf(where+"/reply", reply)
	}
}

// speaksOf checks that an operation or a reply names a channel that there is, and messages of it.
func (c *checker) speaksOf(where string, side any) {
	ref, _ := reference(child(side, "channel"))
	name, ok := strings.CutPrefix(ref, "#/channels/")
	if _, there := parts(c.document["channels"])[name]; !ok || !there {
		c.fault(where, "there is no channel %q", ref)
	}
	list, _ := child(side, "messages").([]any)
	for _, message := range list {
		of, _ := reference(message)
		if name, ok := strings.CutPrefix(of, ref+"/messages/"); !ok || find(c.document, "channels", strings.TrimPrefix(ref, "#/channels/"), "messages", name) == nil {
			c.fault(where, "%q is no message of its channel", of)
		}
	}
}

// walk visits every reference.
func walk(where string, part any, visit func(where, ref string)) {
	switch p := part.(type) {
	case node:
		if ref, ok := reference(p); ok {
			visit(where, ref)
		}
		for name, inner := range p {
			walk(where+"/"+name, inner, visit)
		}
	case []any:
		for i, inner := range p {
			walk(fmt.Sprint(where, "/", i), inner, visit)
		}
	}
}

func TestAsyncAPIIsADocumentOfItsStandard(t *testing.T) {
	for _, fault := range faultsOf(readAsyncAPI(t)) {
		t.Error(fault)
	}
}

// A check that finds nothing must be able to.
func TestAsyncAPIFaultsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		change func(node)
		want   string
	}{
		"another version": {func(d node) { d["asyncapi"] = "2.6.0" }, "root: asyncapi is 2.6.0"},
		"a member of version 2": {
			func(d node) { find(d, "channels", "events").(node)["publish"] = node{} }, "channels/events: publish is no member",
		},
		"a parameter that the address does not have": {
			func(d node) { find(d, "channels", "allChains").(node)["parameters"] = node{"org": node{}} }, "channels/allChains: parameters",
		},
		"an operation of no channel": {
			func(d node) { find(d, "operations", "takeEvents").(node)["channel"] = node{"$ref": "#/channels/none"} }, `operations/takeEvents: there is no channel "#/channels/none"`,
		},
		"a message of another channel": {
			func(d node) {
				find(d, "operations", "tellChains").(node)["messages"] = []any{node{"$ref": "#/channels/rejected/messages/rejection"}}
			}, "operations/tellChains: ",
		},
		"a reference into nothing": {
			func(d node) {
				find(d, "components", "schemas").(node)["lost"] = node{"$ref": "#/components/schemas/none"}
			}, "/components/schemas/lost: nothing",
		},
		"a schema that is not there": {
			func(d node) {
				find(d, "channels", "events", "messages", "binary").(node)["payload"] = node{"$ref": "./events/none.json"}
			}, "/channels/events/messages/binary/payload: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			document := readAsyncAPI(t)
			c.change(document)
			faults := faultsOf(document)
			if !slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, c.want) }) {
				t.Errorf("want a fault that begins with %q, got %q", c.want, faults)
			}
		})
	}
}

func TestAsyncAPIHasTheSubjectsOfTheCode(t *testing.T) {
	document := readAsyncAPI(t)
	got := make(map[string]any)
	for _, name := range keys(document["channels"]) {
		got[name] = find(document, "channels", name, "address")
	}
	want := map[string]any{
		"events":    stream.EventSubject("{org}", "{domain}.{noun}.{verb}"),
		"inbox":     stream.InboxSubject("{org}", "{format}"),
		"rejected":  stream.RejectedSubject("{org}", "{stage}"),
		"resolved":  stream.RejectedSubject("{org}", "resolved"),
		"review":    stream.ReviewSubject("{org}"),
		"answers":   nil, // the reply subject that the question names
		"chains":    stream.ChainsSubject("{org}"),
		"allChains": stream.ChainsSubject(stream.AllOrgs),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses (-code +asyncapi.yaml):\n%s", diff)
	}
	domains := []string{trade.DomainTrade, trade.DomainCustoms, trade.DomainLogistics, trade.DomainFinance}
	if diff := cmp.Diff(domains, texts(find(document, "channels", "events", "parameters", "domain", "enum"))); diff != "" {
		t.Errorf("domains (-code +asyncapi.yaml):\n%s", diff)
	}
	for _, org := range texts(find(document, "components", "parameters", "org", "examples")) {
		if !trade.ValidOrg(org) {
			t.Errorf("%q is no organisation", org)
		}
		for _, stage := range texts(find(document, "channels", "rejected", "parameters", "stage", "enum")) {
			if _, _, ok := stream.ParseRejectedSubject(stream.RejectedSubject(org, stage)); !ok {
				t.Errorf("%q is no stage", stage)
			}
		}
	}
}

func TestAsyncAPIHasEveryTypeOfEvent(t *testing.T) {
	document := readAsyncAPI(t)
	want := []string{"binary"}
	for _, typ := range trade.Types() {
		want = append(want, string(typ))
		if org, parsed, ok := stream.ParseEventSubject(stream.EventSubject("sitc", typ)); !ok || org != "sitc" || parsed != typ {
			t.Errorf("the subject of %s does not name it", typ)
		}
		payload, _ := reference(child(find(document, "channels", "events", "messages", string(typ)), "payload"))
		if payload != "./events/"+string(typ)+".json" {
			t.Errorf("%s has the payload %q", typ, payload)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, keys(find(document, "channels", "events", "messages"))); diff != "" {
		t.Errorf("messages of events (-code +asyncapi.yaml):\n%s", diff)
	}
	attributes := []string{"Nats-Msg-Id"}
	for name := range readListed(t, "event.json").Properties {
		if name != "data" {
			attributes = append(attributes, "ce-"+name)
		}
	}
	slices.Sort(attributes)
	if diff := cmp.Diff(attributes, keys(find(document, "components", "schemas", "attributes", "properties"))); diff != "" {
		t.Errorf("headers of binary mode (-event.json +asyncapi.yaml):\n%s", diff)
	}
}

func TestAsyncAPIHasTheHeadersOfTheCode(t *testing.T) {
	document := readAsyncAPI(t)
	rejection := stream.Reject("sitc", "archive", trade.Faults{{Code: "c", Pointer: "/p", Message: "m"}}, stream.Refused{Subject: "s", Sequence: 1, Received: time.Now()}).Outgoing()
	for message, want := range map[string][]string{
		"rejection":  append(slices.Collect(maps.Keys(rejection.Header)), "Nats-Msg-Id"),
		"resolution": {stream.HeaderResolves, stream.HeaderBy},
	} {
		slices.Sort(want)
		if diff := cmp.Diff(want, keys(find(document, "components", "messages", message, "headers", "properties"))); diff != "" {
			t.Errorf("headers of a %s (-code +asyncapi.yaml):\n%s", message, diff)
		}
	}
}
