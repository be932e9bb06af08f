package simulator

import (
	"crypto/sha256"
	"encoding/hex"

	"oneorder/internal/trade"
)

// recognitions plans what the side of the buyer says of papers that were made on the other: its customs of the certificate of origin and of
// the electronic bill, its bank of the bill that is drawn on under a credit. It throws dice of its own, as schedules do.
func (p *planner) recognitions(country string) {
	d := p.aside
	d.reseed(p.cfg.Seed, uint64(p.planned)<<32|1) // counts up from 0; schedules have the number before
	for _, s := range p.deal.shipments {
		p.s = s
		lodged, certified, drawn := when(p.lodged(refImport)), when(p.step(trade.OriginCertified, nil)), int64(0)
		if s.number(refCredit).Value != "" && p.step(trade.CreditDiscrepant, nil) == nil {
			drawn = when(p.step(trade.DocumentPresented, nil))
		}
		if lodged > 0 && certified > 0 && country != "DE" {
			p.recogniseOrigin(d, country, certified, max(certified, lodged))
		}
		if lodged > 0 && s.title.Platform != "" && d.chance(0.6) {
			p.recognise(d, trade.DocumentRecognised, customsOf[country], lodged+d.between(5*minute, 3*hour), refImport|refDoc, tellTitle)
		}
		if drawn > 0 && d.chance(0.7) {
			at := drawn + d.between(4*hour, 3*day)
			if surrendered := when(p.step(trade.TitleSurrendered, nil)); drawn < surrendered && surrendered < at {
				at = drawn + (surrendered-drawn)/2 // a bank knows the bill before it gives it back
			}
			p.recognise(d, trade.DocumentRecognised, s.buyer.bank.source, at, refCredit|refDoc, tellTitle)
		}
	}
}

// recogniseOrigin plans that the certificate of origin is presented with the import declaration, and what customs say to it: most know it
// by its digest, some by its number, and few refuse it, as they do one that is too old or was withdrawn.
func (p *planner) recogniseOrigin(d *dice, country string, certified, at int64) {
	names := refImport | refOrigin
	p.recognise(d, trade.DocumentPresented, importBrokerOf[country], at+d.between(minute, 10*minute), names, tellCertificate)
	answer, tell := trade.DocumentRecognised, tellCertificate
	switch x := d.Float64(); {
	case x < 0.04, at-certified > 360*day, p.step(trade.OriginWithdrawn, nil) != nil:
		answer = trade.DocumentRefused
	case x < 0.14:
		tell = tellCertificateNumber
	case x < 0.24:
		return // not answered
	}
	p.recognise(d, answer, customsOf[country], at+d.between(15*minute, 4*hour), names, tell)
}

func (p *planner) recognise(d *dice, typ trade.Type, by string, at int64, names refs, tell func(*shipment, *step, *trade.Data)) {
	p.s.steps = append(p.s.steps, step{
		typ: typ, by: by, at: at, recorded: at + d.between(20, 15*minute), refs: p.given(names), leg: -1, tell: tell, aside: true,
	})
}

// when the step is; 0: there is none.
func when(st *step) int64 {
	if st == nil {
		return 0
	}
	return st.at
}

func tellTitle(s *shipment, _ *step, d *trade.Data) { d.Document = s.title }

func tellCertificate(s *shipment, _ *step, d *trade.Data) {
	n := s.number(refOrigin)
	d.Document = trade.Document{Kind: string(n.Kind), Number: n.Value, Digest: digestOf(n)}
}

func tellCertificateNumber(s *shipment, st *step, d *trade.Data) {
	tellCertificate(s, st, d)
	d.Document.Digest = ""
}

// digestOf a document is that of its number.
func digestOf(doc *trade.Reference) string {
	sum := sha256.Sum256([]byte(doc.Value + "@" + doc.Issuer))
	return "sha256:" + hex.EncodeToString(sum[:])
}
