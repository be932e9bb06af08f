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
	terms    map[string]string        // names that stand for something by themselves
	keywords map[string]string        // names that stand for a keyword, by the keyword: @id, @type
	vocab    string                   // of other names without prefix
	linked   map[string]jsondoc.Value // the objects beside one another in the document, by their @id
}

// contextOf reads the @context of a document: an object of prefixes, or an array of these. A context that is only
// named by its address cannot be looked up here; the usual prefixes hold for it.
func contextOf(o *jsondoc.Object) context {
	c := context{
		prefixes: map[string]string{"cargo": cargoNamespace, "api": apiNamespace}, vocab: cargoNamespace,
		terms: map[string]string{}, keywords: map[string]string{}, linked: map[string]jsondoc.Value{},
	}
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
			full := ""
			switch value.Kind() {
			case jsondoc.String:
				full = value.Text()
			case jsondoc.Structure:
				full = value.Open(nil).Text("@id")
			case jsondoc.Null, jsondoc.Boolean, jsondoc.Number, jsondoc.Array:
			}
			switch {
			case full == "":
			case name == "@vocab":
				c.vocab = full
			case strings.HasPrefix(name, "@"):
			case strings.HasPrefix(full, "@"):
				c.keywords[full] = name
			default:
				c.prefixes[name], c.terms[name] = full, full
			}
		}
	case jsondoc.Null, jsondoc.Boolean, jsondoc.Number, jsondoc.String:
	}
}

// meaning gives the full name that a name stands for.
func (c *context) meaning(name string) string {
	if term, ok := c.terms[name]; ok && term != name {
		name = term // itself a name in full, or one with a prefix
	}
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

// Value gives a member, by the name that the document has for a keyword.
func (n node) Value(name string) (jsondoc.Value, bool) {
	v, ok := n.Object.Value(name)
	if !ok && n.Object != nil && n.context.keywords[name] != "" {
		v, ok = n.Object.Value(n.context.keywords[name])
	}
	return v, ok
}

// Text gives a member that is a string, or "".
func (n node) Text(name string) string {
	if v, ok := n.Value(name); ok && v.Kind() == jsondoc.String {
		return v.Text()
	}
	return ""
}

// address is the object's own, by which others know it; a blank node has none.
func (n node) address() string {
	if id := strings.TrimSpace(n.Text("@id")); !strings.HasPrefix(id, "_:") {
		return id
	}
	return ""
}

// link puts the objects of an array down, which stand beside one another in the document, for those that only name them.
func (c *context) link(list jsondoc.Value) {
	for _, element := range list.Elements {
		if element.Kind() != jsondoc.Structure {
			continue
		}
		n := node{element.Open(nil), c}
		if id := n.Text("@id"); id != "" && !n.bare() {
			c.linked[id] = element
		}
	}
}

// bare says whether the node has no member but its @id.
func (n node) bare() bool {
	for name := range n.Names {
		if name != "@id" && name != n.context.keywords["@id"] {
			return false
		}
	}
	return true
}

// resolved is the object itself where the node only names one that stands elsewhere in the document.
func (n node) resolved() node {
	if v, ok := n.context.linked[n.Text("@id")]; ok && n.bare() {
		return node{v.Open(n.At), n.context}
	}
	return n
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
		return []node{node{n.Object.Object(name), n.context}.resolved()}
	case jsondoc.Array:
		var list []node
		for _, o := range n.Objects(name) {
			if o != nil {
				list = append(list, node{o, n.context}.resolved())
			}
		}
		return list
	case jsondoc.String: // the address alone
		return []node{node{addressOnly(v, at), n.context}.resolved()}
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
