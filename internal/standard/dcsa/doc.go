// Package dcsa reads the messages of the Digital Container Shipping Association.
//
// Track & Trace 2.2 (TrackAndTrace) has three kinds of events: what became of a document (SHIPMENT), where a
// conveyance is (TRANSPORT), what was done with a container (EQUIPMENT). docs/standards.md has the table of
// what each becomes; the same table stands here in codes.go.
//
// Structure that breaks the standard is refused: schema.go is the standard's structure, and check.go holds a
// message against it. A value that only looks wrong is converted and flagged, and a code that is on no list
// of ours is kept in the event's detail.
package dcsa
