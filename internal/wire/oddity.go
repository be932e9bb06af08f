package wire

import (
	"bytes"
	"errors"
	"hash/maphash"
	"math/bits"
	"slices"
	"strconv"

	"oneorder/internal/trade"
)

// oddities gives the faults of what JSON allows and we do not: a member that stands in its object not for the first time,
// and a number that is not to be read. They are in the order of the text, which has that many members, and no more than
// are told of an event.
func oddities(text []byte, members int) trade.Faults {
	f := finder{text: text, most: slotsFor(members)}
	if i := skipSpace(text, 0); i < len(text) {
		f.value(i)
	}
	return f.faults
}

// finder reads the text once, whatever is nested in what.
type finder struct {
	text   []byte
	path   path
	faults trade.Faults
	most   int        // slots that any set needs
	wanted []byte     // a name with escapes that is looked for
	known  []byte     // one that is there
	spare  [][]uint32 // of nameSets, empty
}

// add adds a fault, and says whether there is room for more.
func (f *finder) add(fault trade.Fault) bool {
	f.faults = f.faults.With(fault)
	return len(f.faults) <= trade.MaxFaults
}

// value looks into the value that begins at i, and gives the index after it; -1: enough is found.
func (f *finder) value(i int) int {
	top := len(f.path)
	switch f.text[i] {
	case '{':
		f.path = append(f.path, step{index: -1})
		names := nameSet{finder: f}
		i = each(f.text, i, func(name span, at int) int {
			f.path[top].name = name
			if names.add(name) && !f.add(duplicateMember(f.path.pointer(f.text))) {
				return -1
			}
			return f.value(at)
		})
		names.release()
	case '[':
		f.path = append(f.path, step{})
		i = each(f.text, i, func(_ span, at int) int {
			end := f.value(at)
			f.path[top].index++
			return end
		})
	default:
		end := skipValue(f.text, i)
		if number := f.text[i:end]; numeric(f.text[i]) && unreadable(number) && !f.add(numberFault(f.path.pointer(f.text), number)) {
			return -1
		}
		return end
	}
	f.path = f.path[:top]
	return i
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
	if len(number) <= maxDigits && !bytes.ContainsAny(number, "eE") {
		return false
	}
	_, err := strconv.ParseFloat(string(number), 64)
	return errors.Is(err, strconv.ErrRange)
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

// nameSet is the set of the names of an object's members, by where they stand in the finder's text: a name takes four
// bytes, since a text may be all names.
type nameSet struct {
	finder *finder
	slots  []uint32 // where the name stands, plus one, below bits of its hash; 0: free
	count  int
}

// placeBits are enough for a place in any text that passes the fence.
const placeBits = 21

const _ = uint(1<<placeBits - 1 - trade.MaxEventBytes)

var nameSeed = maphash.MakeSeed()

// add adds a name, and says whether it was there.
func (s *nameSet) add(name span) bool {
	if slotsFor(s.count+1) > len(s.slots) {
		s.grow()
	}
	text := nameIn(s.finder.text, name, &s.finder.wanted)
	at, tag := s.place(text)
	for ; s.slots[at] != 0; at = (at + 1) & (len(s.slots) - 1) {
		if slot := s.slots[at]; slot>>placeBits == tag && string(s.name(slot)) == string(text) {
			return true
		}
	}
	s.slots[at] = tag<<placeBits | uint32(name.from+1)
	s.count++
	return false
}

// place gives the slot where a name's search begins, and what its slot says of its hash.
func (s *nameSet) place(text []byte) (at int, tag uint32) {
	h := maphash.Bytes(nameSeed, text)
	return int(h & uint64(len(s.slots)-1)), uint32(h >> (32 + placeBits))
}

// name gives the name that a slot tells of.
func (s *nameSet) name(slot uint32) []byte {
	from := int(slot&(1<<placeBits-1)) - 1
	return nameIn(s.finder.text, stringAt(s.finder.text, from), &s.finder.known)
}

func (s *nameSet) grow() {
	old := s.slots
	size := max(16, 2*len(old))
	if size > 1024 { // most of the time goes into moving the names
		size = min(4*size, s.finder.most)
	}
	s.slots = s.finder.take(size)
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		at, _ := s.place(s.name(slot))
		for s.slots[at] != 0 {
			at = (at + 1) & (len(s.slots) - 1)
		}
		s.slots[at] = slot
	}
	s.finder.give(old)
}

func (s *nameSet) release() { s.finder.give(s.slots) }

// slotsFor gives how many slots hold that many names, one in eight of them free: a power of two.
func slotsFor(names int) int { return max(16, 1<<bits.Len(uint(names+names/7))) }

// take gives that many free slots.
func (f *finder) take(n int) []uint32 {
	for i := len(f.spare) - 1; i >= 0; i-- {
		if slots := f.spare[i]; len(slots) == n {
			f.spare = slices.Delete(f.spare, i, i+1)
			return slots
		}
	}
	return make([]uint32, n)
}

// give takes slots back.
func (f *finder) give(slots []uint32) {
	if len(slots) > 0 {
		clear(slots)
		f.spare = append(f.spare, slots)
	}
}
