package xmldoc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"oneorder/internal/trade"
)

// Limits of a document, far above what the standards have.
const (
	MaxDepth      = 48   // elements within one another
	MaxAttributes = 64   // of one element, namespace declarations included
	MaxNames      = 5000 // different names of elements and attributes
	maxBindings   = 256  // namespace declarations in force at one place
	maxName       = 256  // bytes of one name
)

// node is an element. It is kept small, since a hostile document has one in every four bytes. Links are indices into
// Document.nodes; 0 is the root and, as a link, none. Elements stand in the order of the document, so that the first
// child is the next node.
type node struct {
	parent     int32
	next       int32 // sibling
	twin       int32 // next sibling of the same local name
	ordinal    int32 // among the siblings of its name, from 1
	start, end int32 // of its own text
	attributes int32 // index of its first; the next node has that of the one after its last
	name       uint16
	marks      uint8
}

const (
	taken  uint8 = 1 << iota // it has found its place
	paired                   // it has an elder sibling of its name
	inner                    // it has children
)

// first is the first child of node i.
func (d *Document) first(i int32) int32 {
	if d.nodes[i].marks&inner == 0 {
		return 0
	}
	return i + 1
}

type attribute struct {
	start, end int32
	name       uint16
}

// name is a name with its namespace. Names that differ in the namespace only have one sort.
type name struct {
	space, local string
	sort         int32
}

// Document is one XML document, read and sound.
type Document struct {
	nodes      []node
	attributes []attribute
	names      []name
	text       string
	mixed      map[int32][]byte // text of elements that have children too
}

const (
	namespaceXML = "http://www.w3.org/XML/1998/namespace"
	namespaceXSI = "http://www.w3.org/2001/XMLSchema-instance"
)

// Read checks a document of at most limit bytes and gives its root element, in memory of its own. The fault is the
// only one of its kind: nothing more can be said of a text that is not XML.
func Read(data []byte, limit int) (Element, *trade.Fault) {
	if len(data) > limit {
		return Element{}, &trade.Fault{
			Code: "too_large", Value: fmt.Sprintf("%d bytes", len(data)), Message: fmt.Sprintf("at most %d bytes", limit),
		}
	}
	text, fault := toUTF8(data)
	if fault != nil {
		return Element{}, fault
	}
	if begin := bytes.TrimLeft(text, " \t\r\n"); len(begin) == 0 || begin[0] != '<' {
		return Element{}, &trade.Fault{Code: NotAnEventDocument, Message: "an XML document"}
	}
	// White space before the declaration breaks XML 1.0, 2.8; it comes from how documents are copied, and harms nothing.
	text = bytes.TrimLeft(text, " \t\r\n")
	r := newReader(text)
	fault = r.read()
	r.doc.link()
	if fault != nil {
		if r.open >= 0 {
			fault.Pointer = Element{r.doc, r.open}.Path()
		}
		return Element{}, fault
	}
	r.doc.text = string(r.text)
	return Element{r.doc, 0}, nil
}

// NotAnEventDocument is the code of a document that is none of events.
const NotAnEventDocument = "not_an_event_document"

type nameKey struct {
	space int32
	local string
}

type binding struct {
	prefix string
	space  int32
	depth  int32
}

// reader builds the table of elements.
type reader struct {
	decoder  *xml.Decoder
	doc      *Document
	text     []byte
	open     int32   // the innermost element that is open; -1: none
	last     []int32 // last child so far, of the open elements
	tags     []xml.Name
	spaces   []string
	spaceIDs map[string]int32
	nameIDs  map[nameKey]uint16
	sorts    map[string]int32
	bindings []binding
	closed   bool // the root has ended
}

func newReader(text []byte) *reader {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	return &reader{
		decoder: d, open: -1,
		doc:      &Document{nodes: make([]node, 0, elements(text)+1)},
		spaceIDs: map[string]int32{}, nameIDs: map[nameKey]uint16{}, sorts: map[string]int32{},
	}
}

// elements gives an upper bound of the number of elements.
func elements(text []byte) int {
	n := 0
	for i := bytes.IndexByte(text, '<'); i >= 0; {
		if i+1 < len(text) && text[i+1] != '/' && text[i+1] != '!' && text[i+1] != '?' {
			n++
		}
		next := bytes.IndexByte(text[i+1:], '<')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return n
}

func (r *reader) read() *trade.Fault {
	for {
		token, err := r.decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.syntax(err.Error())
		}
		var fault *trade.Fault
		switch t := token.(type) {
		case xml.StartElement:
			fault = r.start(t)
		case xml.EndElement:
			fault = r.end(t)
		case xml.CharData:
			fault = r.characters(t)
		case xml.Directive:
			fault = &trade.Fault{
				Code: "dtd_forbidden", Value: trade.Quote("<!" + string(t) + ">"), Message: "no document type declaration: it could define entities",
			}
		}
		if fault != nil {
			return fault
		}
	}
	if r.open >= 0 || !r.closed {
		return r.syntax("the document ends before its root element does")
	}
	return nil
}

