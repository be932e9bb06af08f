package tradetrust

import (
	"slices"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

const (
	notAnEventDocument = "not_an_event_document"
	wanted             = "an OpenAttestation 2.0 or 3.0 document, or a W3C Verifiable Credential with a credentialSubject"
)

// contextVC1 is the first context of a credential of the Data Model 1.1.
const contextVC1 = "https://www.w3.org/2018/credentials/v1"

// Formats lists the formats of this package.
func Formats() []standard.Format {
	return []standard.Format{{Name: "tradetrust", Domain: trade.DomainTrade, Types: types(), Convert: Convert}}
}

// Convert turns a document of TradeTrust into the event of its issue, and the endorsement chain beside it, where there
// is one, into those of its title. The chain stands in the member endorsementChain, beside the document in the member
// document: what a token registry tells of a transferable record.
//
// An error is a trade.Faults with every fault of the document. What is no signed document is declined with the code
// not_an_event_document. Only an Org that can be no organisation makes another error.
func Convert(data []byte, o standard.Options) ([]*trade.Event, error) {
	v, err := jsondoc.Open(data, o)
	if err != nil {
		return nil, err
	}
	c := converter{Options: o, digest: standard.Digest(data), size: len(data)}
	if !c.any(v) {
		return nil, trade.Faults{{Code: notAnEventDocument, Value: v.Shown(), Message: wanted}}
	}
	if faults := c.log.Faults(); faults != nil {
		return nil, faults
	}
	return c.events, nil
}

type converter struct {
	standard.Options
	digest string
	size   int // of the document, in bytes
	log    jsondoc.Log
	events []*trade.Event
}

// attestation is a document without its wrapping.
type attestation struct {
	standard string
	subject  *jsondoc.Object // what the document is about; taken apart
	whole    *jsondoc.Object // the document with what stands around the subject
	id       string
	issued   []string // texts of when it was issued, the likeliest first
	names    []string // of its types and templates
	issuer   string
	registry string
	token    string
}

// any converts a document, or each of an array of documents, and says whether there is one.
func (c *converter) any(v jsondoc.Value) bool {
	if v.Kind() != jsondoc.Array {
		if v.Kind() == jsondoc.Structure {
			c.read(v, nil)
		}
		return v.Kind() == jsondoc.Structure
	}
	found := false
	for _, element := range v.Elements {
		found = found || element.Kind() == jsondoc.Structure && ours(element.Open(nil))
	}
	if !found {
		return false
	}
	for i, element := range v.Elements {
		at := (*jsondoc.Path)(nil).Element(i)
		if element.Kind() != jsondoc.Structure {
			c.fault("mistyped", at, element.Shown(), wanted)
			continue
		}
		c.digest = standard.Digest([]byte(element))
		c.read(element, at)
	}
	return true
}

// ours says whether an object is a document, or one beside its endorsement chain.
func ours(o *jsondoc.Object) bool {
	return strings.Contains(o.Text("version"), "openattestation.com/") || o.Has("credentialSubject") || o.Has("endorsementChain")
}

// read converts a document: alone, or beside its endorsement chain.
func (c *converter) read(v jsondoc.Value, at *jsondoc.Path) {
	o := v.Open(at)
	chain, chained := o.Value("endorsementChain")
	inner, wrapped := o.Value("document")
	if !chained || !wrapped {
		c.document(v, at)
		return
	}
	if inner.Kind() != jsondoc.Structure {
		c.fault("mistyped", o.At.Member("document"), inner.Shown(), wanted)
		return
	}
	if chain.Kind() != jsondoc.Array {
		c.fault("mistyped", o.At.Member("endorsementChain"), chain.Shown(), "an array of endorsements")
		return
	}
	if issue := c.document(inner, o.At.Member("document")); issue != nil {
		c.endorsements(issue, chain, o.At.Member("endorsementChain"))
	}
}

// document converts a document and gives the event of its issue; nil when it is at fault.
func (c *converter) document(v jsondoc.Value, at *jsondoc.Path) *trade.Event {
	o := v.Open(at)
	version := o.Text("version")
	switch {
	case strings.Contains(version, "openattestation.com/2"):
		return c.salted(o)
	case o.Has("credentialSubject") && (o.Has("@context") || version != ""):
		return c.credential(v, o, version)
	}
	value := ""
	if name := o.Text("version"); name != "" {
		value = trade.Quote(name)
	}
	c.fault(notAnEventDocument, at, value, wanted)
	return nil
}

// salted reads OpenAttestation 2.0.
func (c *converter) salted(o *jsondoc.Object) *trade.Event {
	before := c.log.Len()
	data, ok := o.Value("data")
	if !ok || data.Kind() != jsondoc.Structure {
		c.fault("missing", o.At.Member("data"), "", "the salted data of the document, an object")
	}
	signature := o.Object("signature")
	if hash := signature.Text("targetHash"); len(hash) != 64 || strings.Trim(hash, "0123456789abcdefABCDEF") != "" {
		c.fault("missing", o.At.Member("signature").Member("targetHash"), "", "the hash of the document, 64 hex digits")
	}
	if c.log.Len() > before {
		return nil
	}
	text := jsondoc.Value(c.plain(nil, data, o.At.Member("data"), true))
	if c.log.Len() > before {
		return nil
	}
	if text.Check(&c.log, o.At.Member("data")); c.log.Len() > before {
		return nil
	}
	whole := text.Open(o.At.Member("data"))
	subject := whole
	if inner := whole.Object("data"); inner != nil {
		subject = inner
	}
	a := attestation{
		standard: "OpenAttestation 2.0", subject: subject, whole: whole, id: "oa:" + strings.ToLower(signature.Text("targetHash")),
		issued: []string{textOf(subject, "issueDateTime"), textOf(subject, "dateOfIssueBL"), textOf(subject, "issuanceDate"), textOf(subject, "date")},
		names:  []string{whole.Object("$template").Text("name"), textOf(subject, "name")},
	}
	for _, issuer := range whole.Objects("issuers") {
		a.issuer = first(a.issuer, issuer.Object("identityProof").Text("location"), textOf(issuer, "name"))
		a.registry = first(a.registry, textOf(issuer, "tokenRegistry"))
	}
	if a.registry != "" {
		a.token = strings.TrimPrefix(a.id, "oa:")
	}
	return c.issue(&a)
}

// credential reads OpenAttestation 3.0 and W3C Verifiable Credentials.
func (c *converter) credential(v jsondoc.Value, o *jsondoc.Object, version string) *trade.Event {
	before := c.log.Len()
	if proof, ok := o.Value("proof"); !ok || proof.Kind() < jsondoc.Array {
		c.fault("missing", o.At.Member("proof"), "", "the proof of the issuer: only a signed document is one")
	}
	if !slices.Contains(list(o, "type"), "VerifiableCredential") {
		c.fault("missing", o.At.Member("type"), "", "the type VerifiableCredential (W3C VC Data Model 2.0, 4.5)")
	}
	if !o.Has("issuer") {
		c.fault("missing", o.At.Member("issuer"), "", "who issued the document (W3C VC Data Model 2.0, 4.7)")
	}
	if subject, _ := o.Value("credentialSubject"); subject.Kind() < jsondoc.Array {
		c.fault("mistyped", o.At.Member("credentialSubject"), subject.Shown(), "an object, or an array of one")
	}
	if version == "" && slices.Contains(list(o, "@context"), contextVC1) && !o.Has("issuanceDate") {
		c.fault("missing", o.At.Member("issuanceDate"), "", "when the document was issued (W3C VC Data Model 1.1, 4.6)")
	}
	for _, name := range []string{"validFrom", "issuanceDate", "validUntil", "expirationDate"} {
		if v, ok := o.Value(name); ok {
			if _, sound := standard.Instant(v.Text()); !sound || v.Kind() != jsondoc.String {
				c.fault("time_malformed", o.At.Member(name), v.Shown(), "an RFC 3339 date-time with an offset, such as 2026-09-11T08:15:00Z")
			}
		}
	}
	if c.log.Len() > before {
		return nil
	}
	text := jsondoc.Value(c.plain(nil, v, o.At, false))
	if text.Check(&c.log, o.At); c.log.Len() > before {
		return nil
	}
	whole := text.Open(o.At)
	subject := whole.Object("credentialSubject")
	if several := whole.Objects("credentialSubject"); subject == nil && len(several) > 0 {
		subject = several[0]
	}
	if subject == nil {
		c.fault("mistyped", o.At.Member("credentialSubject"), "", "an object, or an array of one")
		return nil
	}
	proof := whole.Object("proof")
	metadata := whole.Object("openAttestationMetadata")
	status := whole.Object("credentialStatus")
	for _, several := range whole.Objects("credentialStatus") {
		if status == nil || several.Has("tokenRegistry") {
			status = several
		}
	}
	a := attestation{
		standard: "W3C Verifiable Credential", subject: subject, whole: whole, id: whole.Text("id"),
		issued: []string{whole.Text("validFrom"), whole.Text("issuanceDate"), proof.Text("created")},
		names:  append(list(subject, "type"), metadata.Object("template").Text("name")),
		issuer: first(whole.Text("issuer"), whole.Object("issuer").Text("id"), whole.Object("issuer").Text("name")),
	}
	for _, render := range append(whole.Objects("renderMethod"), whole.Object("renderMethod")) {
		a.names = append(a.names, render.Text("templateName"))
	}
	a.names = append(a.names, list(whole, "type")...)
	a.registry, a.token = textOf(status, "tokenRegistry"), textOf(status, "tokenId")
	if version != "" {
		a.standard = "OpenAttestation 3.0"
		hash := strings.ToLower(proof.Text("targetHash"))
		a.id = first(a.id, "oa:"+hash)
		if method := metadata.Object("proof"); method.Text("method") == "TOKEN_REGISTRY" {
			a.registry, a.token = method.Text("value"), hash
		}
		a.issuer = first(metadata.Object("identityProof").Text("identifier"), a.issuer)
	}
	return c.issue(&a)
}

// list gives a member that is a string or an array of strings.
func list(o *jsondoc.Object, name string) []string {
	v, ok := o.Value(name)
	switch {
	case !ok:
	case v.Kind() == jsondoc.String:
		return []string{v.Text()}
	case v.Kind() == jsondoc.Array:
		var texts []string
		for _, element := range v.Elements {
			if element.Kind() == jsondoc.String {
				texts = append(texts, element.Text())
			}
		}
		return texts
	}
	return nil
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
