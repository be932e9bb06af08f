package wco

import (
	"slices"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/xmldoc"
	"oneorder/internal/trade"
)

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{
		{Name: "wco-declaration", Domain: trade.DomainCustoms, Types: declarationTypes(), Convert: Declaration},
		{Name: "wco-response", Domain: trade.DomainCustoms, Types: responseTypes(), Convert: Response},
	}
}

// message is what an envelope holds.
type message struct {
	*xmldoc.Conversion
	meta     xmldoc.Element   // MetaData, if there is one
	gateway  xmldoc.Element   // the header of a gateway's envelope, if there is one
	contents []xmldoc.Element // Declaration or Response elements
	country  string           // whose customs the message is of, as the envelope says
	head     []byte           // JSON members: what the envelope says
}

// open reads a document and finds the elements of this name in it. Anything else is declined.
func open(data []byte, o standard.Options, name, want string) (*message, error) {
	c, root, err := xmldoc.Open(data, o)
	if err != nil {
		return nil, err
	}
	m := &message{Conversion: c}
	switch {
	case root.Name() == name && known(root.Space()):
		m.contents = []xmldoc.Element{root}
	default:
		m.meta, m.gateway = envelope(root)
		if !m.meta.Exists() {
			return nil, xmldoc.Decline(root, shown(root), want)
		}
		for e := range m.meta.Each(name) {
			if known(e.Space()) {
				m.contents = append(m.contents, e)
			}
		}
	}
	if len(m.contents) == 0 {
		return nil, xmldoc.Decline(m.meta, inside(m.meta), want)
	}
	m.Standard = "WCO Data Model"
	if version := m.meta.Child("WCODataModelVersionCode").Text(); version != "" && len(version) <= 16 {
		m.Standard += " " + version
	}
	m.country = m.meta.Child("ResponsibleCountryCode").Text()
	m.head = m.header(name)
	return m, nil
}

// maxHead bounds what the envelope adds to every event of a message, in bytes; a longer one is left out.
const maxHead = 8 << 10

// header writes what stands beside the contents.
func (m *message) header(name string) []byte {
	head := []byte{'{'}
	var names []string
	for c := range m.meta.Children {
		if c.HasChildren() || c.Name() == name || slices.Contains(names, c.Name()) {
			continue
		}
		if names = append(names, c.Name()); len(names) > 16 {
			break
		}
		head = xmldoc.AppendLeaf(head, c)
	}
	if m.gateway.Exists() {
		head = xmldoc.AppendRest(head, m.gateway)
	}
	if len(head) > maxHead {
		return nil
	}
	return head[1:]
}

// known says whether the namespace is one of the WCO's, or none: customs systems also send messages without.
func known(space string) bool {
	return space == "" || strings.HasPrefix(strings.ToLower(space), "urn:wco:datamodel:")
}

// envelopes is how deep within the envelopes of gateways the message may stand (SOAP, submitDeclarationRequest).
const envelopes = 4

// envelope finds MetaData, and the header beside what it stands in.
func envelope(root xmldoc.Element) (meta, header xmldoc.Element) {
	level := []xmldoc.Element{root}
	for range envelopes {
		var below []xmldoc.Element
		for _, e := range level {
			if e.Name() == "MetaData" && known(e.Space()) {
				return e, header
			}
			for c := range e.Children {
				if c.Name() == "requestCommon" {
					header = c
				}
				if len(below) < 64 {
					below = append(below, c)
				}
			}
		}
		level = below
	}
	return xmldoc.Element{}, xmldoc.Element{}
}

func shown(e xmldoc.Element) string {
	if e.Space() == "" {
		return trade.Quote(e.Name())
	}
	return trade.Quote("{" + e.Space() + "}" + e.Name())
}

// inside tells what an envelope holds in the place of what was looked for.
func inside(meta xmldoc.Element) string {
	found := ""
	for c := range meta.Children {
		if c.HasChildren() {
			found = "MetaData of a " + trade.Quote(c.Name())
		}
	}
	return found
}

// territory is the country whose customs the message is of: of the envelope, else of the MRN.
func (m *message) territory(mrn string) string {
	country := m.country
	if !letters(country, 2) && isMRN(mrn) {
		country = mrn[2:4]
	}
	if !letters(country, 2) {
		return ""
	}
	return country
}

// wrong puts down a fault of an element's text.
func (m *message) wrong(e xmldoc.Element, code, message string) {
	m.Fault(trade.Fault{Code: code, Pointer: e.Path(), Value: e.Shown(), Message: message})
}

func letters(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}
