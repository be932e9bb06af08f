package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"oneorder/internal/trade"
)

// Lines reads events that stand a line each (NDJSON). It takes what editors and other systems make of such a file: a
// byte order mark before it, CR LF, blank lines, white space around an event, a last line without its end. It holds
// one line at a time, and of one that is longer than an event may be only its beginning.
type Lines struct {
	in     *bufio.Reader
	line   []byte
	number int
}

// Line is a line that is not blank.
type Line struct {
	Number int          // from 1, blank ones counted
	Text   []byte       // without its end and the white space around it; of the reader, until the next line
	Faults trade.Faults // of a line that is no event whatever it says, since it is too long; Text is empty
}

// NewLines reads from in, some bytes ahead.
func NewLines(in io.Reader) *Lines { return &Lines{in: bufio.NewReaderSize(in, 64<<10)} }

var byteOrderMark = []byte("\ufeff")

// Next gives the next line that is not blank; io.EOF after the last.
func (l *Lines) Next() (Line, error) {
	for {
		length, err := l.read()
		if err != nil && !errors.Is(err, io.EOF) {
			return Line{}, fmt.Errorf("line %d: %w", l.number, err)
		}
		if length > len(l.line) {
			return Line{Number: l.number, Faults: tooLarge(length, trade.MaxEventBytes)}, nil
		}
		text := l.line
		if l.number == 1 {
			text = bytes.TrimPrefix(text, byteOrderMark)
		}
		if text = trimSpace(text); len(text) > 0 {
			return Line{Number: l.number, Text: text}, nil
		}
		if err != nil {
			return Line{}, io.EOF
		}
	}
}

// Elements gives the elements of a JSON array of at most so many, or the first ones and that there are more. They alias
// the text. An error is a trade.Faults: the text is no JSON array.
func Elements(text []byte, most int) (elements [][]byte, more bool, err error) {
	i := skipSpace(text, 0)
	if i == len(text) || text[i] != '[' {
		return nil, false, trade.Faults{{Code: "json_syntax", Message: "a JSON array of events"}}
	}
	if !json.Valid(text) { // which knows a depth that is too much for a walk
		return nil, false, arrayFault(text)
	}
	each(text, i, func(_ span, at int) int {
		if more = len(elements) == most; more {
			return -1
		}
		end := skipValue(text, at)
		elements = append(elements, text[at:end:end])
		return end
	})
	return elements, more, nil
}

// arrayFault tells in which element a text stops to be a JSON array.
func arrayFault(text []byte) trade.Faults {
	decoder := json.NewDecoder(bytes.NewReader(text))
	_, _ = decoder.Token() // the bracket
	for n := 0; decoder.More(); n++ {
		if err := decoder.Decode(new(json.RawMessage)); err != nil {
			return trade.Faults{{Code: "json_syntax", Pointer: fmt.Sprintf("/%d", n), Value: err.Error(), Message: "a JSON object"}}
		}
	}
	if _, err := decoder.Token(); err != nil {
		return trade.Faults{{Code: "json_syntax", Value: err.Error(), Message: "an array that ends with ]"}}
	}
	return trade.Faults{{Code: "json_syntax", Message: "nothing after the array"}}
}

// room is what a line may have beyond the event: its end, and white space.
const room = 4 << 10

// read reads a line into l.line, as far as there is room for it, and gives its whole length.
func (l *Lines) read() (length int, err error) {
	l.number++
	l.line = l.line[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		length += len(part)
		if fits := trade.MaxEventBytes + room - len(l.line); fits > 0 {
			l.line = append(l.line, part[:min(fits, len(part))]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return length, err
		}
	}
}
