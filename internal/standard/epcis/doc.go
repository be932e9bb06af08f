// Package epcis turns EPCIS 2.0 documents in JSON-LD (GS1 EPCIS 2.0.1 with the Core Business Vocabulary 2.0;
// ISO/IEC 19987 and 19988) into canonical events: capture documents, single events, and what a query answers.
//
// The standard tells what, when, where, why and how of objects: a container at a gate, pallets into a box, a
// temperature. An event of ours is made of each, and one more of each further temperature in it. What has no
// place in a canonical event stays in data.detail in the document's own words.
package epcis
