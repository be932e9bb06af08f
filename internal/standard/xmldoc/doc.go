// Package xmldoc reads the XML documents of foreign standards: bytes whose structure is not trusted, of which
// nothing may be lost.
//
// Read checks size, encoding, nesting and syntax, and knows no document type, so that there is no entity to
// expand and nothing to fetch. What it makes is one flat table of elements, whose size stays near that of the
// document and which is built in one pass. An Element then gives its children one at a time; each that finds its
// place in a canonical event is taken out, and Rest writes what remains as JSON, by the standard's own names. So an
// element that an adapter has never heard of is kept without further ado. Path says where an element stands, for
// faults: /Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]/Amt.
//
// Tokens come from encoding/xml, which checks the grammar of XML 1.0. What it leaves open is checked here: that
// tags match and there is one root, that prefixes are declared, that no attribute stands twice.
package xmldoc
