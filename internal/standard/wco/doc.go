// Package wco reads the customs messages of the WCO Data Model, version 3 and near ones: declarations (DEC), which
// also amend, cancel and present, and responses (RES), by which customs tells what became of them.
//
// A response names the declaration by its MRN and by the declarant's own reference (LRN); a declaration names the
// LRN, the consignment's UCR and, by the UN/EDIFACT codes of documents (code list 1001, as data element 12 03
// of the Union's customs code has them), its transport documents, invoices and certificates. Both stand in
// data.references, so that one chain has them all.
//
// Messages come with and without the MetaData envelope, in any of the WCO's namespaces or in none, and within
// the envelope of a gateway.
package wco
