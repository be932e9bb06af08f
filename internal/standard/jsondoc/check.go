package jsondoc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"oneorder/internal/trade"
)

// Check puts down what makes a value's meaning doubtful, though its syntax is right: an object with two
// members of one name, an escape that is half a character, a string too long to be kept, a number that no double holds.
func (v Value) Check(log *Log, at *Path) {
	switch v.Kind() {
	case Structure:
		v.checkMembers(log, at, "")
	case Array:
		for i, element := range v.Elements {
			if c := element.Kind(); c >= Number {
				element.Check(log, at.Element(i))
			}
		}
	case String:
		checkText(log, at, v)
	case Number:
		if infinite(v) {
			log.Add(trade.Fault{Code: "out_of_range", Pointer: at.String(), Value: v.Shown(), Message: "a number that a double can hold (RFC 8259, 6)"})
		}
	case Null, Boolean:
	}
}

// CheckBut is Check of an object, but that the value of one member is not looked into: a file that the document
// carries, which is longer than a string may be and is not kept.
func (v Value) CheckBut(log *Log, at *Path, member string) { v.checkMembers(log, at, member) }

func (v Value) checkMembers(log *Log, at *Path, but string) {
	const few = 24
	var buf [few]string
	names := buf[:0]
	var many map[string]bool
	for name, value := range v.members {
		twice := false
		switch {
		case many != nil:
			twice = many[name]
			many[name] = true
		default:
			for _, n := range names {
				twice = twice || n == name
			}
			if names = append(names, name); len(names) == few {
				many = make(map[string]bool, 2*few)
				for _, n := range names {
					many[n] = true
				}
			}
		}
		if twice {
			log.Add(trade.Fault{Code: "duplicate_member", Pointer: at.Member(name).String(), Value: value.Shown(), Message: "one member of a name"})
		}
		if len(name) > trade.MaxStringBytes {
			log.Add(tooLong(at, len(name)))
			continue
		}
		if but != "" && name == but {
			continue
		}
		if k := value.Kind(); k >= Array || k == String && suspect(value) || k == Number && infinite(value) {
			value.Check(log, at.Member(name))
		}
	}
}

func infinite(v Value) bool {
	_, err := strconv.ParseFloat(string(v), 64)
	return errors.Is(err, strconv.ErrRange)
}

// suspect says quickly that a string deserves a look.
func suspect(v Value) bool {
	return len(v) > trade.MaxStringBytes || strings.IndexByte(string(v), '\\') >= 0
}

func checkText(log *Log, at *Path, v Value) {
	if len(v) > trade.MaxStringBytes {
		log.Add(tooLong(at, len(v)))
		return
	}
	if half := halfCharacter(string(v)); half != "" {
		log.Add(trade.Fault{
			Code: "not_unicode", Pointer: at.String(), Value: half,
			Message: "whole characters: a surrogate escape has its other half beside it (RFC 8259, 8.2)",
		})
	}
}

func tooLong(at *Path, n int) trade.Fault {
	return trade.Fault{
		Code: "too_long", Pointer: at.String(), Value: fmt.Sprintf("%d bytes", n),
		Message: fmt.Sprintf("a string of at most %d bytes", trade.MaxStringBytes),
	}
}

// halfCharacter gives the first surrogate escape that stands alone in the text of a JSON string.
func halfCharacter(s string) string {
	for i := 0; i < len(s); {
		n := strings.IndexByte(s[i:], '\\')
		if n < 0 {
			return ""
		}
		i += n
		if s[i+1] != 'u' {
			i += 2
			continue
		}
		unit := hexUnit(s[i:])
		switch {
		case unit >= 0xd800 && unit < 0xdc00 && i+12 <= len(s) && s[i+6] == '\\' && s[i+7] == 'u':
			if low := hexUnit(s[i+6:]); low < 0xdc00 || low > 0xdfff {
				return s[i : i+6]
			}
			i += 12
		case unit >= 0xd800 && unit <= 0xdfff:
			return s[i : i+6]
		default:
			i += 6
		}
	}
	return ""
}

// hexUnit reads the four digits of an escape.
func hexUnit(s string) uint64 {
	n, _ := strconv.ParseUint(s[2:6], 16, 32) // valid JSON has four hex digits here
	return n
}
