package wire

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"oneorder/internal/trade"
)

// The slow path: it walks JSON beside the Go types that it should fit and names every place where it does
// not. It runs only on input that the fast path could not read, within the fence's limits.

// diagnose gives the faults of an event's text that could not be read as it is: those of its structure, then those of
// the values that can be read without what is wrong.
func (d *Decoder) diagnose(data []byte, seen remarks, e *trade.Event) trade.Faults {
	if err := syntax(data); err != nil {
		return trade.Faults{*err}
	}
	w := walker{out: make([]byte, 0, len(data))}
	w.value(trimSpace(data), reflect.TypeFor[envelope](), "")
	if seen.odd() {
		oddities(data, w.odd)
	}
	if len(w.faults) == 0 {
		return trade.Faults{{Code: "json_syntax", Message: "a JSON object that is an event"}}
	}
	if w.more() && !within("", w.faults) && d.parse(w.out, remarks{}) {
		if !w.data {
			d.envelope.Data = nil
		}
		w.faults = together(w.faults, d.judge(e))
	}
	d.wipe()
	return w.faults
}

// odd tells of an oddity.
func (w *walker) odd(pointer string, number []byte) bool {
	if number == nil {
		w.add(trade.Fault{Code: "duplicate_member", Pointer: pointer, Message: "each member of an object once"})
	} else if !within(pointer, w.faults) {
		w.add(numberFault(pointer, number))
	}
	return w.more()
}

// numberFault tells what is wrong with a number that is unreadable.
func numberFault(pointer string, number []byte) trade.Fault {
	if len(number) > maxNumber {
		return trade.Fault{
			Code: "too_long", Pointer: pointer, Value: quote(number),
			Message: "a number of at most " + strconv.Itoa(maxNumber) + " bytes, or a decimal string",
		}
	}
	return trade.Fault{
		Code: "out_of_range", Pointer: pointer, Value: quote(number),
		Message: "a number that a double can hold (RFC 8785), or a decimal string",
	}
}

// quote is trade.Quote without a copy of what it leaves out.
func quote(raw []byte) string { return trade.Quote(string(raw[:min(len(raw), 128)])) }

func syntax(data []byte) *trade.Fault {
	if stdjson.Valid(data) {
		return nil
	}
	err := stdjson.Unmarshal(data, new(stdjson.RawMessage)) // which copies only what is valid
	fault := &trade.Fault{Code: "json_syntax", Message: "one JSON object: " + strings.TrimPrefix(err.Error(), "json: ")}
	var syntaxError *stdjson.SyntaxError
	if errors.As(err, &syntaxError) {
		fault.Value = fmt.Sprintf("byte %d", syntaxError.Offset)
	}
	return fault
}

// walker writes what it can read to out, in the order of the text: in an array null for an element that it cannot.
type walker struct {
	faults trade.Faults
	out    []byte
	data   bool // it could read the event's data
}

func (w *walker) add(f trade.Fault) { w.faults = w.faults.With(f) }

// more says that there is room for more faults.
func (w *walker) more() bool { return len(w.faults) <= trade.MaxFaults }

var (
	numberType = reflect.TypeFor[stdjson.Number]()
	rawType    = reflect.TypeFor[stdjson.RawMessage]()
)

