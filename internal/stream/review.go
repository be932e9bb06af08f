package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"oneorder/internal/trade"
)

// stageResolved is the stage under which it is said that a rejection is resolved.
const stageResolved = "resolved"

// The headers of that message. It has no body.
const (
	HeaderResolves = "Oneorder-Resolves" // sequence in REJECTED of what is resolved
	HeaderBy       = "Oneorder-By"       // subject and sequence of what was sent instead
)

// ReviewSubject is where org asks for its rejects: `review.<org>`. With "*" for org it filters all.
func ReviewSubject(org string) string { return "review." + org }

// Resolution says what was sent instead of a rejected message.
type Resolution struct {
	Time     time.Time
	Subject  string // "": nothing was
	Sequence uint64 // there
}

// Rejected yields the rejections of org (of every org, if it is "*") made at since or later, oldest first, up to the
// last one there is when it gets there. An error ends it.
func (c *Conn) Rejected(ctx context.Context, org string, since time.Time) iter.Seq2[Rejection, error] {
	return func(yield func(Rejection, error) bool) {
		for m, err := range c.kept(ctx, org, RejectedSubject(org, "*"), since, 0) {
			if err != nil {
				yield(Rejection{}, err)
				return
			}
			if strings.HasSuffix(m.Subject, "."+stageResolved) {
				continue
			}
			r := rejection(m.Subject, Header(m.Header), m.Data)
			r.ID, r.Time = m.Sequence, m.Time.UTC()
			if !yield(r, nil) {
				return
			}
		}
	}
}

// ErrNoRejection says that there is none of this number.
var ErrNoRejection = errors.New("no such rejection")

// Rejection is the one with this sequence in REJECTED, which must be of org, unless that is "*".
func (c *Conn) Rejection(ctx context.Context, org string, id uint64) (Rejection, error) {
	for m, err := range c.kept(ctx, org, RejectedSubject(org, "*"), time.Time{}, id) {
		if err != nil {
			return Rejection{}, err
		}
		if m.Sequence != id || strings.HasSuffix(m.Subject, "."+stageResolved) {
			break
		}
		r := rejection(m.Subject, Header(m.Header), m.Data)
		r.ID, r.Time = m.Sequence, m.Time.UTC()
		return r, nil
	}
	return Rejection{}, fmt.Errorf("%w: %d", ErrNoRejection, id)
}

// Resolutions are those of several rejections. Each organisation speaks of its own rejections only: what it says of another's is of none.
type Resolutions map[resolved]Resolution

// resolved is a rejection that org says is resolved.
type resolved struct {
	org string
	id  uint64
}

// Of gives how the rejection was resolved, if it was.
func (all Resolutions) Of(r *Rejection) (Resolution, bool) {
	by, ok := all[resolved{r.Org, r.ID}]
	return by, ok
}

// Resolved tells which rejections of org, or of every org if it is "*", have been resolved at since or later.
func (c *Conn) Resolved(ctx context.Context, org string, since time.Time) (Resolutions, error) {
	all := make(Resolutions)
	for m, err := range c.kept(ctx, org, RejectedSubject(org, stageResolved), since, 0) {
		if err != nil {
			return nil, err
		}
		id, err := strconv.ParseUint(Header(m.Header).Value(HeaderResolves), 10, 64)
		if err != nil {
			continue // not of ours
		}
		r := Resolution{Time: m.Time.UTC()}
		by, _, _ := ParseRejectedSubject(m.Subject)
		subject, sequence, _ := strings.Cut(Header(m.Header).Value(HeaderBy), " ")
		if r.Sequence, err = strconv.ParseUint(sequence, 10, 64); err == nil {
			r.Subject = subject
		}
		all[resolved{by, id}] = r
	}
	return all, nil
}

// Resolve says, on the record, that a rejection is resolved.
func (c *Conn) Resolve(ctx context.Context, org string, id uint64, by Resolution) error {
	m := Outgoing{
		Subject: RejectedSubject(org, stageResolved), MsgID: fmt.Sprintf("resolved-%d-%d", id, by.Sequence),
		Header: map[string]string{HeaderResolves: strconv.FormatUint(id, 10)},
	}
	if by.Subject != "" {
		m.Header[HeaderBy] = fmt.Sprintf("%s %d", by.Subject, by.Sequence)
	}
	if c.org != "" {
		return c.askReview(ctx, org, reviewRequest{Resolve: m.Header})
	}
	receipts, err := c.Publisher(PublisherConfig{}).Publish(ctx, []Outgoing{m})
	if err != nil {
		return fmt.Errorf("resolve rejection %d: %w", id, err)
	}
	return receipts[0].Err
}

