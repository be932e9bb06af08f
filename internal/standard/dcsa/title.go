package dcsa

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// issuanceRequest is a carrier asking a platform to issue a bill to a party: from then on that party holds it.
func issuanceRequest(a *assembly) {
	b := a.bill(a.root, "document")
	a.id = issuanceID(a.root)
	d := a.draft()
	a.describe(d, b, b.o.Text("transportDocumentStatus"))
	to := a.root.Object("issueTo")
	doc := &d.Data.Document
	doc.Holder, doc.Platform = identity(d, to), to.Text("sendToPlatform")
	involve(d, "issue_to", to)
	to.Take("sendToPlatform")
	what := a.replacements(d, b.o)
	at, remarks := a.stood(b.o, trade.TitleIssued)
	remarks = append(remarks[:len(remarks):len(remarks)], a.manifest(doc)...)
	remarks = append(remarks, visualisation(a.root)...)
	a.tell(fact{what: what, when: at, draft: d, rest: a.root, remarks: remarks})
	a.plan(b, "ISSUED")
}

// issuanceID leaves the file out, which may be large and is no part of the title.
func issuanceID(o *jsondoc.Object) string {
	var parts []jsondoc.Value
	for _, name := range [...]string{"document", "issueTo", "transportDocumentReplacements", "issuanceManifestSignedContent"} {
		if v, ok := o.Value(name); ok {
			parts = append(parts, v)
		}
	}
	return contentID(parts...)
}

// manifest takes the digest of the document from the carrier's signed manifest. Whoever signed it, it is not
// checked here: a reader who wants to trust the digest verifies the JWS, which stays in the detail.
func (a *assembly) manifest(doc *trade.Document) []remark {
	given := a.signed(a.root, "issuanceManifestSignedContent", "IssuanceManifest")
	if given == nil {
		return nil
	}
	return a.checksum(doc, given.Text("documentChecksum"))
}

// checksum puts the given digest in the place of the computed one, and says so when they differ.
func (a *assembly) checksum(doc *trade.Document, given string) []remark {
	remarks := []remark{{"signature", "not verified"}}
	if !of(64, 64, isHex)(given) {
		return remarks
	}
	computed := doc.Digest
	if doc.Digest = "sha256:" + given; computed != "" && doc.Digest != computed {
		remarks = append(remarks, remark{"computed", computed})
	}
	return remarks
}

// visualisation replaces the file that shows the bill by its digest and its size.
func visualisation(o *jsondoc.Object) []remark {
	file := o.Object("eBLVisualisationByCarrier")
	content, err := base64.StdEncoding.DecodeString(file.Text("content"))
	if file == nil || err != nil {
		return nil
	}
	file.Take("content")
	return []remark{{"file", standard.Digest(content)}, {"file_bytes", strconv.Itoa(len(content))}}
}

// replacements places the bills that the new one takes the place of, and says what that makes of its issue. Where
// a bill is split, each of the new ones is a consignment of its own: the old one is then covered, not replaced.
func (a *assembly) replacements(d *standard.Draft, b *jsondoc.Object) trade.Type {
	r := a.root.Object("transportDocumentReplacements")
	number, issuer := b.Text("transportDocumentReference"), issuerOf(b)
	split := len(r.Objects("newTransportDocumentReferences")) > 1
	what := trade.TitleIssued
	for _, old := range r.Objects("oldTransportDocumentReferences") {
		switch written := old.Text("transportDocumentReference"); {
		case written == number:
			what = trade.TitleAmended // in place, under the number it has
		case split:
			d.Cover(trade.BL, written, issuer)
		default:
			d.Replace(trade.BL, written, issuer)
		}
	}
	if len(d.Data.Replaces) > 0 {
		what = trade.TitleSwitched
	}
	return what
}

// issuanceResponse is a platform saying what became of an issuance.
func issuanceResponse(a *assembly) {
	a.id = contentID(a.text)
	code := a.root.Text("issuanceResponseCode")
	d := a.draft()
	d.Data.Document = trade.Document{Kind: string(trade.BL), Number: a.root.Text("transportDocumentReference"), Status: code}
	a.name(d, a.root, "")
	what := trade.DocumentRefused
	switch code {
	case "ISSU":
		what = trade.DocumentRecognised
	case "BREQ", "REFU":
	default:
		what = trade.DocumentPresented
	}
	a.root.Take("issuanceResponseCode")
	a.tell(fact{what: what, when: a.received(), draft: d, rest: a.root, remarks: receipt})
}

// surrenderRequest is a platform asking the carrier to take a bill back, with the bill's endorsement chain.
func surrenderRequest(a *assembly) {
	chain := a.root.Objects("endorsementChain")
	a.id = contentID(a.text)
	number := a.root.Text("transportDocumentReference")
	d := a.draft()
	d.Data.Document = trade.Document{Kind: string(trade.BL), Number: number, Status: a.root.Text("surrenderRequestCode")}
	a.name(d, a.root, "")
	a.refer(d, trade.Shipment, a.root, "surrenderRequestReference", "")
	at, remarks := a.received(), receipt
	var request *jsondoc.Object
	if n := len(chain); n > 0 {
		if last := chain[n-1]; strings.HasPrefix(last.Text("actionCode"), "SURRENDER") {
			request = last
			at, remarks = when{at: actionTime(last)}, nil
		}
	}
	texts := elements(a.root, "endorsementChain")
	for i, link := range chain {
		if link != request {
			a.endorse(endorsement{
				o: link, text: texts[i], definition: "EndorsementChainLink", family: "surrender",
				document: number, version: a.root.Text("transportDocumentSubReference"),
			})
		}
	}
	if request != nil {
		d.Data.Document.Holder = identity(d, request.Object("recipient"))
		d.Data.Document.Platform = request.Object("actor").Text("eblPlatform")
		involve(d, "actor", request.Object("actor"))
		involve(d, "recipient", request.Object("recipient"))
	}
	a.recorded = at.at
	if at.day {
		a.recorded = time.Time{}
	}
	a.tell(fact{what: trade.TitleSurrendered, when: at, draft: d, rest: a.root, remarks: remarks})
}

// elements gives the texts of the elements of a member that is an array.
func elements(o *jsondoc.Object, name string) []jsondoc.Value {
	v, ok := o.Value(name)
	if !ok || v.Kind() != jsondoc.Array {
		return nil
	}
	var all []jsondoc.Value
	for _, e := range v.Elements {
		all = append(all, e)
	}
	return all
}

// surrenderAnswer is the carrier's answer. It names only the request, which is the number that joins it.
func surrenderAnswer(a *assembly) {
	a.id = contentID(a.text)
	d := a.draft()
	d.Data.Document = trade.Document{Kind: string(trade.BL), Status: a.root.Text("action")}
	a.refer(d, trade.Shipment, a.root, "surrenderRequestReference", "")
	a.root.Take("action")
	a.tell(fact{what: trade.TitleSurrenderAnswered, when: a.receivedBy(), draft: d, rest: a.root, remarks: receipt})
}

// endorsementChain is the chain of a bill, as its platform answers the carrier.
func endorsementChain(a *assembly) {
	texts := elements(a.root, "endorsementChain")
	for i, link := range a.root.Objects("endorsementChain") {
		a.endorse(endorsement{
			o: link, text: texts[i], definition: "EndorsementChainEntry", family: "chain",
			document: a.root.Text("transportDocumentReference"), version: a.root.Text("transportDocumentSubReference"),
			issuer: a.root.Text("carrierSCACCode"),
		})
	}
}
