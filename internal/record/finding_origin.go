package record

import (
	"strconv"
	"time"

	"oneorder/internal/trade"
)

// proof is a certificate of origin, or its withdrawal.
type proof struct {
	number    string
	withdrawn bool
	rank      rank
	at        int64
}

// claim is an import declaration that names a certificate of origin, and so asks for its preference.
type claim struct {
	number string
	rank   rank
	at     int64
}

func (b *Builder) examineProof(e *trade.Event, r rank, at int64) {
	if number := numberOf(e.Data, trade.CertificateOfOrigin); number != "" {
		b.examined.proofs = append(b.examined.proofs, proof{b.own(number), e.Type == trade.OriginWithdrawn, r, at})
	}
}

func (b *Builder) examineClaim(e *trade.Event, r rank, at int64) {
	if number := numberOf(e.Data, trade.CertificateOfOrigin); number != "" && e.Data.Customs.Direction == "import" {
		b.examined.claims = append(b.examined.claims, claim{b.own(number), r, at})
	}
}

// proofOf gives the certificate's issue or withdrawal, the first by time.
func (b *Builder) proofOf(number string, withdrawn bool) *proof {
	var first *proof
	for i := range b.examined.proofs {
		p := &b.examined.proofs[i]
		if p.number == number && p.withdrawn == withdrawn && (first == nil || p.at < first.at || p.at == first.at && b.beats(p.rank, first.rank)) {
			first = p
		}
	}
	return first
}

// proofFindings holds the certificates of origin against the rules of RCEP, where origin and destination are parties of it: a
// proof is good for a year (chapter 3), and the goods must not be entered for consumption on the way (direct
// consignment, article 3.15), for then they come from there.
func (b *Builder) proofFindings(list []trade.Finding) []trade.Finding {
	from, to := b.tables.Country(b.chain.Origin), b.tables.Country(b.chain.Destination)
	for i := range b.examined.claims {
		c := &b.examined.claims[i]
		at := time.Unix(0, c.at).UTC()
		if !b.tables.RCEP(from, at) || !b.tables.RCEP(to, at) {
			continue
		}
		days := b.tolerances().OriginDays
		issued, withdrawn := b.proofOf(c.number, false), b.proofOf(c.number, true)
		var good trade.Side
		switch {
		case withdrawn != nil && withdrawn.at < c.at:
			good = b.side(withdrawn.rank.by, "certificate "+c.number+" withdrawn on "+day(withdrawn.at), day(withdrawn.at), unitDate)
		case issued != nil && day(c.at) > day(issued.at+int64(days)*int64(24*time.Hour)):
			until := day(issued.at + int64(days)*int64(24*time.Hour))
			good = b.side(issued.rank.by, "certificate "+c.number+" of "+day(issued.at)+", good for "+strconv.FormatUint(uint64(days), 10)+" days", until, unitDate)
		default:
			continue
		}
		list = append(list, trade.Finding{Code: trade.FoundOriginExpired, Severity: trade.Warning, About: c.number, Sides: [2]trade.Side{
			good, b.side(c.rank.by, "claimed on "+day(c.at), day(c.at), unitDate),
		}})
	}
	return b.consignmentFindings(list, from, to)
}

// consignmentFindings looks for an import into a third territory of goods that go on under a certificate of origin.
func (b *Builder) consignmentFindings(list []trade.Finding, from, to string) []trade.Finding {
	origin, destination := b.tables.Territory(from), b.tables.Territory(to)
	if origin == "" || destination == "" {
		return list
	}
	for i := range b.examined.proofs {
		p := &b.examined.proofs[i]
		if p.withdrawn || b.proofOf(p.number, false) != p {
			continue
		}
		at := time.Unix(0, p.at).UTC()
		if !b.tables.RCEP(from, at) || !b.tables.RCEP(to, at) {
			continue
		}
		for j := range b.controls {
			k := &b.controls[j]
			if k.control != cleared || k.direction != "import" || k.territory == "" || k.territory == origin || k.territory == destination {
				continue
			}
			list = append(list, trade.Finding{
				Code: trade.FoundDirectConsignmentBroken, Severity: trade.Warning, About: p.number + " " + k.territory, Sides: [2]trade.Side{
					b.side(p.rank.by, "certificate "+p.number+" for goods from "+from+" to "+to, to, unitCountry),
					b.side(k.at.rank.by, "entered for import into "+k.territory+" on "+day(k.at.at), k.territory, unitCountry),
				},
			})
		}
	}
	return list
}
