package dcsa

import (
	"slices"
	"strconv"
	"strings"
	"time"
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
	c.log.Add(trade.Fault{Code: code, Pointer: at.String(), Value: v.Shown(), Message: message})
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
	for _, choice := range s.choices {
		c.choose(o, choice)
	}
}

func (c *checker) choose(o *jsondoc.Object, choice choice) {
	there := 0
	for _, name := range choice.names {
		if o.Has(name) {
			there++
		}
	}
	switch {
	case there == 0:
		c.fault("missing", o.At.Member(choice.names[0]), "", "one of the members "+strings.Join(choice.names, ", "))
	case there > 1 && choice.only:
		c.flags |= trade.FlagIdentifierInvalid
	}
}

func (c *checker) member(o *jsondoc.Object, r *rule, v jsondoc.Value) {
	at := func() *jsondoc.Path { return o.At.Member(r.name) }
	if !c.typed(at, r, v) {
		return
	}
	switch r.form {
	case object:
		c.object(o.Object(r.name), r.of)
	case list:
		if !c.counted(at, r, v) {
			return
		}
		objects := o.Objects(r.name)
		for i, element := range v.Elements {
			if objects[i] == nil {
				c.fault("mistyped", at().Element(i), element, "an object")
				continue
			}
			c.object(objects[i], r.of)
		}
	case values:
		if !c.counted(at, r, v) {
			return
		}
		for i, element := range v.Elements {
			there := func() *jsondoc.Path { return at().Element(i) }
			if c.typed(there, r.each, element) {
				c.value(there, r.each, element)
			}
		}
	case text, code, number, uuid, instant, moment, date, integer, decimal, boolean:
		c.value(at, r, v)
	}
}

// typed says whether the value is of the JSON type that it must be, and puts down when it is not.
func (c *checker) typed(at func() *jsondoc.Path, r *rule, v jsondoc.Value) bool {
	if v.Kind() == r.jsonKind() && (r.form != integer || v.Integer()) {
		return true
	}
	want := r.want()
	if v.Kind() == jsondoc.Null && !r.required {
		want += ", or no such member"
	}
	c.fault("mistyped", at(), v, want)
	return false
}

// value checks what is neither an object nor an array.
func (c *checker) value(at func() *jsondoc.Path, r *rule, v jsondoc.Value) {
	switch r.form {
	case code:
		if !slices.Contains(r.codes, v.Text()) {
			c.flags |= trade.FlagUnknownCode
		}
	case number:
		c.number(at, r, v)
	case uuid:
		if !isUUID(v.Text()) {
			c.fault("uuid_malformed", at(), v, r.want())
		}
	case instant, moment, date:
		t, ok := timeOf(r.form, v.Text())
		switch {
		case !ok:
			c.fault("time_malformed", at(), v, r.want())
		case r.form == instant && (t.Year() < trade.FirstYear || t.Year() > trade.LastYear):
			c.fault("time_implausible", at(), v, plausible)
		}
	case decimal:
		negative, zero := v[0] == '-', strings.Trim(string(v), "-0.") == ""
		if r.sign != signed && negative && !zero || r.sign == positive && zero {
			c.flags |= trade.FlagIdentifierInvalid
		}
	case text, integer, boolean, object, list, values:
	}
}

func (c *checker) number(at func() *jsondoc.Path, r *rule, v jsondoc.Value) {
	s := v.Text()
	switch {
	case s == "" && r.required && r.pattern != nil:
		c.fault("missing", at(), v, r.want()+" that is not empty")
	case r.most > 0 && utf8.RuneCountInString(s) > r.most, r.pattern != nil && !r.pattern(s):
		c.flags |= trade.FlagIdentifierInvalid
	}
}

// timeOf reads a member that is a time.
func timeOf(form form, s string) (time.Time, bool) {
	const minutes = len("2006-01-02T15:04")
	switch {
	case form == date:
		t, err := time.Parse(time.DateOnly, s)
		return t, err == nil
	case form == moment && len(s) > minutes && s[minutes] != ':':
		s = s[:minutes] + ":00" + s[minutes:]
	}
	return standard.Instant(s)
}

// maxList is how long a list may be: many times what one event can hold.
const maxList = 5000

// counted says whether an array has as many elements as it may.
func (c *checker) counted(at func() *jsondoc.Path, r *rule, v jsondoc.Value) bool {
	n := 0
	for range v.Elements {
		n++
	}
	switch {
	case n > maxList:
		c.log.Add(trade.Fault{
			Code: "too_many", Pointer: at().String(), Value: strconv.Itoa(n), Message: "at most " + strconv.Itoa(maxList),
		})
		return false
	case n < r.least:
		c.log.Add(trade.Fault{
			Code: "too_few", Pointer: at().String(), Value: strconv.Itoa(n), Message: "at least " + strconv.Itoa(r.least),
		})
		return false
	case r.most > 0 && n > r.most:
		c.flags |= trade.FlagIdentifierInvalid
	}
	return true
}

// jsonKind is what JSON has for the form.
func (r *rule) jsonKind() jsondoc.Kind {
	switch r.form {
	case integer, decimal:
		return jsondoc.Number
	case boolean:
		return jsondoc.Boolean
	case object:
		return jsondoc.Structure
	case list, values:
		return jsondoc.Array
	case text, code, number, uuid, instant, moment, date:
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
	case instant, moment:
		return "an RFC 3339 date-time with an offset, such as 2026-09-11T08:15:00+08:00"
	case date:
		return "a date such as 2026-09-11"
	case integer:
		return "a whole number"
	case decimal:
		return "a number"
	case boolean:
		return "true or false"
	case object:
		return "an object"
	case list:
		return "an array of objects"
	case values:
		return "an array, each element " + r.each.want()
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
