// Package onerecord turns objects of IATA ONE Record (API 2.x with the cargo ontology 3.x, in JSON-LD) into
// canonical events: logistics events, alone, in a collection or within the object that they happened to, and air
// waybills.
//
// Names are compared by what they mean: cargo:eventDate, the full IRI and a name without prefix under a vocabulary
// are one. Other logistics objects (a piece, a sensor), changes and action requests are no events, and are declined.
package onerecord
