package record

import (
	"slices"

	"oneorder/internal/trade"
)

// copied is a document that an event shows by its digest.
type copied struct {
	kind, number, digest string
	shown                bool // by somebody who has it; else by who makes it
	rank                 rank
	at                   int64
}

// examineDigest keeps a document's digest. Who passes a title on, lends on a document, presents it under a credit or recognises it
// shows it; every other report of it is a version, as one document in two formats has two digests.
func (b *Builder) examineDigest(e *trade.Event, r rank, at int64) {
	d := &e.Data.Document
	if d.Digest == "" || d.Number == "" {
		return
	}
	c := copied{number: b.own(d.Number), digest: b.own(d.Digest), rank: r, at: at}
	switch k := trade.Kind(d.Kind); k {
	case trade.HouseBL, trade.MasterBL:
		c.kind = string(trade.BL)
	case trade.HouseAirWaybill, trade.MasterAirWaybill:
		c.kind = string(trade.AirWaybill)
	default:
		c.kind = b.own(d.Kind)
	}
	switch e.Type {
	case trade.TitleTransferred, trade.TitleEndorsed, trade.TitleSurrendered, trade.FinancingRequested, trade.FinancingGranted, trade.DocumentRecognised:
		c.shown = true
	case trade.DocumentPresented:
		c.shown = numberOf(e.Data, trade.LetterOfCredit) != "" || numberOf(e.Data, trade.Collection) != ""
	default:
	}
	b.examined.copies = append(b.examined.copies, c)
}

// digestFindings looks for a document that was shown and is none of its versions: it is another paper under the same number.
// Where nobody gave the digest of a version nothing is known.
func (b *Builder) digestFindings(list []trade.Finding) []trade.Finding {
	copies := b.examined.copies
	for i := range copies {
		shown := &copies[i]
		if !shown.shown {
			continue
		}
		var made *copied // the version to show: the latest
		same := slices.ContainsFunc(copies, func(c copied) bool {
			return !c.shown && c.kind == shown.kind && c.number == shown.number && c.digest == shown.digest
		})
		for j := range copies {
			c := &copies[j]
			if !c.shown && c.kind == shown.kind && c.number == shown.number && (made == nil || c.at > made.at || c.at == made.at && b.beats(c.rank, made.rank)) {
				made = c
			}
		}
		if same || made == nil {
			continue
		}
		list = append(list, trade.Finding{
			Code: trade.FoundDigestMismatch, Severity: trade.Critical, About: shown.number, Sides: [2]trade.Side{
				b.side(made.rank.by, made.kind+" "+made.number+" made as "+made.digest, made.digest, unitText),
				b.side(shown.rank.by, shown.kind+" "+shown.number+" shown as "+shown.digest, shown.digest, unitText),
			},
		})
	}
	return list
}
