package warehouse

import (
	"encoding/binary"
	"strings"

	"github.com/ClickHouse/ch-go/proto"
)

// The columns below keep their values as the native protocol wants them, so that sending a block is
// copying memory. All are emptied by Reset and keep their memory.

const (
	typeString = proto.ColumnType("String")
	typeCode   = proto.ColumnType("LowCardinality(String)")
	typeTime   = proto.ColumnType("DateTime64(3, 'UTC')")
	typeMoney  = proto.ColumnType("Decimal(18, 4)")
)

// text is a column of String: each value after its length.
type text struct {
	buf  []byte
	rows int
}

func (c *text) append(s string) {
	c.buf = append(binary.AppendUvarint(c.buf, uint64(len(s))), s...)
	c.rows++
}

func (c *text) appendBytes(b []byte) {
	c.buf = append(binary.AppendUvarint(c.buf, uint64(len(b))), b...)
	c.rows++
}

func (c *text) Type() proto.ColumnType       { return typeString }
func (c *text) Rows() int                    { return c.rows }
func (c *text) Reset()                       { c.buf, c.rows = c.buf[:0], 0 }
func (c *text) EncodeColumn(b *proto.Buffer) { b.PutRaw(c.buf) }
func (c *text) WriteColumn(w *proto.Writer)  { w.ChainWrite(c.buf) }

// mostKnown bounds the values that codes remembers across blocks.
const mostKnown = 1 << 16

// codes is a column of LowCardinality(String): a dictionary of this block and a key a row.
//
// The values seen are remembered across blocks, in memory of its own, so that a usual Append is one look
// into a map and no allocation.
type codes struct {
	known  map[string]uint32 // value to its place in places
	places []place
	block  uint32 // number of this block, from 1
	empty  uint32 // 1 + key of the empty value in this block; 0: not in it
	dict   text   // this block's dictionary
	keys   []uint32
}

// place says which key a known value has in the block that last used it.
type place struct{ block, key uint32 }

func (c *codes) append(s string) {
	if s == "" {
		if c.empty == 0 {
			c.empty = 1 + c.add("")
		}
		c.keys = append(c.keys, c.empty-1)
		return
	}
	i, ok := c.known[s]
	if !ok {
		if c.known == nil {
			c.known, c.block = make(map[string]uint32), 1
		}
		i = uint32(len(c.places)) // bounded by mostKnown and the rows of one block
		c.known[strings.Clone(s)] = i
		c.places = append(c.places, place{})
	}
	p := &c.places[i]
	if p.block != c.block {
		p.block, p.key = c.block, c.add(s)
	}
	c.keys = append(c.keys, p.key)
}

func (c *codes) add(s string) uint32 {
	c.dict.append(s)
	return uint32(c.dict.rows - 1) // a block has far fewer rows
}

func (c *codes) Type() proto.ColumnType { return typeCode }
func (c *codes) Rows() int              { return len(c.keys) }

func (c *codes) Reset() {
	c.keys, c.empty = c.keys[:0], 0
	c.dict.Reset()
	c.block++
	if len(c.known) > mostKnown || c.block == 0 {
		c.known, c.places = nil, nil
	}
}

// Constants of the native serialization of LowCardinality.
const (
	codesVersion   = 1            // shared dictionaries with additional keys
	codesUpdateAll = 1<<9 | 1<<10 // has additional keys, needs an update of the dictionary
	mostKeys8      = 1 << 8       // entries that one-byte keys can tell apart
	mostKeys16     = 1 << 16      // … and two-byte keys
	width8         = 0            // code of one-byte keys
	width16        = 1            // code of two-byte keys
	width32        = 2            // code of four-byte keys
)

// EncodeState implements proto.StateEncoder.
func (c *codes) EncodeState(b *proto.Buffer) { b.PutInt64(codesVersion) }

