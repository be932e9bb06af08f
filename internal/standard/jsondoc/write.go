package jsondoc

import (
	"encoding/json"
	"slices"
	"strings"
)

// Rest adds to dst the members that were not taken, each behind a comma where one is due, without braces.
// An opened object or array of objects is written with its own rest, and left out when nothing remains of it.
func (o *Object) Rest(dst []byte) []byte {
	for i := range o.members {
		m := &o.members[i]
		if m.taken || !m.remains() {
			continue
		}
		dst = AppendName(dst, m.name)
		switch {
		case m.object != nil:
			dst = m.object.braced(dst)
		case m.objects != nil:
			dst = m.appendObjects(dst)
		default:
			dst = m.value.Append(dst)
		}
	}
	return dst
}

// AppendName adds a member's name and its colon, behind a comma unless it comes first after a bracket.
func AppendName(dst []byte, name string) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '{' {
		dst = append(dst, ',')
	}
	return append(AppendString(dst, name), ':')
}

func (o *Object) braced(dst []byte) []byte { return append(o.Rest(append(dst, '{')), '}') }

// remains says whether anything of the object was not taken.
func (o *Object) remains() bool {
	for i := range o.members {
		if !o.members[i].taken && o.members[i].remains() {
			return true
		}
	}
	return false
}

func (m *member) remains() bool {
	switch {
	case m.object != nil:
		return m.object.remains()
	case m.objects != nil:
		return slices.ContainsFunc(m.objects, func(o *Object) bool { return o == nil || o.remains() })
	}
	return true
}

func (m *member) appendObjects(dst []byte) []byte {
	dst = append(dst, '[')
	first := true
	for i, element := range m.value.Elements {
		o := m.objects[i]
		if o != nil && !o.remains() {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if o == nil {
			dst = element.Append(dst)
		} else {
			dst = o.braced(dst)
		}
	}
	return append(dst, ']')
}

// Append adds the value without white space, its members in the order of the document and its strings with
// no more escapes than JSON demands.
func (v Value) Append(dst []byte) []byte { return v.append(dst, false) }

// AppendSorted adds the value like Append, with the members of every object by name: two texts of the same
// content give the same bytes, but for numbers, which stay as they were written.
func (v Value) AppendSorted(dst []byte) []byte { return v.append(dst, true) }

func (v Value) append(dst []byte, sorted bool) []byte {
	switch v.Kind() {
	case Structure:
		dst = append(dst, '{')
		if !sorted {
			for name, value := range v.members {
				dst = value.append(AppendName(dst, name), false)
			}
			return append(dst, '}')
		}
		var all []member
		for name, value := range v.members {
			all = append(all, member{name: name, value: value})
		}
		slices.SortStableFunc(all, func(a, b member) int { return strings.Compare(a.name, b.name) })
		for _, m := range all {
			dst = m.value.append(AppendName(dst, m.name), true)
		}
		return append(dst, '}')
	case Array:
		dst = append(dst, '[')
		for i, element := range v.Elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = element.append(dst, sorted)
		}
		return append(dst, ']')
	case String:
		if strings.IndexByte(string(v), '\\') >= 0 {
			return AppendString(dst, v.Text())
		}
		return append(dst, v...)
	case Null, Boolean, Number:
	}
	return append(dst, v...)
}

// AppendList adds a member that is an array of strings; an empty one is left out.
func AppendList(dst []byte, name string, list []string) []byte {
	if len(list) == 0 {
		return dst
	}
	dst = append(AppendName(dst, name), '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, s)
	}
	return append(dst, ']')
}

// AppendString adds a JSON string.
func AppendString(dst []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			plain = false
			break
		}
	}
	if plain {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"')
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always encodes
	return append(dst, strings.TrimSuffix(b.String(), "\n")...)
}
