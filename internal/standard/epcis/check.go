package epcis

import (
	"fmt"
	"slices"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// form checks one value.
type form func(c *checker, at *jsondoc.Path, v jsondoc.Value)

// shape is what an object of the standard has: its members, which of them must be there, and whether members of
// other namespaces may stand beside them. A member that is neither known nor named by a namespace is refused
// (EPCIS 2.0, 9.5: an extension has a URI or a prefixed name).
type shape struct {
	members  map[string]form
	required []string
	closed   bool // no extensions
}

// checker holds a document against the standard's structure.
type checker struct {
	log   *jsondoc.Log
	flags trade.Flags
}

func (c *checker) fault(code string, at *jsondoc.Path, v jsondoc.Value, want string) {
	c.log.Add(trade.Fault{Code: code, Pointer: at.String(), Value: v.Shown(), Message: want})
}

// object checks an opened object.
func (c *checker) object(o *jsondoc.Object, s *shape) {
	for name, value := range o.Names {
		switch check, known := s.members[name]; {
		case known:
			check(c, o.At.Member(name), value)
		case s.closed || !extended(name):
			c.fault("unknown_member", o.At.Member(name), value, "a member of the standard, or one named with a namespace such as example:"+name)
		}
	}
	for _, name := range s.required {
		if !o.Has(name) {
			c.fault("missing", o.At.Member(name), "", "the member "+name)
		}
	}
}

// extended says whether a name is of some namespace, or a keyword of JSON-LD.
func extended(name string) bool {
	return strings.HasPrefix(name, "@") || strings.ContainsRune(name, ':')
}

func kindIs(k jsondoc.Kind, want string) form {
	return func(c *checker, at *jsondoc.Path, v jsondoc.Value) {
		if v.Kind() != k {
			c.fault("mistyped", at, v, want)
		}
	}
}

var (
	text    = kindIs(jsondoc.String, "a string")
	numeric = kindIs(jsondoc.Number, "a number")
	boolean = kindIs(jsondoc.Boolean, "true or false")
)

func anything(*checker, *jsondoc.Path, jsondoc.Value) {}

// uri checks an identifier: a URI, or a name whose prefix stands for one.
func uri(c *checker, at *jsondoc.Path, v jsondoc.Value) {
	switch {
	case v.Kind() != jsondoc.String:
		c.fault("mistyped", at, v, "a string that is a URI")
	case !strings.ContainsRune(v.Text(), ':') || strings.ContainsAny(v.Text(), "\t\r\n"):
		c.fault("uri_malformed", at, v, "a URI such as urn:epc:id:sgln:4012345.00225.0, or a prefixed name")
	}
}

func instant(c *checker, at *jsondoc.Path, v jsondoc.Value) {
	if v.Kind() != jsondoc.String {
		c.fault("mistyped", at, v, "a string that is a date and time")
		return
	}
	t, ok := standard.Instant(v.Text())
	switch {
	case !ok:
		c.fault("time_malformed", at, v, "an RFC 3339 date-time with an offset, such as 2026-09-11T08:15:00+08:00")
	case t.Year() < trade.FirstYear || t.Year() > trade.LastYear:
		c.fault("time_implausible", at, v, fmt.Sprintf("a year from %d to %d", trade.FirstYear, trade.LastYear))
	}
}

// zone checks an offset from UTC, from -14:00 to +14:00.
func zone(c *checker, at *jsondoc.Path, v jsondoc.Value) {
	s := v.Text()
	if v.Kind() == jsondoc.String && len(s) == 6 && (s[0] == '+' || s[0] == '-') && s[3] == ':' &&
		strings.Trim(s[1:3]+s[4:], "0123456789") == "" && s[4] <= '5' && (s[1:3] < "14" || s[1:] == "14:00") {
		return
	}
	c.fault("offset_malformed", at, v, "an offset from UTC such as +08:00")
}

// oneOf checks a word out of a list of the standard. A URI or prefixed name is somebody's own word.
func oneOf(list []string) form {
	return func(c *checker, at *jsondoc.Path, v jsondoc.Value) {
		switch {
		case v.Kind() != jsondoc.String:
			c.fault("mistyped", at, v, "a string")
		case slices.Contains(list, word(v.Text())):
		case strings.ContainsRune(v.Text(), ':'):
			c.flags |= trade.FlagUnknownCode
		default:
			c.fault("not_in_list", at, v, "one of "+strings.Join(list, ", ")+"; or a URI")
		}
	}
}

// exactly checks a word out of a list that nobody may add to.
func exactly(list []string) form {
	return func(c *checker, at *jsondoc.Path, v jsondoc.Value) {
		if v.Kind() != jsondoc.String || !slices.Contains(list, v.Text()) {
			c.fault("not_in_list", at, v, "one of "+strings.Join(list, ", "))
		}
	}
}

// unit checks a unit of measure of UN/ECE Recommendation 20.
func unit(c *checker, at *jsondoc.Path, v jsondoc.Value) {
	s := v.Text()
	if v.Kind() != jsondoc.String || len(s) < 2 || len(s) > 3 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		c.fault("unit_malformed", at, v, "a unit of UN/ECE Recommendation 20, two or three capital letters and digits such as KGM")
	}
}

// maxList is how long a list of the standard may be: many times what an event of ours can name.
const maxList = 20_000

func listOf(of form) form {
	return func(c *checker, at *jsondoc.Path, v jsondoc.Value) {
		if v.Kind() != jsondoc.Array {
			c.fault("mistyped", at, v, "an array")
			return
		}
		n := 0
		for i, element := range v.Elements {
			if n++; n > maxList {
				c.fault("too_many", at, "", fmt.Sprintf("at most %d", maxList))
				return
			}
			of(c, at.Element(i), element)
		}
	}
}

func oneOrMore(of form) form {
	many := listOf(of)
	return func(c *checker, at *jsondoc.Path, v jsondoc.Value) {
		if v.Kind() == jsondoc.Array {
			many(c, at, v)
			return
		}
		of(c, at, v)
	}
}

func objectOf(s *shape) form {
	return func(c *checker, at *jsondoc.Path, v jsondoc.Value) {
		if v.Kind() != jsondoc.Structure {
			c.fault("mistyped", at, v, "an object")
			return
		}
		c.object(v.Open(at), s)
	}
}
