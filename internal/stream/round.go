package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"oneorder/internal/failure"
)

// round sends open chunks, a window of them at a time, and takes in the answers. It returns what has to be sent
// again, and whether to hold back before that.
type round struct {
	*publishing
	box      *mailbox
	session  uint64
	expected map[uint64]expectation
	inFlight int // chunks
	again    []chunk
	hold     bool
}

// expectation is what the answer to one token will be about.
type expectation struct {
	*sending
	index int // of the one message, or -1: the whole chunk as a batch
}

// sending is a chunk under way.
type sending struct {
	chunk chunk
	open  int   // answers to come
	again []int // messages to send again
	cause error
	hold  bool
}

var (
	errNoAnswer     = errors.New("no answer in time")
	errDisconnected = errors.New("connection lost before the answer")
)

func (c *publishing) round(open []chunk) (again []chunk, hold bool) {
	r := &round{publishing: c, box: newMailbox(), session: c.p.conn.session(), expected: make(map[uint64]expectation)}
	for i, ch := range open {
		sent, err := r.next(ch)
		if err != nil {
			r.abandon(err)
			if !sent {
				r.later(open[i:])
			} else {
				r.later(open[i+1:])
			}
			return r.again, true
		}
	}
	if err := r.drain(0); err != nil {
		r.abandon(err)
		return r.again, true
	}
	return r.again, r.hold
}

// next sends one chunk once the window has room for it, in the way that is the faster one.
func (r *round) next(ch chunk) (sent bool, err error) {
	if ch.single || len(ch.index) < trialChunk {
		if err := r.drain(r.p.cfg.Window - 1); err != nil {
			return false, err
		}
		return true, r.send(ch)
	}
	single, trial := r.p.pace.next()
	room := r.p.cfg.Window - 1
	if trial {
		room = 0
	}
	if err := r.drain(room); err != nil {
		return false, err
	}
	began := time.Now()
	ch.single = single
	if err := r.send(ch); err != nil {
		return true, err
	}
	if !trial {
		return true, nil
	}
	before := len(r.again)
	if err := r.drain(0); err != nil {
		return true, err
	}
	if len(r.again) == before {
		r.p.pace.note(single, len(ch.index), time.Since(began))
	}
	return true, nil
}