// ErrNotKept says that a rejection does not hold what was refused, so that it cannot be sent again as it is.
var ErrNotKept = errors.New("the message is not kept")

// Retry sends what was refused again under its subject, with the data and headers that the rejection has now, and says on the record that it
// is resolved. What is wrong with it comes back as a new rejection. A receipt beside an error: it was sent, and does not count as resolved.
func (c *Conn) Retry(ctx context.Context, r Rejection) (Receipt, error) {
	if r.Subject == "" || len(r.Data) == 0 && len(r.Header) == 0 {
		return Receipt{}, fmt.Errorf("rejection %d: %w", r.ID, ErrNotKept)
	}
	receipts, err := c.Publisher(PublisherConfig{}).Publish(ctx, []Outgoing{{Subject: r.Subject, Header: r.Header, Data: r.Data}})
	if err == nil {
		err = receipts[0].Err
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("send rejection %d again: %w", r.ID, err)
	}
	if err := c.Resolve(ctx, r.Org, r.ID, Resolution{Subject: r.Subject, Sequence: receipts[0].Sequence}); err != nil {
		return receipts[0], fmt.Errorf("rejection %d was sent again as message %d, but does not count as resolved: %w", r.ID, receipts[0].Sequence, err)
	}
	return receipts[0], nil
}

// kept yields what REJECTED holds for the subject, from a time or a sequence on.
func (c *Conn) kept(ctx context.Context, org, subject string, since time.Time, first uint64) iter.Seq2[*jetstream.RawStreamMsg, error] {
	return func(yield func(*jetstream.RawStreamMsg, error) bool) {
		from := jetstreamext.GetBatchSeq(max(first, 1))
		if first == 0 && !since.IsZero() {
			from = jetstreamext.GetBatchStartTime(since)
		}
		next := reviewRequest{Subject: subject, Sequence: max(first, 1), Since: since}
		for {
			var last uint64
			var err error
			if c.org != "" {
				last, err = c.reviewOne(ctx, org, next, yield)
			} else {
				last, err = c.batchOf(ctx, subject, from, yield)
			}
			if errors.Is(err, jetstreamext.ErrNoMessages) || errors.Is(err, errEnough) {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("read %s: %w", Rejected, err))
				return
			}
			from = jetstreamext.GetBatchSeq(last + 1)
			next.Sequence, next.Since = last+1, time.Time{}
		}
	}
}

var errEnough = errors.New("enough")

// batchOf yields some, and returns the sequence of the last of them.
func (c *Conn) batchOf(ctx context.Context, subject string, from jetstreamext.GetBatchOpt, yield func(*jetstream.RawStreamMsg, error) bool) (last uint64, err error) {
	messages, err := jetstreamext.GetBatch(ctx, c.js, Rejected, 256, jetstreamext.GetBatchSubject(subject), from, jetstreamext.GetBatchMaxBytes(8<<20))
	if err != nil {
		return 0, err
	}
	for m, err := range messages {
		if err != nil {
			return last, err
		}
		last = m.Sequence
		if !yield(m, nil) {
			return last, errEnough
		}
	}
	if last == 0 {
		return 0, errNoAnswer
	}
	return last, nil
}

// reviewRequest is what an organisation asks on its review subject: for the first message of a subject from a sequence or time on,
// or that it be said of a rejection that it is resolved.
type reviewRequest struct {
	Subject  string            `json:"subject,omitempty"`
	Sequence uint64            `json:"sequence,omitempty"`
	Since    time.Time         `json:"since,omitzero"`
	Resolve  map[string]string `json:"resolve,omitempty"`
}

