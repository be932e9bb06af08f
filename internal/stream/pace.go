package stream

import (
	"sync"
	"time"
)

// pace learns which way of sending large chunks is the faster one with this broker: as atomic batches or
// message by message. A broker that syncs every write to disk takes batches ten times faster; one that does not
// takes single messages up to three times faster, since it stages and syncs each batch by itself.
type pace struct {
	mu     sync.Mutex
	rest   int           // large chunks to send before the next trial
	trials int           // of the pair under way that have begun
	batch  time.Duration // a message took in the last trial; 0: not tried
	single time.Duration
}

const (
	trialChunk = 500  // messages that a trial needs at least
	trialRest  = 100  // chunks between trials
	trialLong  = 1000 // likewise, where one way is several times faster
)

// next says how to send the next large chunk, and whether as a trial: with nothing else under way, and timed.
func (p *pace) next() (single, trial bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rest > 0 {
		p.rest--
		return p.single > 0 && p.single < p.batch, false
	}
	p.trials++
	if p.trials == 2 {
		p.trials, p.rest = 0, trialRest
		return true, true
	}
	return false, true
}

// note takes in how long a trial of n messages took.
func (p *pace) note(single bool, n int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	took = max(took/time.Duration(n), 1)
	if !single {
		p.batch = took
		return
	}
	p.single = took
	if slow, fast := max(p.batch, p.single), min(p.batch, p.single); fast > 0 && slow > 4*fast {
		p.rest = trialLong
	}
}
