package xmldoc

import (
	"strconv"
	"strings"

	"oneorder/internal/trade"
)

// Element is an element of a document. The zero Element is none: it has no name, no text and no children.
type Element struct {
	d *Document
	i int32
}

// Exists says whether there is such an element.
func (e Element) Exists() bool { return e.d != nil }

func (e Element) node() *node { return &e.d.nodes[e.i] }

// Name is the local part of the element's name.
func (e Element) Name() string {
	if e.d == nil {
		return ""
	}
	return e.d.names[e.node().name].local
}

// Space is the namespace of the element's name.
func (e Element) Space() string {
	if e.d == nil {
		return ""
	}
	return e.d.names[e.node().name].space
}

// Text is the element's own text, without white space at its ends.
func (e Element) Text() string {
	if e.d == nil {
		return ""
	}
	n := e.node()
	text := e.d.text[n.start:n.end]
	if more, ok := e.d.mixed[e.i]; ok {
		text += string(more)
	}
	return strings.TrimSpace(text)
}

// Attr is the value of an attribute, by the local part of its name.
func (e Element) Attr(local string) string {
	for _, a := range e.attributes() {
		if e.d.names[a.name].local == local {
			return strings.TrimSpace(e.d.text[a.start:a.end])
		}
	}
	return ""
}

func (e Element) attributes() []attribute {
	if e.d == nil {
		return nil
	}
	end := len(e.d.attributes)
	if int(e.i)+1 < len(e.d.nodes) {
		end = int(e.d.nodes[e.i+1].attributes)
	}
	return e.d.attributes[e.node().attributes:end]
}

// Children goes through the child elements in the order of the document.
func (e Element) Children(yield func(Element) bool) {
	if e.d == nil {
		return
	}
	for c := e.d.first(e.i); c != 0; c = e.d.nodes[c].next {
		if !yield(Element{e.d, c}) {
			return
		}
	}
}

// Each goes through the child elements of a name, whatever their namespace.
func (e Element) Each(local string) func(yield func(Element) bool) {
	return func(yield func(Element) bool) {
		for c := range e.Children {
			if c.Name() == local && !yield(c) {
				return
			}
		}
	}
}

// Child follows the first children of these names; none when one of them is not there.
func (e Element) Child(path ...string) Element {
	for _, local := range path {
		var found Element
		for c := range e.Each(local) {
			found = c
			break
		}
		e = found
	}
	return e
}

// HasChildren says whether there are elements within this one.
func (e Element) HasChildren() bool { return e.d != nil && e.node().marks&inner != 0 }

// Take marks the element as placed elsewhere, with all that is in it, so that Rest leaves it out.
func (e Element) Take() {
	if e.d != nil {
		e.node().marks |= taken
	}
}

// Path says where the element stands: the local names from the root, each with its number among the siblings of its
// name where there are several.
func (e Element) Path() string {
	if e.d == nil {
		return ""
	}
	var names []string
	for i := e.i; i >= 0; i = e.d.nodes[i].parent {
		n := &e.d.nodes[i]
		s := e.d.names[n.name].local
		if n.marks&paired != 0 || n.twin != 0 {
			s += "[" + strconv.Itoa(int(n.ordinal)) + "]"
		}
		names = append(names, s)
	}
	var b strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		b.WriteString("/" + names[i])
	}
	return b.String()
}

// Shown is the element's text as a fault shows it.
func (e Element) Shown() string {
	if text := e.Text(); text != "" {
		return trade.Quote(text)
	}
	return ""
}

// Missing is the fault that the element has no such child.
func (e Element) Missing(local, message string) trade.Fault {
	return trade.Fault{Code: "missing", Pointer: e.Path() + "/" + local, Message: message}
}