func (c *Conn) reviewOne(ctx context.Context, org string, ask reviewRequest, yield func(*jetstream.RawStreamMsg, error) bool) (uint64, error) {
	m, err := c.review(ctx, org, ask)
	if err != nil {
		return 0, err
	}
	sequence, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("answer without a sequence: %w", err)
	}
	at, err := time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp"))
	if err != nil {
		return 0, fmt.Errorf("answer without a time: %w", err)
	}
	if !yield(&jetstream.RawStreamMsg{Subject: m.Header.Get("Nats-Subject"), Sequence: sequence, Header: m.Header, Data: m.Data, Time: at}, nil) {
		return sequence, errEnough
	}
	return sequence, nil
}

func (c *Conn) askReview(ctx context.Context, org string, ask reviewRequest) error {
	_, err := c.review(ctx, org, ask)
	return err
}

func (c *Conn) review(ctx context.Context, org string, ask reviewRequest) (*nats.Msg, error) {
	body, err := json.Marshal(ask)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	m, err := c.nc.RequestWithContext(ctx, ReviewSubject(org), body)
	if errors.Is(err, nats.ErrNoResponders) {
		return nil, errors.New("nobody answers for kept rejections: is the archive running?")
	}
	if err != nil {
		return nil, err
	}
	switch m.Header.Get(headerStatus) {
	case "":
		return m, nil
	case "404":
		return nil, jetstreamext.ErrNoMessages
	default:
		return nil, fmt.Errorf("%s %s", m.Header.Get(headerStatus), m.Header.Get(headerDescription))
	}
}

// ServeReview answers organisations that ask for what REJECTED keeps of theirs, until ctx ends. The broker alone cannot: its own look-up
// takes the subject from the body of the request, where no permission reaches. Several may serve at once.
func (c *Conn) ServeReview(ctx context.Context) error {
	sub, err := c.nc.QueueSubscribe(ReviewSubject("*"), "review", func(m *nats.Msg) {
		if err := m.RespondMsg(c.reviewAnswer(ctx, m)); err != nil && ctx.Err() == nil {
			c.log.Warn("review not answered", "subject", m.Subject, "error", err)
		}
	})
	if err != nil {
		return fmt.Errorf("serve reviews: %w", err)
	}
	ended := make(chan struct{})
	sub.SetClosedHandler(func(string) { close(ended) })
	<-ctx.Done()
	if err := sub.Drain(); err != nil {
		return nil //nolint:nilerr // the connection is gone, and the subscription with it
	}
	select {
	case <-ended:
	case <-c.closed:
	}
	return nil
}

func (c *Conn) reviewAnswer(ctx context.Context, m *nats.Msg) *nats.Msg {
	org := strings.TrimPrefix(m.Subject, "review.")
	var ask reviewRequest
	if err := json.Unmarshal(m.Data, &ask); err != nil || !trade.ValidOrg(org) {
		return failed("400", "not a review request")
	}
	if ask.Resolve != nil {
		out := Outgoing{Subject: RejectedSubject(org, stageResolved), Header: map[string]string{
			HeaderResolves: ask.Resolve[HeaderResolves], HeaderBy: ask.Resolve[HeaderBy],
		}}
		receipts, err := c.Publisher(PublisherConfig{}).Publish(ctx, []Outgoing{out})
		if err == nil {
			err = receipts[0].Err
		}
		if err != nil {
			return failed("503", err.Error())
		}
		return &nats.Msg{}
	}
	if owner, stage, _ := strings.Cut(strings.TrimPrefix(ask.Subject, "rejected."), "."); owner != org || stage != "*" && !validToken(stage) {
		return failed("403", "rejected."+org+".* only")
	}
	look := map[string]any{"next_by_subj": ask.Subject, "seq": ask.Sequence}
	if !ask.Since.IsZero() {
		look = map[string]any{"batch": 1, "next_by_subj": ask.Subject, "start_time": ask.Since}
	}
	body, err := json.Marshal(look)
	if err != nil {
		return failed("400", err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	answer, err := c.nc.RequestWithContext(ctx, c.api("DIRECT.GET."+Rejected), body)
	if err != nil {
		return failed("503", err.Error())
	}
	return &nats.Msg{Header: answer.Header, Data: answer.Data}
}

func failed(status, description string) *nats.Msg {
	return &nats.Msg{Header: nats.Header{headerStatus: {status}, headerDescription: {description}}}
}
