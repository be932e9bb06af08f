// Package tradetrust turns the documents of TradeTrust into canonical events: OpenAttestation 2.0 (salted) and 3.0,
// and W3C Verifiable Credentials 1.1 and 2.0. They are bills of lading, certificates of origin, invoices, warehouse
// receipts and other papers of trade; and, for a transferable one, the chain of its endorsements as its token
// registry tells it.
//
// Whether a signature or a registry holds is not checked here: that needs the issuer's keys and the ledger. The
// event says what the document says, and who sent it says that it is so.
package tradetrust