func (r *reader) syntax(what string) *trade.Fault {
	line, column := r.decoder.InputPos()
	if cut, ok := strings.CutPrefix(what, "XML syntax error on line "); ok {
		_, what, _ = strings.Cut(cut, ": ")
	}
	return &trade.Fault{
		Code: "xml_syntax", Value: fmt.Sprintf("line %d, column %d", line, column), Message: "a well-formed XML document: " + what,
	}
}

func (r *reader) start(t xml.StartElement) *trade.Fault {
	switch {
	case r.closed:
		return r.syntax("one root element only")
	case len(r.tags) >= MaxDepth:
		return &trade.Fault{Code: "too_deep", Message: fmt.Sprintf("at most %d elements within one another", MaxDepth)}
	case len(t.Attr) > MaxAttributes:
		return &trade.Fault{
			Code: "too_many", Value: strconv.Itoa(len(t.Attr)), Message: fmt.Sprintf("at most %d of one element", MaxAttributes),
		}
	}
	depth := int32(len(r.tags))
	r.tags = append(r.tags, t.Name)
	r.last = append(r.last, 0)
	for _, a := range t.Attr {
		if fault := r.bind(a, depth); fault != nil {
			return fault
		}
	}
	id, fault := r.name(t.Name, true)
	if fault != nil {
		return fault
	}
	i := int32(len(r.doc.nodes))
	at := int32(len(r.text))
	r.doc.nodes = append(r.doc.nodes, node{
		name: id, parent: r.open, start: at, end: at, attributes: int32(len(r.doc.attributes)),
	})
	if r.open >= 0 {
		if last := r.last[depth-1]; last == 0 {
			r.doc.nodes[r.open].marks |= inner
		} else {
			r.doc.nodes[last].next = i
		}
		r.last[depth-1] = i
	}
	r.open = i
	return r.attributes(t.Attr, r.doc.nodes[i].attributes)
}

// bind takes a namespace declaration in.
func (r *reader) bind(a xml.Attr, depth int32) *trade.Fault {
	var prefix string
	switch {
	case a.Name.Space == "xmlns":
		prefix = a.Name.Local
	case a.Name.Space != "" || a.Name.Local != "xmlns":
		return nil
	}
	if len(r.bindings) >= maxBindings {
		return &trade.Fault{Code: "too_many", Message: fmt.Sprintf("at most %d namespace declarations in force at one place", maxBindings)}
	}
	for i := len(r.bindings) - 1; i >= 0 && r.bindings[i].depth == depth; i-- {
		if r.bindings[i].prefix == prefix {
			return r.syntax("the namespace prefix " + trade.Quote(prefix) + " is declared twice in one tag")
		}
	}
	if prefix != "" && a.Value == "" || prefix == "xmlns" || prefix == "xml" && a.Value != namespaceXML {
		return r.syntax("the namespace prefix " + trade.Quote(prefix) + " cannot be declared so")
	}
	r.bindings = append(r.bindings, binding{prefix, r.space(strings.TrimSpace(a.Value)), depth})
	return nil
}

func (r *reader) space(uri string) int32 {
	id, ok := r.spaceIDs[uri]
	if !ok {
		id = int32(len(r.spaces))
		r.spaceIDs[uri] = id
		r.spaces = append(r.spaces, uri)
	}
	return id
}

