// Package standard is what the adapters of foreign standards share: each is a pure package below this one
// that turns the bytes of a document into canonical events, or says what is wrong with them. Adapters do no
// IO and look at no clock, so that the same document always makes the same events.
package standard

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"oneorder/internal/trade"
)

// MaxDocumentBytes is how large a document may be that an adapter takes. Each event that it makes keeps to
// trade.MaxEventBytes all the same.
const MaxDocumentBytes = 8 << 20

// MaxEvents is how many events a document of so many bytes may make. A sound event takes up far more of it; more of
// them would hold many times the memory that the document does.
func MaxEvents(size int) int { return 1024 + size/192 }

// Limits of the part of a document that becomes the detail of one event: with what its conversion adds, the event keeps
// to those of a canonical event.
const (
	// MaxDetailBytes leaves room for what the event repeats of it (a document's number stands in up to four places).
	MaxDetailBytes = trade.MaxEventBytes - 256<<10
	// MaxDetailDepth leaves room for the two levels above data.detail.
	MaxDetailDepth = trade.MaxDepth - 2
)

// Options is what a document does not say about itself.
type Options struct {
	// Org is the organisation that sent the document. Its events have the source urn:oneorder:org:<Org>.
	Org string
	// Received is when the document came in, for the standards whose messages have no time of their own.
	Received time.Time
	// KnownPlace says whether the place table has a UN/LOCODE; a place that it does not have is flagged. May be nil.
	KnownPlace func(unlocode string) bool
}

// Check says what is wrong with the options: an Org that can be no organisation.
func (o Options) Check() error {
	if !trade.ValidOrg(o.Org) {
		return fmt.Errorf("convert for organisation %q: want [a-z0-9][a-z0-9-]{1,30}", o.Org)
	}
	return nil
}

// Source is the source of the organisation's events.
func (o Options) Source() string { return trade.SourcePrefix + o.Org }

// Format is a kind of document that is taken in.
type Format struct {
	Name   string       // as in `--format` and `inbox.<org>.<format>`: "dcsa-tnt"
	Domain string       // whose service takes it in
	Types  []trade.Type // every type that Convert may make; of other domains too, where the standard speaks of them

	// Convert turns a document into events. A trade.Faults error has every fault of the document, and the
	// events beside it are those of its sound part: whether they may go on without the rest is the caller's
	// to decide. Convert keeps nothing of data.
	Convert func(data []byte, o Options) ([]*trade.Event, error)
}

// Domains lists the domains of the types that the format may make, sorted: what its service must be
// allowed to publish.
func (f Format) Domains() []string {
	var domains []string
	for _, t := range f.Types {
		if d := t.Domain(); !slices.Contains(domains, d) {
			domains = append(domains, d)
		}
	}
	slices.Sort(domains)
	return domains
}

// Of gives those of the formats that the service of the domain takes in.
func Of(domain string, formats []Format) []Format {
	return slices.DeleteFunc(formats, func(f Format) bool { return f.Domain != domain })
}

// Digest is what data.document.digest says of a document's bytes.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
