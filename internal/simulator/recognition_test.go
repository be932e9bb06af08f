package simulator

import (
	"testing"
	"time"

	"oneorder/internal/trade"
)

// What is recognised was made and presented before, by the digest that its maker gave or by its number; what was withdrawn is refused.
func TestRecognitionIsPlausible(t *testing.T) {
	type paper struct {
		chain, number string
	}
	cfg := config(3, 600)
	cfg.Faults = 0.5
	made, presented, withdrawn := make(map[paper]*trade.Event), make(map[paper]time.Time), make(map[paper]bool)
	answers := make(map[string]int)
	all := run(t, cfg)
	for _, r := range all {
		if len(r.chains) != 1 || r.again {
			continue
		}
		p := paper{r.chains[0], r.event.Data.Document.Number}
		switch r.event.Type {
		case trade.TitleIssued, trade.OriginCertified:
			if made[p] == nil {
				made[p] = r.event
			}
		case trade.OriginWithdrawn:
			for _, ref := range r.event.Data.References {
				if ref.Kind == trade.CertificateOfOrigin {
					withdrawn[paper{r.chains[0], ref.Value}] = true
				}
			}
		case trade.DocumentPresented:
			if p.number != "" {
				presented[p] = r.event.Time
			}
		default:
		}
	}
	for _, r := range all {
		e := r.event
		if r.again || e.Type != trade.DocumentRecognised && e.Type != trade.DocumentRefused {
			continue
		}
		doc, p := e.Data.Document, paper{r.chains[0], e.Data.Document.Number}
		maker := made[p]
		switch {
		case maker == nil:
			t.Errorf("%s: nobody made %s", e.ID, doc.Number)
			continue
		case maker.Time.After(e.Time):
			t.Errorf("%s at %v is before %s was made at %v", e.ID, e.Time, doc.Number, maker.Time)
		case doc.Digest != "" && doc.Digest != maker.Data.Document.Digest:
			t.Errorf("%s: digest %s of %s, made as %s", e.ID, doc.Digest, doc.Number, maker.Data.Document.Digest)
		case withdrawn[p] && e.Type == trade.DocumentRecognised:
			t.Errorf("%s: %s is recognised though it was withdrawn", e.ID, doc.Number)
		}
		if trade.Kind(doc.Kind) == trade.CertificateOfOrigin {
			if at, ok := presented[p]; !ok || at.After(e.Time) {
				t.Errorf("%s at %v answers what was presented at %v", e.ID, e.Time, at)
			}
		}
		switch {
		case e.Type == trade.DocumentRefused:
			answers["refused"]++
		case doc.Digest == "":
			answers["by number"]++
		default:
			answers["by digest"]++
		}
	}
	if len(answers) != 3 || answers["by digest"] < answers["by number"]+answers["refused"] {
		t.Errorf("answers %v, want most by digest, some by number and some refused", answers)
	}
}
