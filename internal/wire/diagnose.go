package wire

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"oneorder/internal/trade"
)

// The slow path: it walks JSON beside the Go types that it should fit and names every place where it does
// not. It runs only on input that the fast path could not read, within the fence's limits.

// mostFaults bounds how many faults of one event are named: whoever reads them has seen enough.
const mostFaults = 100

// diagnose gives the structural faults of an event's text, as far as it finds any.
func diagnose(data []byte) trade.Faults {
	if err := syntax(data); err != nil {
		return trade.Faults{*err}
	}
	var w walker
	w.value(trimSpace(data), reflect.TypeFor[envelope](), "")
	if !w.more() {
		return w.faults
	}
	duplicates(data, func(pointer string) bool {
		return w.add(trade.Fault{Code: "duplicate_member", Pointer: pointer, Message: "each member of an object once"})
	})
	return w.faults
}

func syntax(data []byte) *trade.Fault {
	var raw stdjson.RawMessage
	err := stdjson.Unmarshal(data, &raw)
	if err == nil {
		return nil
	}
	fault := &trade.Fault{Code: "json_syntax", Message: "one JSON object: " + strings.TrimPrefix(err.Error(), "json: ")}
	var syntaxError *stdjson.SyntaxError
	if errors.As(err, &syntaxError) {
		fault.Value = fmt.Sprintf("byte %d", syntaxError.Offset)
	}
	return fault
}

type walker struct{ faults trade.Faults }

// add says whether there is room for more.
func (w *walker) add(f trade.Fault) bool {
	w.faults = append(w.faults, f)
	return w.more()
}

func (w *walker) more() bool { return len(w.faults) < mostFaults }

func (w *walker) mistyped(raw []byte, pointer, want string) {
	w.add(trade.Fault{Code: "mistyped", Pointer: pointer, Value: trade.Quote(string(raw)), Message: want})
}

var (
	numberType = reflect.TypeFor[stdjson.Number]()
	rawType    = reflect.TypeFor[stdjson.RawMessage]()
)

func (w *walker) value(raw []byte, t reflect.Type, pointer string) {
	if string(raw) == "null" && pointer != "" {
		return
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == numberType:
		if c := raw[0]; c != '-' && (c < '0' || c > '9') {
			w.mistyped(raw, pointer, "a number")
		}
	case t == rawType:
		if raw[0] != '{' {
			w.mistyped(raw, pointer, "an object")
		}
	case t.Kind() == reflect.String:
		if raw[0] != '"' {
			w.mistyped(raw, pointer, "a string")
		}
	case t.Kind() == reflect.Bool:
		if raw[0] != 't' && raw[0] != 'f' {
			w.mistyped(raw, pointer, "true or false")
		}
	case t.Kind() == reflect.Uint32:
		if _, err := strconv.ParseUint(string(raw), 10, 32); err != nil {
			w.mistyped(raw, pointer, "a whole number from 0 to 4294967295")
		}
	case t.Kind() == reflect.Slice:
		w.array(raw, t.Elem(), pointer)
	default:
		w.object(raw, t, pointer)
	}
}

func (w *walker) array(raw []byte, element reflect.Type, pointer string) {
	if raw[0] != '[' {
		w.mistyped(raw, pointer, "an array")
		return
	}
	i := 0
	members(raw, func(_ string, value []byte) bool {
		w.value(value, element, pointer+"/"+strconv.Itoa(i))
		i++
		return w.more()
	})
}

func (w *walker) object(raw []byte, t reflect.Type, pointer string) {
	if raw[0] != '{' {
		w.mistyped(raw, pointer, "an object")
		return
	}
	fields := fieldsOf(t)
	members(raw, func(name string, value []byte) bool {
		at := pointer + "/" + escapePointer(name)
		switch field, known := fields[name]; {
		case known:
			w.value(value, field, at)
		case t == reflect.TypeFor[envelope]() && extensionName(name):
			if value[0] == '{' || value[0] == '[' {
				w.mistyped(value, at, "an extension attribute is a string, a number or a boolean")
			}
		default:
			w.add(trade.Fault{
				Code: "unknown_member", Pointer: at, Value: trade.Quote(name),
				Message: "one of " + fieldNames(t) + "; anything else goes into data.detail",
			})
		}
		return w.more()
	})
}

// fieldsOf gives the members of an object and their types.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type)
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("json"); name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}

func fieldNames(t reflect.Type) string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("json"); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// extensionName says whether the name is allowed for a CloudEvents attribute (CloudEvents 1.0, 3.1):
// lower-case letters and digits.
func extensionName(name string) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && len(name) <= 64 && name != "data"
}

// escapePointer escapes a member name for a JSON pointer (RFC 6901, 3). Of a name that is longer than any should be it
// gives the beginning.
func escapePointer(name string) string {
	const most = 128
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
