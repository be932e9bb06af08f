package wire

import (
	stdjson "encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"oneorder/internal/trade"
)

// The slow path: it walks JSON beside the Go types that it should fit and names every place where it does
// not. It runs only on input that the fast path could not read, within the fence's limits.

// diagnose gives the faults of an event's text, which is JSON, that could not be read as it is: those of its structure, then what is odd,
// which has been looked for, then those of the values that can be read without what is wrong.
func (d *Decoder) diagnose(data []byte, odd trade.Faults, e *trade.Event) trade.Faults {
	if len(odd) > trade.MaxFaults {
		return odd
	}
	w := walker{text: data, out: make([]byte, 0, len(data))}
	w.value(skipSpace(data, 0), reflect.TypeFor[envelope]())
	for _, f := range odd {
		if f.Code == "duplicate_member" || !within(f.Pointer, w.faults) {
			w.add(f)
		}
	}
	if len(w.faults) == 0 {
		return trade.Faults{{Code: "json_syntax", Message: "a JSON object that is an event"}}
	}
	if w.more() && !within("", w.faults) && d.parse(w.out) {
		if !w.data {
			d.envelope.Data = nil
		}
		w.faults = Together(w.faults, d.judge(e))
	}
	d.wipe()
	return w.faults
}

// quote is trade.Quote without a copy of what it leaves out.
func quote(raw []byte) string { return trade.Quote(string(raw[:min(len(raw), 128)])) }

// walker writes what it can read to out, in the order of the text: in an array null for an element that it cannot.
type walker struct {
	text   []byte
	path   path
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

// value writes the value at i. It gives the index after it, or -1 when there are faults enough, and says whether it could
// read it.
func (w *walker) value(i int, t reflect.Type) (end int, read bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	first := w.text[i]
	switch {
	case first == '{' && t.Kind() == reflect.Struct:
		return w.object(i, t), true
	case first == '[' && t.Kind() == reflect.Slice && t != rawType:
		return w.array(i, t.Elem())
	}
	end = skipValue(w.text, i)
	raw := w.text[i:end]
	var want string
	switch {
	case first == 'n' && len(w.path) > 0:
		read = true
	case t == numberType && len(raw) > maxNumber && numeric(first):
		return end, false // which is told with those of any other place
	case t == numberType:
		read, want = numeric(first), "a number"
	case t == rawType:
		read, want = first == '{', "an object"
	case t.Kind() == reflect.String:
		read, want = first == '"', "a string"
	case t.Kind() == reflect.Bool:
		read, want = first == 't' || first == 'f', "true or false"
	case t.Kind() == reflect.Uint32:
		_, err := strconv.ParseUint(string(raw[:min(len(raw), 16)]), 10, 32)
		read, want = err == nil, "a whole number from 0 to 4294967295"
	case t.Kind() == reflect.Slice:
		want = "an array"
	default:
		want = "an object"
	}
	if !read {
		w.add(trade.Fault{Code: "mistyped", Pointer: w.path.pointer(w.text), Value: quote(raw), Message: want})
		return w.on(end), false
	}
	if t == rawType && first == '{' {
		raw = []byte("{}") // what is in detail is nobody's to judge
	}
	w.out = append(w.out, raw...)
	return end, true
}

// on gives the index to go on at: -1 when there are faults enough.
func (w *walker) on(end int) int {
	if w.more() {
		return end
	}
	return -1
}

// numeric says whether a value that begins so is a number.
func numeric(first byte) bool { return first == '-' || first >= '0' && first <= '9' }

func (w *walker) array(i int, element reflect.Type) (end int, read bool) {
	if most, limited := trade.MostElements(w.path.pointer(w.text)); limited {
		end, n := skipMembers(w.text, i)
		if n > most {
			w.add(trade.TooMany(w.path.pointer(w.text), n, most))
			return w.on(end), false
		}
	}
	w.out = append(w.out, '[')
	top := len(w.path)
	w.path = append(w.path, step{})
	end = each(w.text, i, func(_ span, at int) int {
		if w.path[top].index > 0 {
			w.out = append(w.out, ',')
		}
		end, read := w.value(at, element)
		if !read {
			w.out = append(w.out, "null"...)
		}
		w.path[top].index++
		return end
	})
	w.path = w.path[:top]
	w.out = append(w.out, ']')
	return end, true
}

func (w *walker) object(i int, t reflect.Type) (end int) {
	ours := fieldsOf(t)
	whole := t == reflect.TypeFor[envelope]()
	w.out = append(w.out, '{')
	begun := len(w.out)
	var read uint64 // the fields that have been read
	top := len(w.path)
	w.path = append(w.path, step{index: -1})
	end = each(w.text, i, func(quoted span, at int) int {
		w.path[top].name = quoted.from
		name := nameIn(w.text, quoted, nil)
		if field, known := ours.named[string(name)]; known {
			if read>>field.index&1 == 1 {
				return skipValue(w.text, at) // which is told as an oddity
			}
			before := len(w.out)
			if before > begun {
				w.out = append(w.out, ',')
			}
			w.out = append(append(append(w.out, '"'), name...), '"', ':')
			end, ok := w.value(at, field.typ)
			if !ok {
				w.out = w.out[:before]
				return end
			}
			read |= 1 << field.index
			w.data = w.data || whole && string(name) == "data" && w.text[at] != 'n'
			return end
		}
		end := skipValue(w.text, at)
		switch {
		case !whole || !extensionName(name):
			w.add(trade.Fault{
				Code: "unknown_member", Pointer: w.path.pointer(w.text), Value: quote(name),
				Message: "one of " + ours.list + "; anything else goes into data.detail",
			})
		case w.text[at] == '{' || w.text[at] == '[':
			w.add(trade.Fault{
				Code: "mistyped", Pointer: w.path.pointer(w.text), Value: quote(w.text[at:end]),
				Message: "an extension attribute is a string, a number or a boolean",
			})
		}
		return w.on(end)
	})
	w.path = w.path[:top]
	w.out = append(w.out, '}')
	return end
}

// field is a member of an object of ours.
type field struct {
	typ   reflect.Type
	index int // of its object's, below 64
}

// fields are the members of an object of ours.
type fields struct {
	named map[string]field
	list  string // of the names, for people
}

// fieldsOf gives the members of an object.
func fieldsOf(t reflect.Type) *fields {
	if known, ok := knownFields.Load(t); ok {
		return known.(*fields) //nolint:forcetypeassert // nothing else is stored
	}
	all := &fields{named: make(map[string]field)}
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("json"); name != "" && name != "-" {
			all.named[name] = field{f.Type, len(names)}
			names = append(names, name)
		}
	}
	all.list = strings.Join(names, ", ")
	knownFields.Store(t, all)
	return all
}

var knownFields sync.Map // what fieldsOf found, by type

// extensionName says whether the name is allowed for a CloudEvents attribute (CloudEvents 1.0, 3.1):
// lower-case letters and digits.
func extensionName[T ~string | ~[]byte](name T) bool {
	for i := 0; i < len(name); i++ {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return len(name) > 0 && len(name) <= 64 && string(name) != "data"
}

// escapePointer escapes a member name for a JSON pointer (RFC 6901, 3). Of a name that is longer than any should be it
// gives the beginning.
func escapePointer(name []byte) string {
	const most = 128
	if len(name) > most {
		return pointerEscapes.Replace(strings.ToValidUTF8(string(name[:most]), "") + "…")
	}
	return pointerEscapes.Replace(string(name))
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
