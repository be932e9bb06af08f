package wire

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"oneorder/internal/trade"
)

// finder reads a text once, whatever is nested in what. It finds whether the text is JSON (RFC 8259), and what JSON allows
// and we do not: nesting that is too deep, an object of too many members, a member that stands in its object not for the
// first time, a number that is not to be read.
type finder struct {
	text     []byte
	plain    bool         // it finds only whether the text is JSON, and whether it is extended
	fatal    *trade.Fault // which forbids to read on: too deep, or too many members
	faults   trade.Faults // in the order of the text, no more than are told of an event
	extended bool         // the whole has members of other names than an event's, or may have
	crowded  bool         // a list has more elements than it may
	torn     tear         // where the text is no JSON
	path     path
	names    [trade.MaxDepth]nameSet // of the objects that are open, by depth
	wanted   []byte                  // a name with escapes that is looked for
	known    []byte                  // one that is there
	spare    [][]uint64              // of nameSets, empty
}

// tear is where a text stops to be JSON: behind the byte at that place, which is the bracket or comma before what is wrong,
// or the end of the whole value.
type tear struct {
	at     int
	before string // as much as is needed of what stands up to there, to find out what is wrong behind
}

// valid says whether the text is JSON, as encoding/json does in several times the time. The text must have passed the
// fence, so that it is not deep.
func valid(b []byte) bool {
	f := finder{text: b, plain: true}
	return f.whole() == nil
}

// whole reads the text, and gives the fault of one that is no JSON, or that cannot be read to its end. All other
// faults are the finder's.
func (f *finder) whole() trade.Faults {
	begin := skipSpace(f.text, 0)
	end := f.value(begin)
	switch {
	case f.fatal != nil:
		return trade.Faults{*f.fatal}
	case end < 0:
		return f.syntax()
	case skipSpace(f.text, end) < len(f.text):
		f.torn = tear{end, "0"}
		return f.syntax()
	}
	return nil
}

// syntax gives the fault of a text that is no JSON, as encoding/json tells it of the end of the text.
func (f *finder) syntax() trade.Faults {
	fault := trade.Fault{Code: "json_syntax", Message: "one JSON object"}
	rest := append([]byte(f.torn.before), f.text[f.torn.at:]...)
	err := stdjson.Unmarshal(rest, new(stdjson.RawMessage))
	if err != nil {
		fault.Message += ": " + strings.TrimPrefix(err.Error(), "json: ")
	}
	var syntaxError *stdjson.SyntaxError
	if errors.As(err, &syntaxError) {
		fault.Value = fmt.Sprintf("byte %d", int(syntaxError.Offset)-len(f.torn.before)+f.torn.at)
	}
	return trade.Faults{fault}
}

// add adds a fault. When there are faults enough, only the text's being JSON is of interest.
func (f *finder) add(fault trade.Fault) {
	f.faults = f.faults.With(fault)
	f.plain = len(f.faults) > trade.MaxFaults
}

// value gives the index after the value at i, or -1: there is none, or it must not be read.
func (f *finder) value(i int) int {
	if i >= len(f.text) {
		return -1
	}
	switch f.text[i] {
	case '{', '[':
		return f.members(i)
	case '"':
		end, _ := validString(f.text, i+1)
		return end
	case 't':
		return validWord(f.text, i, "true")
	case 'f':
		return validWord(f.text, i, "false")
	case 'n':
		return validWord(f.text, i, "null")
	}
	if numeric(f.text[i]) && i+1 < len(f.text) && ends[f.text[i+1]] && f.text[i] != '-' {
		return i + 1 // a single digit
	}
	end := validNumber(f.text, i)
	if !f.plain && end >= 0 && unreadable(f.text[i:end]) {
		f.add(numberFault(f.path.pointer(f.text), f.text[i:end]))
	}
	return end
}