// drain waits until at most most chunks are under way.
func (r *round) drain(most int) error {
	for r.inFlight > most {
		if err := r.wait(); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) later(chunks []chunk) { r.again = append(r.again, chunks...) }

// send sends a chunk. After an error of the connection nothing of it is expected to be answered, and all of it is
// to be sent again.
func (r *round) send(ch chunk) error {
	s := &sending{chunk: ch}
	var err error
	if ch.single || len(ch.index) == 1 {
		err = r.sendSingles(s)
	} else {
		err = r.sendBatch(s)
	}
	if s.open > 0 {
		r.inFlight++
	} else {
		r.finish(s)
	}
	return err
}

func (r *round) sendBatch(s *sending) error {
	nc, id := r.p.conn.nc, nuid.Next()
	last := len(s.chunk.index) - 1
	fail := func(err error) error {
		s.again, s.cause = s.chunk.index, err
		if errors.Is(err, nats.ErrMaxPayload) {
			s.chunk.single = true
			return nil
		}
		s.hold = true
		return err
	}
	for n, i := range s.chunk.index {
		msg := r.messages[i].message()
		msg.Header[headerBatchID] = []string{id}
		msg.Header[headerBatchSequence] = []string{strconv.Itoa(n + 1)}
		var token uint64
		if n == last {
			msg.Header[headerBatchCommit] = []string{"1"}
			var err error
			if token, msg.Reply, err = r.p.acks.expect(r.box); err != nil {
				return fail(err)
			}
			r.expected[token] = expectation{s, -1}
		}
		if err := nc.PublishMsg(msg); err != nil {
			if n == last {
				r.p.acks.forget(token)
				delete(r.expected, token)
			}
			return fail(err)
		}
	}
	s.open = 1
	return nil
}

func (r *round) sendSingles(s *sending) error {
	nc := r.p.conn.nc
	for n, i := range s.chunk.index {
		msg := r.messages[i].message()
		token, reply, err := r.p.acks.expect(r.box)
		if err == nil {
			msg.Reply = reply
			if err = nc.PublishMsg(msg); err != nil {
				r.p.acks.forget(token)
			}
		}
		switch {
		case err == nil:
			r.expected[token] = expectation{s, i}
			s.open++
		case errors.Is(err, nats.ErrMaxPayload):
			r.receipts[i].Err = fmt.Errorf("%w: %w", ErrTooLarge, err)
		default:
			s.again = append(s.again, s.chunk.index[n:]...)
			s.cause, s.hold = err, true
			return err
		}
	}
	return nil
}

// wait takes in the next answers.
func (r *round) wait() error {
	timeout := time.NewTimer(r.p.cfg.AckWait)
	defer timeout.Stop()
	for {
		changed := r.p.conn.changes()
		if r.p.conn.session() != r.session || !r.p.conn.nc.IsConnected() {
			return errDisconnected
		}
		select {
		case <-r.box.ready:
			for _, a := range r.box.take() {
				r.settle(a)
			}
			return nil
		case <-changed:
		case <-timeout.C:
			return errNoAnswer
		case <-r.p.conn.closed:
			return nats.ErrConnectionClosed
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
}

// abandon gives up on all that is under way: its fate is unknown, and it is to be sent again.
func (r *round) abandon(cause error) {
	for _, a := range r.box.take() {
		r.settle(a)
	}
	for token, e := range r.expected {
		r.p.acks.forget(token)
		delete(r.expected, token)
		e.cause, e.hold = cause, true
		r.reopen(e)
	}
}

func (r *round) settle(a answer) {
	e, ok := r.expected[a.token]
	if !ok {
		return
	}
	delete(r.expected, a.token)
	ack, err := parseAck(a.msg)
	switch {
	case e.index < 0 && err == nil && ack.Count == len(e.chunk.index):
		first := ack.Sequence - uint64(ack.Count) + 1 // a count of at most 1000
		for n, i := range e.chunk.index {
			r.receipts[i] = Receipt{Sequence: first + uint64(n)}
		}
		r.answered(e)
	case e.index < 0:
		// Which message it was about, and what of the others, only each on its own can tell.
		e.chunk.single = e.chunk.single || err == nil || !temporary(err)
		e.cause, e.hold = err, e.hold || !e.chunk.single
		r.reopen(e)
	case err == nil:
		r.receipts[e.index] = Receipt{Sequence: ack.Sequence, Duplicate: ack.Duplicate}
		r.answered(e)
	case temporary(err):
		e.cause, e.hold = err, true
		r.reopen(e)
	default:
		r.receipts[e.index] = Receipt{Err: refusal(err)}
		r.answered(e)
	}
}

// reopen counts an answer that leaves its message or chunk to be sent again.
func (r *round) reopen(e expectation) {
	if e.index < 0 {
		e.again = e.chunk.index
	} else {
		e.again = append(e.again, e.index)
	}
	r.answered(e)
}

func (r *round) answered(e expectation) {
	if e.open--; e.open == 0 {
		r.inFlight--
		r.finish(e.sending)
	}
}

func (r *round) finish(s *sending) {
	if len(s.again) > 0 {
		r.again = append(r.again, chunk{index: s.again, single: s.chunk.single, cause: s.cause})
		r.hold = r.hold || s.hold
	}
}

// ack is the broker's answer to a publish.
type ack struct {
	Error     *jetstream.APIError `json:"error"`
	Stream    string              `json:"stream"`
	Sequence  uint64              `json:"seq"`
	Duplicate bool                `json:"duplicate"`
	Count     int                 `json:"count"`
}

func parseAck(msg *nats.Msg) (ack, error) {
	if len(msg.Data) == 0 && msg.Header.Get(headerStatus) == "503" {
		return ack{}, nats.ErrNoResponders
	}
	var a ack
	if err := json.Unmarshal(msg.Data, &a); err != nil {
		return ack{}, fmt.Errorf("answer to a publish: %w", err)
	}
	if a.Error != nil {
		return ack{}, a.Error
	}
	if a.Stream == "" || a.Sequence == 0 {
		return ack{}, errors.New("answer to a publish names no stream")
	}
	return a, nil
}

// codeNotLeader says that another server of the cluster is to be asked (nats-server, errors.json).
const codeNotLeader jetstream.ErrorCode = 10009

// temporary says whether sending again may help: the table knows, and of what it does not know HTTP's classes tell.
func temporary(err error) bool {
	var api *jetstream.APIError
	if !errors.As(err, &api) {
		return true
	}
	if row := rowOf(err); row.Name != "" {
		return row.Class == failure.Retryable
	}
	return api.Code < 400 || api.Code >= 500
}

// The rows that tell a sender more than that its message was refused.
var refusals = map[string]error{
	"JSAccountResourcesExceededErr":    ErrStreamFull,
	"JSStorageResourcesExceededErr":    ErrStreamFull,
	"JSStreamMessageExceedsMaximumErr": ErrTooLarge,
	"JSStreamHeaderExceedsMaximumErr":  ErrTooLarge,
}

func refusal(err error) error {
	row := rowOf(err)
	said, ok := refusals[row.Name]
	switch {
	case ok:
	case row.Says == "too large":
		said = ErrTooLarge
	case row.Says == "maximum":
		said = ErrStreamFull
	default:
		said = ErrRefused
	}
	return fmt.Errorf("%w: %w", said, err)
}
