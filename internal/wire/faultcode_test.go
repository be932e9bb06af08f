package wire_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Each code of an event is raised by the example that explains it, with the message that the explanation tells.
func TestExamplesOfFaultCodes(t *testing.T) {
	described := map[string]string{ // examples that are told in words
		"too_large":        strings.Repeat(" ", trade.MaxEventBytes+1),
		"not_utf8":         strings.Replace(loaded, "CNQZH", "Ma\xb3aszewicze", 1),
		"too_deep":         strings.Repeat("[", trade.MaxDepth+1),
		"json_syntax":      `{"specversion": "1.0", "id":`,
		"too_many_members": event(`"detail":{` + members(trade.MaxMembers+1) + `}`),
		"duplicate_member": strings.Replace(loaded, `{`, `{"id":"2",`, 1),
		"too_long":         envelope("id", `"`+strings.Repeat("x", 513)+`"`),
		"too_many_faults":  event(`"goods":[` + strings.Repeat(`{"hs":1},`, 200) + `{}]`),
		"too_many":         event(`"references":[` + strings.Repeat(`{"kind":"bl","value":"B1"},`, trade.MaxReferences) + `{"kind":"bl","value":"B1"}]`),
	}
	for _, c := range trade.FaultCodes() {
		if c.Scope != trade.OfEvent || c.Code == "source_mismatch" || c.Code == "type_mismatch" { // those are of TestArrival
			continue
		}
		text := described[c.Code]
		if text == "" {
			text = merged(t, loaded, c.Example)
		}
		_, err := wire.Decode([]byte(text))
		var faults trade.Faults
		if !errors.As(err, &faults) || faults[len(faults)-1].Code != c.Code {
			t.Errorf("%s: its example %s gives %v", c.Code, c.Example, err)
			continue
		}
		if f := faults[len(faults)-1]; f.Message != c.Message {
			t.Errorf("%s: the message is %q, it is explained as %q", c.Code, f.Message, c.Message)
		}
	}
}

// merged is the document with a merge patch (RFC 7396) applied.
func merged(t *testing.T, document, patch string) string {
	t.Helper()
	var target, change any
	if err := errors.Join(json.Unmarshal([]byte(document), &target), json.Unmarshal([]byte(patch), &change)); err != nil {
		t.Fatalf("%v: %s", err, patch)
	}
	text, err := json.Marshal(merge(target, change))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func merge(target, patch any) any {
	change, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = make(map[string]any)
	}
	for name, value := range change {
		if value == nil {
			delete(object, name)
			continue
		}
		object[name] = merge(object[name], value)
	}
	return object
}