// value writes the value, and says whether it could read it.
func (w *walker) value(raw []byte, t reflect.Type, pointer string) bool {
	if string(raw) == "null" && pointer != "" {
		w.out = append(w.out, raw...)
		return true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var right bool
	var want string
	switch first := raw[0]; {
	case t == numberType && len(raw) > maxNumber && numeric(first):
		return false // which is told with those of any other place
	case t == numberType:
		right, want = numeric(first), "a number"
	case t == rawType:
		right, want = first == '{', "an object"
	case t.Kind() == reflect.String:
		right, want = first == '"', "a string"
	case t.Kind() == reflect.Bool:
		right, want = first == 't' || first == 'f', "true or false"
	case t.Kind() == reflect.Uint32:
		_, err := strconv.ParseUint(string(raw[:min(len(raw), 16)]), 10, 32)
		right, want = err == nil, "a whole number from 0 to 4294967295"
	case t.Kind() == reflect.Slice:
		if first == '[' && w.crowded(raw, pointer) {
			return false
		}
		if first == '[' {
			w.array(raw, t.Elem(), pointer)
			return true
		}
		right, want = false, "an array"
	default:
		if first == '{' {
			w.object(raw, t, pointer)
			return true
		}
		right, want = false, "an object"
	}
	if !right {
		w.add(trade.Fault{Code: "mistyped", Pointer: pointer, Value: quote(raw), Message: want})
		return false
	}
	w.out = append(w.out, raw...)
	return true
}

// crowded says whether the list has more elements than it may, which it then tells.
func (w *walker) crowded(raw []byte, pointer string) bool {
	most, limited := trade.MostElements(pointer)
	if !limited {
		return false
	}
	n := 0
	members(raw, func(string, []byte) bool { n++; return true })
	if n > most {
		w.add(trade.TooMany(pointer, n, most))
	}
	return n > most
}

// crowded says whether a list of the event has more elements than it may: to read them all would take many times the
// memory of the text, only to refuse them.
func crowded(data []byte) bool {
	over := false
	members(data, func(name string, value []byte) bool {
		if name != "data" {
			return true
		}
		members(value, func(name string, list []byte) bool {
			most, limited := trade.MostElements("/data/" + name)
			if !limited || list[0] != '[' {
				return true
			}
			n := 0
			members(list, func(string, []byte) bool { n++; over = n > most; return !over })
			return !over
		})
		return !over
	})
	return over
}

// numeric says whether a value that begins so is a number.
func numeric(first byte) bool { return first == '-' || first >= '0' && first <= '9' }

func (w *walker) array(raw []byte, element reflect.Type, pointer string) {
	w.out = append(w.out, '[')
	i := 0
	members(raw, func(_ string, value []byte) bool {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if !w.value(value, element, pointer+"/"+strconv.Itoa(i)) {
			w.out = append(w.out, "null"...)
		}
		i++
		return w.more()
	})
	w.out = append(w.out, ']')
}

func (w *walker) object(raw []byte, t reflect.Type, pointer string) {
	fields := fieldsOf(t)
	whole := t == reflect.TypeFor[envelope]()
	w.out = append(w.out, '{')
	begun := len(w.out)
	read := make(map[string]bool)
	members(raw, func(name string, value []byte) bool {
		at := pointer + "/" + escapePointer(name)
		switch field, known := fields[name]; {
		case known:
			before := len(w.out)
			if before > begun {
				w.out = append(w.out, ',')
			}
			w.out = append(append(append(w.out, '"'), name...), '"', ':')
			if !w.value(value, field, at) || read[name] {
				w.out = w.out[:before]
				break
			}
			read[name] = true
			w.data = w.data || whole && name == "data" && string(value) != "null"
		case whole && extensionName(name):
			if value[0] == '{' || value[0] == '[' {
				w.add(trade.Fault{Code: "mistyped", Pointer: at, Value: quote(value), Message: "an extension attribute is a string, a number or a boolean"})
			}
		default:
			w.add(trade.Fault{
				Code: "unknown_member", Pointer: at, Value: trade.Quote(name),
				Message: "one of " + fieldNames(t) + "; anything else goes into data.detail",
			})
		}
		return w.more()
	})
	w.out = append(w.out, '}')
}

// fieldsOf gives the members of an object and their types.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if known, ok := knownFields.Load(t); ok {
		return known.(map[string]reflect.Type) //nolint:forcetypeassert // nothing else is stored
	}
	fields := make(map[string]reflect.Type)
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("json"); name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	knownFields.Store(t, fields)
	return fields
}

var knownFields sync.Map // what fieldsOf found, by type

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
	return pointerEscapes.Replace(name)
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