// members gives the index after the object or array at i, or -1.
func (f *finder) members(i int) int {
	if len(f.path) == trade.MaxDepth {
		f.fatal = tooDeep(i)
		return -1
	}
	object := f.text[i] == '{'
	closing := f.text[i] + 2 // of either kind
	from := i
	if i = skipSpace(f.text, i+1); i < len(f.text) && f.text[i] == closing {
		return i + 1
	}
	here := len(f.path)
	f.path = append(f.path, step{})
	f.names[here].count = 0
	for count := 1; ; count++ {
		if object {
			i = f.name(here, i)
		} else {
			f.path[here].index = count - 1
		}
		if i >= 0 {
			i = f.value(i)
		}
		if i >= 0 {
			i = f.space(i)
		}
		if i < 0 || i >= len(f.text) || f.text[i] != closing && f.text[i] != ',' {
			f.tear(from, object, count)
			return -1
		}
		if f.text[i] == closing {
			f.path = f.path[:here]
			f.crowded = f.crowded || !object && f.crowd(count)
			f.free(&f.names[here])
			return i + 1
		}
		from = i
		i = f.space(i + 1)
	}
}

// crowd says whether the list that the path leads to, of n elements, has more than it may.
func (f *finder) crowd(n int) bool {
	if f.plain || n <= trade.MaxReferences || len(f.path) > 3 {
		return false
	}
	most, limited := trade.MostElements(f.path.pointer(f.text))
	return limited && n > most
}

// tear notes the innermost place where the text is no JSON: in the member or element behind from, the first or another.
func (f *finder) tear(from int, object bool, count int) {
	if f.torn.before != "" {
		return
	}
	f.torn = tear{from, "[0"}
	switch {
	case count == 1:
		f.torn = tear{from, " "}
	case object:
		f.torn.before = `{"":0`
	}
}

// space is skipSpace, quick where there is none.
func (f *finder) space(i int) int {
	if i < len(f.text) && f.text[i] > ' ' {
		return i
	}
	return skipSpace(f.text, i)
}

// name reads the name of a member at i, and gives the index of its value, or -1. The object's place in the path is here.
func (f *finder) name(here, i int) int {
	if i >= len(f.text) || f.text[i] != '"' {
		return -1
	}
	end, escaped := validString(f.text, i+1)
	if end < 0 {
		return -1
	}
	if !f.plain {
		f.path[here] = step{i, -1}
		switch {
		case f.had(&f.names[here], span{i, end, escaped}):
			f.add(duplicateMember(f.path.pointer(f.text)))
		case f.names[here].count > trade.MaxMembers:
			f.fatal = tooManyMembers(f.path[:here].pointer(f.text))
			return -1
		}
	}
	if here == 0 {
		name := string(f.text[i+1 : end-1])
		f.extended = f.extended || name != "data" && !attributeName(name) // or one of those with escapes
	}
	if end = f.space(end); end >= len(f.text) || f.text[end] != ':' {
		return -1
	}
	return f.space(end + 1)
}

func tooManyMembers(pointer string) *trade.Fault {
	return &trade.Fault{
		Code: "too_many_members", Pointer: pointer,
		Message: fmt.Sprintf("an object of at most %d members", trade.MaxMembers),
	}
}

func duplicateMember(pointer string) trade.Fault {
	return trade.Fault{Code: "duplicate_member", Pointer: pointer, Message: "each member of an object once"}
}

// maxNumber is how long a number may be, in bytes. Any double can be written out exactly in less (the smallest in 1,078);
// to read more digits takes longer than to refuse them.
const maxNumber = 1100

// unreadable says whether a number is too long, or beyond a double's range, which RFC 8785 and most readers have for
// numbers.
func unreadable(number []byte) bool {
	if len(number) > maxNumber {
		return true
	}
	if len(number) <= maxDigits && !vast(number) {
		return false
	}
	_, err := strconv.ParseFloat(string(number), 64)
	return errors.Is(err, strconv.ErrRange)
}

