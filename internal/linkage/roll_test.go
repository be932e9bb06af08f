package linkage

import (
	"fmt"
	"testing"
	"time"

	"oneorder/internal/trade"
)

// common is a number that many events name.
var common = trade.Reference{Kind: trade.Shipment, Value: "EXPORT-DEPT-7"}

// commonEvent is one of them, which names a bill of its own, too.
func commonEvent(i int, revision uint32, refs ...trade.Reference) Input {
	in := Input{Sequence: uint64(i) + uint64(revision)*1_000_000, Received: storyStart, Event: &trade.Event{
		SpecVersion: "1.0", ID: fmt.Sprint("event-", i), Source: "urn:oneorder:org:pool", Revision: revision, Type: trade.TitleIssued,
		Time: storyStart.Add(time.Duration(i) * time.Minute),
		Data: &trade.Data{References: append(refs, trade.Reference{Kind: trade.BL, Value: fmt.Sprint("B", i), Issuer: "S"})},
	}}
	in.Digest[0] = byte(revision)
	return in
}

// sized is a store that counts the bytes written.
type sized struct {
	Memory
	bytes int
}

func (s *sized) Set(key, value []byte) error {
	s.bytes += len(key) + len(value)
	return s.Memory.Set(key, value)
}

func (s *sized) apply(t *testing.T, l *Linker, inputs ...Input) {
	t.Helper()
	if _, err := l.Apply(inputs); err != nil {
		t.Fatal(err)
	}
	if err := l.Flush(s); err != nil {
		t.Fatal(err)
	}
}

// rolled gives how many events are on the rolls of the common number and of its value.
func rolled(l *Linker) (number, value int) {
	n, v := l.number(numberKey(common.Kind, common.Value, "")), l.value("shipment\x00"+common.Value)
	for range l.on(n) {
		number++
	}
	for range l.unscoped(v) {
		value++
	}
	return number, value
}

// However many events name a number, the next one costs as much to write, and what they are is not held in memory.
func TestACommonNumberIsNotWrittenWhole(t *testing.T) {
	store := &sized{Memory: Memory{}}
	l := New(store, 1<<20)
	const all = 20_000
	wrote := 0
	for i := 1; i <= all; i++ {
		before := store.bytes
		store.apply(t, l, commonEvent(i, 0, common))
		if i > 100 { // it is wide since the 65th
			wrote = max(wrote, store.bytes-before)
		}
	}
	// Two rolls of 128 mentions of 17 bytes, each twice where a block is full, and the event's own nodes.
	if wrote > 12_000 {
		t.Errorf("a save after one event wrote %d bytes", wrote)
	}
	if held := l.Held(); held > 2<<20 {
		t.Errorf("%d bytes are held", held)
	}
	if n := l.number(numberKey(common.Kind, common.Value, "")); !n.wide || n.named != all {
		t.Errorf("the number is wide: %v, named by %d events; want true, %d", n.wide, n.named, all)
	}
	if number, value := rolled(New(store, 0)); number != all || value != all {
		t.Errorf("%d events are on the roll of the number, %d on that of the value; want %d", number, value, all)
	}
}

// Events that stop naming the number leave the blocks, and those are made anew when many did.
func TestEventsLeaveTheBlocks(t *testing.T) {
	store := &sized{Memory: Memory{}}
	l := New(store, 1<<20)
	for i := 1; i <= 1000; i++ {
		store.apply(t, l, commonEvent(i, 0, common))
	}
	left := 1000
	for i := 1; i <= 990; i += 2 {
		store.apply(t, l, commonEvent(i, 1))
		left--
		if i%99 != 0 {
			continue
		}
		l = New(store, 1<<20)
		if number, value := rolled(l); number != left || value != left {
			t.Fatalf("after event %d, %d are on the roll of the number, %d on that of the value; want %d", i, number, value, left)
		}
	}
	blocks, want := 0, 0
	for key := range store.Memory {
		if key[0] == blockPrefix {
			blocks++
		}
	}
	n, v := l.number(numberKey(common.Kind, common.Value, "")), l.value("shipment\x00"+common.Value)
	if want = n.blocks + v.blocks; blocks != want || n.blocks > 5 {
		t.Errorf("%d blocks are stored, the rolls have %d, that of the number %d of %d events", blocks, want, n.blocks, left)
	}
	// One that comes back is on the roll once.
	store.apply(t, l, commonEvent(1, 2, common))
	store.apply(t, l, commonEvent(2, 2, common))
	if number, value := rolled(l); number != left+1 || value != left+1 {
		t.Errorf("%d are on the roll of the number, %d on that of the value; want %d", number, value, left+1)
	}
}

// Nodes as they were before there were blocks are read, and are cut into blocks when they are written.
func TestARollOfBeforeIsRead(t *testing.T) {
	store := &sized{Memory: Memory{}}
	l := New(store, 0)
	const all = 700
	for i := 1; i <= all; i++ {
		store.apply(t, l, commonEvent(i, 0, common))
	}
	n, v := l.number(numberKey(common.Kind, common.Value, "")), l.value("shipment\x00"+common.Value)
	var mentions []mention
	for m := range l.on(n) {
		mentions = append(mentions, mention{event: m.event, bits: m.bits})
	}
	for key := range store.Memory {
		if key[0] == blockPrefix {
			delete(store.Memory, key)
		}
	}
	e := encoder{[]byte{codecVersion}}
	e.uint(n.firstSeq)
	e.int(n.firstTime)
	e.uint(uint64(n.masters))
	e.uint(uint64(n.beside))
	e.uint(uint64(n.look)<<3 | bit(n.wide))
	e.mentions(mentions)
	e.members(n.members)
	e.members(n.direct)
	e.string(n.holder)
	store.Memory["n"+n.key] = e.b
	e = encoder{[]byte{codecVersion}}
	e.uint(0)
	e.uint(uint64(len(mentions)))
	for _, m := range mentions {
		e.key(m.event)
	}
	e.uint(v.firstSeq)
	e.int(v.firstTime)
	store.Memory["n"+v.key] = e.b

	l = New(store, 0)
	store.apply(t, l, commonEvent(all+1, 0, common))
	l = New(store, 0)
	if number, value := rolled(l); number != all+1 || value != all+1 {
		t.Errorf("%d are on the roll of the number, %d on that of the value; want %d", number, value, all+1)
	}
	read := l.number(n.key)
	if read.named != all+1 || read.beside != all+1 || !read.wide || read.blocks != 5 || len(read.last) > rollBlock {
		t.Errorf("the number is named by %d events, beside %d, wide: %v, has %d blocks and %d events after them", read.named, read.beside, read.wide, read.blocks, len(read.last))
	}
}
