package dcsa

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// checker holds a message against the standard's structure: faults for what breaks it, flags for what only
// looks wrong.
type checker struct {
	log   *jsondoc.Log
	flags trade.Flags
}

// event checks an event and tells its kind. An event of unknown kind is at fault.
func (c *checker) event(o *jsondoc.Object) eventKind {
	kind := kindOf(o.Text("eventType"))
	if v, ok := o.Value("eventType"); ok && v.Kind() == jsondoc.String && kind == unknownEvent {
		c.fault("event_type_unknown", o.At.Member("eventType"), v, `"SHIPMENT", "TRANSPORT" or "EQUIPMENT"`)
	}
	c.object(o, eventSchemas[kind])
	return kind
}

func (c *checker) fault(code string, at *jsondoc.Path, v jsondoc.Value, message string) {
	f := trade.Fault{Code: code, Pointer: at.String(), Message: message}
	if v != "" {
		f.Value = v.Shown()
	}
	c.log.Add(f)
}

// object checks the members that are there in their order, then says which are missing.
func (c *checker) object(o *jsondoc.Object, s *schema) {
	for name, value := range o.Names {
		if r := s.index[name]; r != nil {
			c.member(o, r, value)
		}
	}
	for i := range s.rules {
		if r := &s.rules[i]; r.required && !o.Has(r.name) {
			c.fault("missing", o.At.Member(r.name), "", r.want())
		}
	}
}

func (c *checker) member(o *jsondoc.Object, r *rule, v jsondoc.Value) {
	if v.Kind() != r.jsonKind() || r.form == integer && !v.Integer() {
		want := r.want()
		if v.Kind() == jsondoc.Null && !r.required {
			want += ", or no such member"
		}
		c.fault("mistyped", o.At.Member(r.name), v, want)
		return
	}
	switch r.form {
	case text, integer:
	case code:
		if !slices.Contains(r.codes, v.Text()) {
			c.flags |= trade.FlagUnknownCode
		}
	case number:
		if utf8.RuneCountInString(v.Text()) > r.most {
			c.flags |= trade.FlagIdentifierInvalid
		}
	case uuid:
		if !isUUID(v.Text()) {
			c.fault("uuid_malformed", o.At.Member(r.name), v, r.want())
		}
	case instant:
		t, ok := standard.Instant(v.Text())
		switch {
		case !ok:
			c.fault("time_malformed", o.At.Member(r.name), v, r.want())
		case t.Year() < trade.FirstYear || t.Year() > trade.LastYear:
			c.fault("time_implausible", o.At.Member(r.name), v, plausible)
		}
	case object:
		c.object(o.Object(r.name), r.of)
	case list:
		c.list(o, r, v)
	}
}

// maxList is how long a list of references or seals may be: many times what one event can hold.
const maxList = 5000

func (c *checker) list(o *jsondoc.Object, r *rule, v jsondoc.Value) {
	n := 0
	for range v.Elements {
		n++
	}
	if n > maxList {
		c.log.Add(trade.Fault{
			Code: "too_many", Pointer: o.At.Member(r.name).String(), Value: strconv.Itoa(n), Message: "at most " + strconv.Itoa(maxList),
		})
		return
	}
	objects := o.Objects(r.name)
	for i, element := range v.Elements {
		if objects[i] == nil {
			c.fault("mistyped", o.At.Member(r.name).Element(i), element, "an object")
			continue
		}
		c.object(objects[i], r.of)
	}
}

// jsonKind is what JSON has for the form.
func (r *rule) jsonKind() jsondoc.Kind {
	switch r.form {
	case integer:
		return jsondoc.Number
	case object:
		return jsondoc.Structure
	case list:
		return jsondoc.Array
	case text, code, number, uuid, instant:
	}
	return jsondoc.String
}

// want says what the standard allows.
func (r *rule) want() string {
	switch r.form {
	case code:
		return "a string: " + strings.Join(r.codes, ", ")
	case uuid:
		return "a string that is a UUID, such as 3cecb101-7a1a-43a4-9d62-e88a131651e2"
	case instant:
		return "an RFC 3339 date-time with an offset, such as 2026-09-11T08:15:00+08:00"
	case integer:
		return "a whole number"
	case object:
		return "an object"
	case list:
		return "an array of objects"
	case text, number:
	}
	return "a string"
}

var plausible = "a year from " + strconv.Itoa(trade.FirstYear) + " to " + strconv.Itoa(trade.LastYear)

// isUUID says whether s is a UUID in its usual text form, of any version.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}