// vast says whether a number of at most maxDigits bytes has such an exponent that it may be beyond a double's range.
func vast(number []byte) bool {
	i := bytes.IndexAny(number, "eE")
	if i < 0 {
		return false
	}
	exponent := bytes.TrimLeft(number[i+1:], "+-")
	return len(exponent) > 2 || i > maxDigits-100
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

// nameSet is the set of the names of an object's members, by where they stand in the finder's text.
type nameSet struct {
	count int
	few   [8]uint64 // the first slots, in the order of the text
	slots []uint64  // when there are more, by their upper bits; 0: free. A power of two
	shift int       // of a slot, to its place: 64 less the bits of that
}

// placeBits are enough for a place in any text that passes the fence.
const placeBits = 21

const _ = uint(1<<placeBits - 1 - trade.MaxEventBytes)

const placeMask = 1<<placeBits - 1

var (
	nameSeed = maphash.MakeSeed()
	nameOdd  = maphash.String(nameSeed, "factor") | 1
)

// nameHash is a hash whose collisions nobody can know beforehand. Its upper bits are the good ones: of a name of a word
// it is the product with a random factor.
func nameHash(name []byte) uint64 {
	if len(name) > 8 {
		return maphash.Bytes(nameSeed, name)
	}
	var word uint64
	for _, c := range name {
		word = word<<8 | uint64(c)
	}
	return word * nameOdd
}

// had adds a name, and says whether it was there. A slot has the upper bits of its hash, and below them where it stands, plus
// one.
func (f *finder) had(s *nameSet, name span) bool {
	text := nameIn(f.text, name, &f.wanted)
	slot := nameHash(text)&^placeMask | uint64(name.from+1)
	if s.slots == nil {
		for _, other := range s.few[:s.count] {
			if f.same(slot, other, text) {
				return true
			}
		}
		if s.count < len(s.few) {
			s.few[s.count] = slot
			s.count++
			return false
		}
	}
	if s.slots == nil || 2*s.count >= len(s.slots) {
		f.grow(s)
	}
	at := s.place(slot)
	for ; s.slots[at] != 0; at = (at + 1) & (len(s.slots) - 1) {
		if f.same(slot, s.slots[at], text) {
			return true
		}
	}
	s.slots[at] = slot
	s.count++
	return false
}

// same says whether the other slot is of the name that the first is of, which is the text.
func (f *finder) same(slot, other uint64, text []byte) bool {
	if (slot^other)>>placeBits != 0 {
		return false
	}
	from := int(other&placeMask) - 1
	return string(nameIn(f.text, stringAt(f.text, from), &f.known)) == string(text)
}

func (s *nameSet) place(slot uint64) int { return int(slot >> s.shift) }

func (s *nameSet) put(slot uint64) {
	at := s.place(slot)
	for s.slots[at] != 0 {
		at = (at + 1) & (len(s.slots) - 1)
	}
	s.slots[at] = slot
}

func (f *finder) grow(s *nameSet) {
	old := s.slots
	s.slots = f.take(4 * max(len(old), len(s.few)))
	s.shift = 65 - bits.Len(uint(len(s.slots)))
	if old == nil {
		for _, slot := range s.few {
			s.put(slot)
		}
		return
	}
	for _, slot := range old {
		if slot != 0 {
			s.put(slot)
		}
	}
	f.give(old)
}

func (f *finder) free(s *nameSet) {
	if s.slots != nil {
		f.give(s.slots)
		s.slots = nil
	}
}

// take gives that many free slots.
func (f *finder) take(n int) []uint64 {
	for i := len(f.spare) - 1; i >= 0; i-- {
		if slots := f.spare[i]; len(slots) == n {
			f.spare = slices.Delete(f.spare, i, i+1)
			return slots
		}
	}
	return make([]uint64, n)
}

// give takes slots back.
func (f *finder) give(slots []uint64) {
	clear(slots)
	f.spare = append(f.spare, slots)
}
