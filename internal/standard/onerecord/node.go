package onerecord

import (
	"strings"

	"oneorder/internal/standard/jsondoc"
)

// The namespaces of ONE Record.
const (
	cargoNamespace = "https://onerecord.iata.org/ns/cargo#"
	apiNamespace   = "https://onerecord.iata.org/ns/api#"
)

// context says what prefixes stand for.
type context struct {
	prefixes map[string]string
	vocab    string // of names without prefix
}

// contextOf reads the @context of a document: an object of prefixes, or an array of these. A context that is only
// named by its address cannot be looked up here; the usual prefixes hold for it.
func contextOf(o *jsondoc.Object) context {
	c := context{prefixes: map[string]string{"cargo": cargoNamespace, "api": apiNamespace}, vocab: cargoNamespace}
	v, ok := o.Value("@context")
	if !ok {
		return c
	}
	c.read(v)
	return c
}

func (c *context) read(v jsondoc.Value) {
	switch v.Kind() {
	case jsondoc.Array:
		for _, element := range v.Elements {
			c.read(element)
		}
	case jsondoc.Structure:
		for name, value := range v.Open(nil).Names {
			switch {
			case value.Kind() != jsondoc.String:
			case name == "@vocab":
				c.vocab = value.Text()
			case !strings.HasPrefix(name, "@"):
				c.prefixes[name] = value.Text()
			}
		}
	case jsondoc.Null, jsondoc.Boolean, jsondoc.Number, jsondoc.String:
	}
}

// meaning gives the full name that a name stands for.
func (c *context) meaning(name string) string {
	if strings.HasPrefix(name, "@") || strings.Contains(name, "://") {
		return name
	}
	if prefix, local, ok := strings.Cut(name, ":"); ok {
		if namespace, known := c.prefixes[prefix]; known {
			return namespace + local
		}
		return name
	}
	return c.vocab + name
}

// cargo gives the name within the cargo ontology that a name stands for; "" when it stands for something else.
func (c *context) cargo(name string) string {
	local, ok := strings.CutPrefix(c.meaning(name), cargoNamespace)
	if !ok {
		return ""
	}
	return local
}

// node is an object of the ontology. A nil node has nothing.
type node struct {
	*jsondoc.Object
	context *context
}

// member gives the member that means a name of the cargo ontology, and the name that it has in the document.
func (n node) member(local string) (name string, v jsondoc.Value, ok bool) {
	if n.Object == nil {
		return "", "", false
	}
	for name, v := range n.Names {
		if n.context.cargo(name) == local {
			return name, v, true
		}
	}
	return "", "", false
}

// single unwraps an array of one, as JSON-LD's expanded form has it.
func single(v jsondoc.Value) jsondoc.Value {
	if v.Kind() != jsondoc.Array {
		return v
	}
	only := v
	n := 0
	for _, element := range v.Elements {
		only = element
		n++
	}
	if n == 1 {
		return only
	}
	return v
}

// scalar gives the text of a literal, however JSON-LD wraps it, or the address of a thing that is named: "" for an
// object of its own or a list.
func scalar(v jsondoc.Value) string {
	v = single(v)
	switch v.Kind() {
	case jsondoc.Structure:
		o := v.Open(nil)
		if value, ok := o.Value("@value"); ok && value.Kind() != jsondoc.Structure && value.Kind() != jsondoc.Array {
			return value.Text()
		}
		return o.Text("@id")
	case jsondoc.Array, jsondoc.Null:
		return ""
	case jsondoc.String, jsondoc.Number, jsondoc.Boolean:
	}
	return v.Text()
}

// text gives the text of the member that means a name.
func (n node) text(local string) string {
	_, v, ok := n.member(local)
	if !ok {
		return ""
	}
	return scalar(v)
}

// code gives the last part of a code: of …/StatusCode#DEP, of cargo:ACTUAL, of an embedded CodeListElement, or the
// text itself.
func (n node) code(local string) string {
	_, v, ok := n.member(local)
	if !ok {
		return ""
	}
	text := scalar(v)
	if text == "" {
		if embedded := n.child(local); embedded.Object != nil {
			text = embedded.text("code")
		}
	}
	return text[strings.LastIndexAny(text, "#:/")+1:]
}

// child opens the object that a member means, the first where there are several.
func (n node) child(local string) node {
	for _, c := range n.children(local) {
		return c
	}
	return node{}
}

// children opens the objects that a member means: one, or an array of them.
func (n node) children(local string) []node {
	name, v, ok := n.member(local)
	if !ok {
		return nil
	}
	at := n.At.Member(name)
	switch v.Kind() {
	case jsondoc.Structure:
		return []node{{n.Object.Object(name), n.context}}
	case jsondoc.Array:
		var list []node
		for _, o := range n.Objects(name) {
			if o != nil {
				list = append(list, node{o, n.context})
			}
		}
		return list
	case jsondoc.String: // the address alone
		return []node{{addressOnly(v, at), n.context}}
	case jsondoc.Null, jsondoc.Boolean, jsondoc.Number:
	}
	return nil
}

// addressOnly is an object of which only the address is told.
func addressOnly(v jsondoc.Value, at *jsondoc.Path) *jsondoc.Object {
	return jsondoc.Value(`{"@id":` + string(v) + `}`).Open(at)
}

// is says whether the node is of a type of the cargo ontology.
func (n node) is(local string) bool { return n.has(cargoNamespace + local) }

// has says whether the node is of a type, by its full name.
func (n node) has(full string) bool {
	v, ok := n.Value("@type")
	if !ok {
		return false
	}
	if v.Kind() == jsondoc.Array {
		for _, element := range v.Elements {
			if element.Kind() == jsondoc.String && n.context.meaning(element.Text()) == full {
				return true
			}
		}
		return false
	}
	return v.Kind() == jsondoc.String && n.context.meaning(v.Text()) == full
}

// take marks the members of these meanings as placed elsewhere.
func (n node) take(locals ...string) {
	for _, local := range locals {
		if name, _, ok := n.member(local); ok {
			n.Take(name)
		}
	}
}