func (c *codes) EncodeColumn(b *proto.Buffer) {
	if len(c.keys) == 0 {
		return
	}
	width := int64(width32)
	switch n := c.dict.rows; {
	case n <= mostKeys8:
		width = width8
	case n <= mostKeys16:
		width = width16
	}
	b.PutInt64(codesUpdateAll | width)
	b.PutInt64(int64(c.dict.rows))
	b.PutRaw(c.dict.buf)
	b.PutInt64(int64(len(c.keys)))
	switch width {
	case width8:
		for _, k := range c.keys {
			b.Buf = append(b.Buf, byte(k)) // below mostKeys8
		}
	case width16:
		for _, k := range c.keys {
			b.Buf = binary.LittleEndian.AppendUint16(b.Buf, uint16(k)) // below mostKeys16
		}
	default:
		for _, k := range c.keys {
			b.Buf = binary.LittleEndian.AppendUint32(b.Buf, k)
		}
	}
}

func (c *codes) WriteColumn(w *proto.Writer) { w.ChainBuffer(c.EncodeColumn) }

// as is a column of numbers sent under the type that they stand for.
type as struct {
	resettable
	typ proto.ColumnType
}

type resettable interface {
	proto.ColInput
	Reset()
}

func (c as) Type() proto.ColumnType { return c.typ }

// optional is a column of Nullable: a mask beside int64 values.
type optional struct {
	nulls  proto.ColUInt8
	values proto.ColInt64
	typ    proto.ColumnType // of the values
}

func (c *optional) append(v int64, ok bool) {
	if ok {
		c.nulls, c.values = append(c.nulls, 0), append(c.values, v)
		return
	}
	c.nulls, c.values = append(c.nulls, 1), append(c.values, 0)
}

func (c *optional) Type() proto.ColumnType { return "Nullable(" + c.typ + ")" }
func (c *optional) Rows() int              { return len(c.nulls) }
func (c *optional) Reset()                 { c.nulls, c.values = c.nulls[:0], c.values[:0] }

func (c *optional) EncodeColumn(b *proto.Buffer) {
	c.nulls.EncodeColumn(b)
	c.values.EncodeColumn(b)
}

func (c *optional) WriteColumn(w *proto.Writer) {
	c.nulls.WriteColumn(w)
	c.values.WriteColumn(w)
}

// fixed is a column of FixedString(16).
type fixed struct {
	buf []byte
}

const fixedSize = 16

// append pads the value with zero bytes, and says whether it fits.
func (c *fixed) append(s string) bool {
	var v [fixedSize]byte
	n := copy(v[:], s)
	c.buf = append(c.buf, v[:]...)
	return n == len(s)
}

func (c *fixed) Type() proto.ColumnType       { return "FixedString(16)" }
func (c *fixed) Rows() int                    { return len(c.buf) / fixedSize }
func (c *fixed) Reset()                       { c.buf = c.buf[:0] }
func (c *fixed) EncodeColumn(b *proto.Buffer) { b.PutRaw(c.buf) }
func (c *fixed) WriteColumn(w *proto.Writer)  { w.ChainWrite(c.buf) }

// list is a column of Array: the end of each row's elements beside the columns of the elements, which are
// several for an array of tuples. Its user appends to the columns, then ends the row with end.
type list struct {
	ends proto.ColUInt64
	of   []resettable
	typ  proto.ColumnType
}

func newList(typ proto.ColumnType, of ...resettable) *list { return &list{typ: typ, of: of} }

func (c *list) end() { c.ends = append(c.ends, uint64(c.of[0].Rows())) } // a count

func (c *list) Type() proto.ColumnType { return c.typ }
func (c *list) Rows() int              { return len(c.ends) }

func (c *list) Reset() {
	c.ends = c.ends[:0]
	for _, of := range c.of {
		of.Reset()
	}
}

// EncodeState implements proto.StateEncoder.
func (c *list) EncodeState(b *proto.Buffer) {
	for _, of := range c.of {
		if s, ok := of.(proto.StateEncoder); ok {
			s.EncodeState(b)
		}
	}
}

func (c *list) EncodeColumn(b *proto.Buffer) {
	c.ends.EncodeColumn(b)
	for _, of := range c.of {
		of.EncodeColumn(b)
	}
}

func (c *list) WriteColumn(w *proto.Writer) {
	c.ends.WriteColumn(w)
	for _, of := range c.of {
		of.WriteColumn(w)
	}
}
