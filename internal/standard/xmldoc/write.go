package xmldoc

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// Rest adds to dst the members that the element's content makes as a JSON object, each behind a comma where one is
// due, without braces: what was taken is left out, and so is an element that says nothing. Children of one name
// are one member, an array where there are several. An element of text alone is a string; attributes stand beside
// it as "@name", the text then as "#text". A text too long for an event is told by its length and its SHA-256.
func (e Element) Rest(dst []byte) []byte {
	if e.d == nil {
		return dst
	}
	list := e.attributes()
	for i, a := range list {
		n := e.d.names[a.name]
		if n.space == namespaceXSI {
			continue // types and schema locations, which the standard fixes
		}
		local := "@" + n.local
		if slices.ContainsFunc(list[:i], func(b attribute) bool { return e.d.names[b.name].sort == n.sort }) {
			local = "@{" + n.space + "}" + n.local
		}
		dst = jsondoc.AppendString(jsondoc.AppendName(dst, local), e.d.text[a.start:a.end])
	}
	if text := e.Text(); text != "" {
		dst = appendText(jsondoc.AppendName(dst, "#text"), text)
	}
	for c := e.d.first(e.i); c != 0; c = e.d.nodes[c].next {
		n := &e.d.nodes[c]
		if n.marks&paired == 0 {
			dst = e.d.appendGroup(dst, c)
		}
	}
	return dst
}

// appendGroup adds the elements of one name, of which c is the first.
func (d *Document) appendGroup(dst []byte, c int32) []byte {
	before := len(dst)
	dst = jsondoc.AppendName(dst, d.names[d.nodes[c].name].local)
	if d.nodes[c].twin == 0 {
		start := len(dst)
		if dst = d.appendValue(dst, c); len(dst) == start {
			return dst[:before]
		}
		return dst
	}
	dst = append(dst, '[')
	start := len(dst)
	for ; c != 0; c = d.nodes[c].twin {
		mark := len(dst)
		if mark > start {
			dst = append(dst, ',')
		}
		from := len(dst)
		if dst = d.appendValue(dst, c); len(dst) == from {
			dst = dst[:mark]
		}
	}
	if len(dst) == start {
		return dst[:before]
	}
	return append(dst, ']')
}

// appendValue adds what remains of an element, or nothing.
func (d *Document) appendValue(dst []byte, c int32) []byte {
	n := &d.nodes[c]
	if n.marks&taken != 0 {
		return dst
	}
	e := Element{d, c}
	if n.marks&inner == 0 && !e.attributed() {
		if text := e.Text(); text != "" {
			dst = appendText(dst, text)
		}
		return dst
	}
	start := len(dst)
	if dst = e.Rest(append(dst, '{')); len(dst) == start+1 {
		return dst[:start]
	}
	return append(dst, '}')
}

// attributed says whether the element has attributes that are written.
func (e Element) attributed() bool {
	for _, a := range e.attributes() {
		if e.d.names[a.name].space != namespaceXSI {
			return true
		}
	}
	return false
}

func appendText(dst []byte, text string) []byte {
	if len(text) <= trade.MaxStringBytes {
		return jsondoc.AppendString(dst, text)
	}
	sum := sha256.Sum256([]byte(text))
	dst = append(dst, `{"bytes":`...)
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	dst = append(dst, `,"sha256":"`...)
	dst = hex.AppendEncode(dst, sum[:])
	return append(dst, `"}`...)
}
