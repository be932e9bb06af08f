package chain

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// standing is a finding that stands.
type standing struct {
	trade.Finding
	opened time.Time // broker time of the latest of its events
}

// compare orders the findings of a chain by what tells them apart.
func (f *standing) compare(o *standing) int {
	side := func(x, y *trade.Side) int { return cmp.Or(cmp.Compare(x.Source, y.Source), cmp.Compare(x.ID, y.ID)) }
	return cmp.Or(cmp.Compare(f.Code, o.Code), cmp.Compare(f.About, o.About),
		side(&f.Sides[0], &o.Sides[0]), side(&f.Sides[1], &o.Sides[1]))
}

func (f *standing) equal(o *standing) bool {
	return f.compare(o) == 0 && f.Severity == o.Severity && f.Sides == o.Sides && f.opened.Equal(o.opened) && slices.Equal(f.Others, o.Others)
}

// outboxFinding is a finding that is no more: cleared, or without its chain.
type outboxFinding struct {
	chain   string
	founded time.Time
	finding standing
	closed  time.Time // zero: its chain is no more
}

// findings writes what is new and what is no more among the findings of a chain, beside those that were last written of it. It
// gives the findings that stand, and those that do no longer.
func (w *writer) findings(c *linkage.ChainChange, found []trade.Finding, h *held) (stands []standing, gone []outboxFinding) {
	written := h.findings
	if len(found) == 0 && len(written) == 0 {
		return nil, nil
	}
	for i := range found {
		stands = append(stands, standing{found[i], h.opened(&found[i])})
	}
	slices.SortFunc(stands, func(x, y standing) int { return x.compare(&y) })
	stands = slices.CompactFunc(stands, func(x, y standing) bool { return x.compare(&y) == 0 })
	for i := range stands {
		f := &stands[i]
		if at, had := findStanding(written, f); had && f.equal(&written[at]) {
			*f = written[at]
			continue
		}
		f.Finding = ownedFinding(&f.Finding)
		w.finding(c.ID, c.Founded, f, time.Time{})
	}
	for i := range written {
		if _, still := findStanding(stands, &written[i]); !still {
			w.finding(c.ID, c.Founded, &written[i], w.now)
			gone = append(gone, outboxFinding{c.ID, c.Founded, written[i], w.now})
		}
	}
	return stands, gone
}

// news are the codes of findings that came, say something else, or went; each sorted, each once.
type news struct{ raised, changed, cleared []string }

// newsOf holds the findings that stand against those that stood, both sorted.
func newsOf(stands, stood []standing) (n news) {
	for i := range stands {
		f := &stands[i]
		at, had := findStanding(stood, f)
		switch {
		case !had:
			n.raised = append(n.raised, string(f.Code))
		case !f.equal(&stood[at]):
			n.changed = append(n.changed, string(f.Code))
		}
	}
	for i := range stood {
		if _, still := findStanding(stands, &stood[i]); !still {
			n.cleared = append(n.cleared, string(stood[i].Code))
		}
	}
	n.raised, n.changed, n.cleared = slices.Compact(n.raised), slices.Compact(n.changed), slices.Compact(n.cleared)
	return n
}

// newsAgain is what is told of a chain that is written again after a death, when it is not known any more what stood before: all that
// stands was raised.
func newsAgain(chain string, stands []standing, gone []outboxFinding) news {
	var went []standing
	for i := range gone {
		if gone[i].chain == chain && !gone[i].closed.IsZero() {
			went = append(went, gone[i].finding)
		}
	}
	slices.SortFunc(went, func(x, y standing) int { return x.compare(&y) })
	n := newsOf(stands, nil)
	n.cleared = newsOf(stands, went).cleared
	return n
}

// deleteFindings says that findings are no more since their chain is not.
func (w *writer) deleteFindings(id string, founded time.Time, written []standing) (gone []outboxFinding) {
	for i := range written {
		gone = append(gone, outboxFinding{chain: id, founded: founded, finding: written[i]})
	}
	w.goneAgain(gone)
	return gone
}

// goneAgain says that findings are no more, unless they are found again.
func (w *writer) goneAgain(list []outboxFinding) {
	for i := range list {
		g := &list[i]
		if h := w.sink.records.find(g.chain); h != nil {
			if _, stands := findStanding(h.findings, &g.finding); stands {
				continue
			}
		}
		if g.closed.IsZero() {
			w.blocks.findings.Delete(w.findingRow(g.chain, g.founded, &g.finding, time.Time{}))
		} else {
			w.finding(g.chain, g.founded, &g.finding, g.closed)
		}
	}
}

func (w *writer) finding(chain string, founded time.Time, f *standing, closed time.Time) {
	w.blocks.findings.Append(w.findingRow(chain, founded, f, closed))
}

func (w *writer) findingRow(chain string, founded time.Time, f *standing, closed time.Time) *warehouse.FindingRow {
	return &warehouse.FindingRow{
		Finding: f.Finding, Chain: chain, FoundedOn: founded, Opened: f.opened, Closed: closed, Version: w.version,
	}
}

func findStanding(sorted []standing, f *standing) (int, bool) {
	return slices.BinarySearchFunc(sorted, f, func(x standing, f *standing) int { return x.compare(f) })
}

// opened gives when the broker had the last of the finding's events, as they stand.
func (h *held) opened(f *trade.Finding) time.Time {
	var latest int64
	at := func(key trade.EventKey) {
		if i, found := h.find(key); found {
			latest = max(latest, h.events[i].received)
		}
	}
	for i := range f.Sides {
		at(f.Sides[i].Key())
	}
	for _, key := range f.Others {
		at(key)
	}
	if latest == 0 {
		return time.Time{}
	}
	return time.UnixMilli(latest).UTC()
}

// ownedFinding copies a finding whose texts lie in memory of events.
func ownedFinding(f *trade.Finding) trade.Finding {
	r := reader{b: appendFinding(nil, &standing{Finding: *f})}
	return r.finding().Finding
}

func appendFinding(b []byte, f *standing) []byte {
	b = appendText(appendText(appendText(b, string(f.Code)), string(f.Severity)), f.About)
	for i := range f.Sides {
		s := &f.Sides[i]
		b = appendText(appendText(appendText(b, s.Says), s.Value), s.Unit)
		b = appendText(appendText(b, s.Source), s.ID)
	}
	b = binary.AppendUvarint(b, uint64(len(f.Others)))
	for _, k := range f.Others {
		b = append(b, k[:]...)
	}
	return appendTime(b, f.opened)
}

func (r *reader) finding() (f standing) {
	f.Code, f.Severity, f.About = trade.FindingCode(r.text()), trade.Severity(r.text()), r.text()
	for i := range f.Sides {
		f.Sides[i] = trade.Side{Says: r.text(), Value: r.text(), Unit: r.text(), Source: r.text(), ID: r.text()}
	}
	for range r.count() {
		f.Others = append(f.Others, r.key())
	}
	f.opened = r.time()
	return f
}

// appendTime keeps milliseconds. The zero time stays what it is.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.AppendVarint(b, 0)
	}
	return binary.AppendVarint(b, t.UnixMilli())
}

func (r *reader) time() time.Time {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return time.Time{}
	}
	r.b = r.b[n:]
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMilli(v).UTC()
}
