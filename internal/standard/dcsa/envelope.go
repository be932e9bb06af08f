package dcsa

import (
	"strconv"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// versionPINT is what data.detail.conversion.standard says of an event converted from a message between platforms.
const versionPINT = "DCSA PINT 3.0"

// envelope is a bill on its way from one platform to another, with the whole chain of its transfers: each
// transaction of the chain is an event, which is the same in every later envelope, and so is the arrival of the
// envelope itself.
func envelope(a *assembly) {
	b := a.bill(a.root, "transportDocument")
	compact := texts(a.root, "envelopeTransferChain")
	chain := make([]jws, 0, len(compact))
	at := a.root.At.Member("envelopeTransferChain")
	for i, text := range compact {
		entry, ok := a.decode(text, at.Element(i), "EnvelopeTransferChainEntry")
		if !ok {
			continue
		}
		chain = append(chain, entry)
	}
	manifest := a.signed(a.root, "envelopeManifestSignedContent", "EnvelopeManifest")
	if a.log.Len() > 0 && (len(chain) < len(compact) || manifest == nil) {
		return // a part is at fault, and was put down
	}
	digest := a.documentDigest(b, chain, manifest)
	a.id = contentID(a.text)
	a.transfers(b, chain, digest)

	last := chain[len(chain)-1]
	d := a.draft()
	issuer := issuerOf(b.o)
	d.Data.Document = trade.Document{
		Kind: string(trade.BL), Number: b.o.Text("transportDocumentReference"), Digest: digest, Platform: last.object.Text("eblPlatform"),
	}
	d.Refer(trade.BL, d.Data.Document.Number, issuer)
	d.Refer(trade.Shipment, last.digest(), "")
	arrival := a.received()
	remarks := []remark{{"signature", "not verified"}, {"transfers", strconv.Itoa(len(chain))}}
	if transactions := last.object.Objects("transactions"); len(transactions) > 0 {
		arrival = when{at: actionTime(transactions[len(transactions)-1])}
	}
	a.root.Take("transportDocument", "envelopeTransferChain") // they are in the events of the transactions
	a.tell(fact{what: trade.DocumentPresented, suffix: "", when: arrival, draft: d, rest: a.root, remarks: append(remarks, links(chain)...)})
}

// links says whether each entry of the chain names the one before it by its digest.
func links(chain []jws) []remark {
	for i := 1; i < len(chain); i++ {
		if chain[i].object.Text("previousEnvelopeTransferChainEntrySignedContentChecksum") != chain[i-1].digest() {
			return []remark{{"chain", "entry " + strconv.Itoa(i) + " does not follow the one before it"}}
		}
	}
	return nil
}

// documentDigest is the digest of the bill as its carrier gave it, else as the platform that sends it does, else
// its own. It is the same in every envelope of the bill.
func (a *assembly) documentDigest(b bill, chain []jws, manifest *jsondoc.Object) string {
	doc := trade.Document{Digest: digestOf(b.v)}
	given := chain[0].object.Text("transportDocumentChecksum")
	if issued := a.signed(chain[0].object, "issuanceManifestSignedContent", "IssuanceManifest"); issued != nil {
		given = issued.Text("documentChecksum")
	}
	if given == "" {
		given = manifest.Text("transportDocumentChecksum")
	}
	a.checksum(&doc, given)
	return doc.Digest
}

// transfers tells of each transaction of the chain. The first, which issued the bill, says what is in the bill.
func (a *assembly) transfers(b bill, chain []jws, digest string) {
	first := true
	for _, entry := range chain {
		transactions := entry.object.Objects("transactions")
		texts := elements(entry.object, "transactions")
		also := entry.digest()
		for i, transaction := range transactions {
			e := endorsement{
				o: transaction, text: texts[i], definition: "Transaction", family: "pint",
				document: b.o.Text("transportDocumentReference"), issuer: issuerOf(b.o), digest: digest, also: also,
				id: "pint-" + also + "/" + ordinal(i), remarks: []remark{{"signature", "not verified"}},
			}
			if i == 0 {
				e.remarks = append(e.remarks, remark{"jws", entry.compact})
			}
			if first {
				first = false
				e.describe, e.rest = a.issued(b, digest), b.o
				e.remarks = append(e.remarks, remark{"transaction", string(texts[i].Append(nil))})
			}
			a.endorse(e)
		}
	}
}

// issued adds to the event of the issue what the bill says, but for its status at some later time.
func (a *assembly) issued(b bill, digest string) func(*standard.Draft) {
	return func(d *standard.Draft) {
		doc := d.Data.Document
		a.describe(d, b, doc.Status)
		own := checker{log: new(jsondoc.Log)}
		own.object(b.o, defined("TransportDocument"))
		d.Flags |= own.flags
		beneficiary := d.Data.Document.Beneficiary
		d.Data.Document = doc
		d.Data.Document.Digest = digest
		if doc.Beneficiary.Value == "" {
			d.Data.Document.Beneficiary = beneficiary
		}
	}
}

// transferStarted is the receiving platform saying which documents it still wants.
func transferStarted(a *assembly) {
	a.id = contentID(a.text)
	d := a.draft()
	d.Data.Document = trade.Document{Kind: string(trade.BL), Digest: "sha256:" + a.root.Text("transportDocumentChecksum"), Status: "STARTED"}
	if !of(64, 64, isHex)(a.root.Text("transportDocumentChecksum")) {
		d.Data.Document.Digest = ""
	} else {
		a.root.Take("transportDocumentChecksum")
	}
	d.Refer(trade.Shipment, a.root.Text(lastChecksum), "")
	a.tell(fact{what: trade.DocumentPresented, when: a.receivedBy(), draft: d, rest: a.root, remarks: receipt})
}

const lastChecksum = "lastEnvelopeTransferChainEntrySignedContentChecksum"

// transferAnswers is what an answer to a transfer is by its code. INCD and MDOC do not reject the transfer: they
// ask for a document.
var transferAnswers = map[string]trade.Type{
	"RECE": trade.DocumentRecognised,
	"DUPE": trade.DocumentRecognised,
	"BSIG": trade.DocumentRefused,
	"BENV": trade.DocumentRefused,
	"DISE": trade.DocumentRefused,
	"INCD": trade.DocumentPresented,
	"MDOC": trade.DocumentPresented,
}

// transferFinished is the receiving platform's answer to a transfer, of which it names the last entry.
func transferFinished(a *assembly) {
	a.id = contentID(a.text)
	d := a.draft()
	code := a.root.Text("responseCode")
	d.Data.Document = trade.Document{Kind: string(trade.BL), Status: code}
	d.Refer(trade.Shipment, a.root.Text(lastChecksum), "")
	a.root.Take("responseCode")
	a.tell(fact{what: known(transferAnswers, code), when: a.receivedBy(), draft: d, rest: a.root, remarks: receipt})
}