// name gives the number of a name. A name without prefix is in the default namespace when it is an element's.
func (r *reader) name(n xml.Name, element bool) (uint16, *trade.Fault) {
	if len(n.Local) > maxName || len(n.Space) > maxName {
		return 0, &trade.Fault{Code: "too_long", Value: trade.Quote(n.Local), Message: fmt.Sprintf("names of at most %d bytes", maxName)}
	}
	if n.Local == "" || strings.Contains(n.Local, ":") {
		return 0, r.syntax("the name " + trade.Quote(n.Space+":"+n.Local) + " has more than a prefix and a local part")
	}
	space := int32(-1)
	if n.Space != "" || element {
		for i := len(r.bindings) - 1; i >= 0; i-- {
			if r.bindings[i].prefix == n.Space {
				space = r.bindings[i].space
				break
			}
		}
	}
	if space < 0 {
		switch n.Space {
		case "":
			space = r.space("")
		case "xml":
			space = r.space(namespaceXML)
		default:
			return 0, r.syntax("the namespace prefix " + trade.Quote(n.Space) + " is not declared")
		}
	}
	id, ok := r.nameIDs[nameKey{space, n.Local}]
	if !ok {
		id = uint16(len(r.doc.names)) // at most MaxNames
		if id >= MaxNames {
			return 0, &trade.Fault{Code: "too_many", Value: trade.Quote(n.Local), Message: fmt.Sprintf("at most %d different names", MaxNames)}
		}
		r.nameIDs[nameKey{space, n.Local}] = id
		sort, ok := r.sorts[n.Local]
		if !ok {
			sort = int32(len(r.sorts))
			r.sorts[n.Local] = sort
		}
		r.doc.names = append(r.doc.names, name{r.spaces[space], n.Local, sort})
	}
	return id, nil
}

// attributes keeps the attributes of the element that has just opened, but for namespace declarations and what
// says where a schema lies.
func (r *reader) attributes(list []xml.Attr, first int32) *trade.Fault {
	for _, a := range list {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		id, fault := r.name(a.Name, false)
		if fault != nil {
			return fault
		}
		for _, have := range r.doc.attributes[first:] {
			if have.name == id {
				return r.syntax("the attribute " + trade.Quote(a.Name.Local) + " stands twice in one tag")
			}
		}
		if len(a.Value) > trade.MaxStringBytes {
			return &trade.Fault{Code: "too_long", Value: fmt.Sprintf("%d bytes", len(a.Value)), Message: fmt.Sprintf("an attribute of at most %d bytes", trade.MaxStringBytes)}
		}
		start := int32(len(r.text))
		r.text = append(r.text, a.Value...)
		r.doc.attributes = append(r.doc.attributes, attribute{start, int32(len(r.text)), id})
	}
	at := int32(len(r.text))
	n := &r.doc.nodes[r.open]
	n.start, n.end = at, at
	return nil
}

func (r *reader) end(t xml.EndElement) *trade.Fault {
	depth := len(r.tags) - 1
	switch {
	case depth < 0:
		return r.syntax("</" + t.Name.Local + "> closes nothing")
	case r.tags[depth] != t.Name:
		return r.syntax("</" + t.Name.Local + "> stands where </" + r.tags[depth].Local + "> should")
	}
	n := &r.doc.nodes[r.open]
	if n.marks&inner != 0 && len(bytes.TrimSpace(r.text[n.start:n.end])) == 0 {
		n.end = n.start
	}
	r.tags, r.last = r.tags[:depth], r.last[:depth]
	for len(r.bindings) > 0 && r.bindings[len(r.bindings)-1].depth == int32(depth) {
		r.bindings = r.bindings[:len(r.bindings)-1]
	}
	r.open = n.parent
	r.closed = r.open < 0
	return nil
}

// characters keeps text. That of an element with children is white space in all our standards; where it is not, it
// is kept apart.
func (r *reader) characters(t xml.CharData) *trade.Fault {
	if r.open < 0 {
		if len(bytes.TrimSpace(t)) > 0 {
			return r.syntax("text outside of the root element")
		}
		return nil
	}
	n := &r.doc.nodes[r.open]
	switch {
	case n.marks&inner == 0:
		r.text = append(r.text, t...)
		n.end = int32(len(r.text))
	case len(bytes.TrimSpace(t)) > 0:
		if r.doc.mixed == nil {
			r.doc.mixed = make(map[int32][]byte)
		}
		r.doc.mixed[r.open] = append(r.doc.mixed[r.open], t...)
	}
	return nil
}

// link numbers the siblings of one name and ties them together.
func (d *Document) link() {
	type seen struct{ parent, child int32 }
	latest := make([]seen, len(d.names))
	for i := range latest {
		latest[i].parent = -1
	}
	for p := range d.nodes {
		for c := d.first(int32(p)); c != 0; c = d.nodes[c].next {
			n := &d.nodes[c]
			sort := d.names[n.name].sort
			if s := &latest[sort]; s.parent == int32(p) {
				elder := &d.nodes[s.child]
				elder.twin = c
				n.ordinal = elder.ordinal + 1
				n.marks |= paired
			} else {
				n.ordinal = 1
			}
			latest[sort] = seen{int32(p), c}
		}
	}
}
