package record

import (
	"time"

	"oneorder/internal/trade"
)

// rank is what decides between two reports of one fact. The zero rank is no report and loses to every other.
type rank struct {
	recorded int64 // nanoseconds since 1970
	by       uint32
	class    uint8 // of the classifier; 0: no report
	standing uint8
}

const (
	planned uint8 = iota + 1
	estimated
	actual
)

func classOf(c trade.Classifier) uint8 {
	switch c {
	case trade.Planned:
		return planned
	case trade.Estimated:
		return estimated
	default:
		return actual
	}
}

// member is an event that the builder was given.
type member struct {
	id       string
	source   uint32 // index of its source
	revision uint32
}

// beats says whether a wins over held, by the rule of choice.
func (b *Builder) beats(a, held rank) bool {
	switch {
	case a.class != held.class:
		return a.class > held.class
	case a.standing != held.standing:
		return a.standing > held.standing
	case a.recorded != held.recorded:
		return a.recorded > held.recorded
	case a.by == held.by:
		return false
	}
	return b.smaller(a.by, held.by)
}

// smaller says whether the one event comes before the other by source, then by id.
func (b *Builder) smaller(one, other uint32) bool {
	x, y := &b.members[one], &b.members[other]
	if x.source != y.source {
		return b.sources[x.source].uri < b.sources[y.source].uri
	}
	return x.id < y.id
}

// compare puts the one that wins first.
func (b *Builder) compare(x, y rank) int {
	switch {
	case b.beats(x, y):
		return -1
	case b.beats(y, x):
		return 1
	}
	return 0
}

// stamp is a reported time.
type stamp struct {
	rank rank
	at   int64 // nanoseconds since 1970
}

func (s stamp) known() bool { return s.rank.class != 0 }

func (s stamp) time() time.Time {
	if !s.known() {
		return time.Time{}
	}
	return time.Unix(0, s.at).UTC()
}

// offer lets the report compete for the stamp, and says whether it won.
func (b *Builder) offer(held *stamp, r rank, at int64) bool {
	if !b.beats(r, held.rank) {
		return false
	}
	*held = stamp{rank: r, at: at}
	return true
}

// offerFirst lets the report compete to be the first of its fact, and says whether it is now: the highest standing, then the earliest
// recorded, then by source and id.
func (b *Builder) offerFirst(held *stamp, r rank, at int64) bool {
	switch {
	case !held.known():
	case r.standing != held.rank.standing:
		if r.standing < held.rank.standing {
			return false
		}
	case r.recorded != held.rank.recorded:
		if r.recorded > held.rank.recorded {
			return false
		}
	case !b.smaller(r.by, held.rank.by):
		return false
	}
	*held = stamp{rank: r, at: at}
	return true
}

// word is a reported text.
type word struct {
	rank rank
	text string
}

// say lets the report compete for the word, and says whether the text is another now. An empty text is no report.
func (b *Builder) say(held *word, r rank, text string) bool {
	if text == "" || !b.beats(r, held.rank) {
		return false
	}
	held.rank = r
	if held.text == text {
		return false
	}
	held.text = b.own(text)
	return true
}
