// Package iso20022 reads the payment and invoice-financing messages of ISO 20022: customer credit transfers
// (pacs.008), status reports (pacs.002), statements and notifications of an account (camt.053, camt.054), requests
// for invoice financing and their answers (tsin.001, tsin.002).
//
// A message is told by its element within Document, in any version and variant: what an event is made of has kept
// its names through all of them, or is looked for under each name that it has had. One message makes an event for
// every transaction, booked entry or invoice in it.
//
// A payment names itself by its UETR and by the ids that debtor and debtor's agent gave it, as numbers of kind
// payment; the invoices it pays, from structured remittance and, where nothing else can be meant, from text,
// it covers.
package iso20022
