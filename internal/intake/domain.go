package intake

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"oneorder/internal/service"
	"oneorder/internal/standard"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// unknownOrg takes the refusals of documents whose subject names no organisation.
const unknownOrg = "unknown"

// Endpoint is a route that takes documents of one format.
type Endpoint struct {
	Method string // "": POST
	Path   string
	Format string // name of a format of the domain
	// Convert is for a path that takes some documents of the format only; nil: the format's own.
	Convert func(data []byte, o standard.Options) ([]*trade.Event, error)
	// Partial takes the sound events of a document that is at fault in others.
	Partial bool
	// Claim is asked about the events of a sound document before they are stored, where the path's standard takes such
	// a document once only; may be nil. Its error is answered with 409, and settle is told whether they were stored.
	Claim func(events []*trade.Event) (settle func(stored bool), err error)
	// Verify refuses a request whose body is not what its headers say; may be nil.
	Verify func(r *http.Request, body []byte) error
	// Reply answers once every event of the document is stored; nil answers 200 with the counts.
	Reply func(w http.ResponseWriter, taken Taken)
	// Refuse answers with an error as the path's standard has it; nil answers with problem details.
	Refuse func(w http.ResponseWriter, r *http.Request, p service.Problem)
}

func (e Endpoint) refuse(w http.ResponseWriter, r *http.Request, p service.Problem) {
	if e.Refuse != nil {
		e.Refuse(w, r, p)
		return
	}
	p.Write(w)
}

// Taken is what a document became.
type Taken struct {
	Events    int `json:"events"`
	Duplicate int `json:"duplicate"` // of the events, stored before

	Faults trade.Faults `json:"faults,omitempty"` // of what was left out, where the endpoint takes part of a document
}

// Domain is one of the four legs: its documents over HTTP and from the inbox, and its canonical events at
// the Desk. It is a service.Component.
type Domain struct {
	name      string
	desk      *Desk
	formats   map[string]standard.Format
	endpoints []Endpoint
	metrics   *Metrics
	stored    func([]*trade.Event)  // is told of the events of each document that was stored; may be nil
	inbox     atomic.Pointer[error] // why documents of the inbox are not handled; nil while they are
}

// Open makes the desk take the events of the domain, and documents of the formats.
func (d *Desk) Open(name string, metrics *Metrics, formats []standard.Format, endpoints []Endpoint) *Domain {
	domain := &Domain{name: name, desk: d, formats: map[string]standard.Format{}, endpoints: endpoints, metrics: metrics}
	for _, f := range formats {
		domain.formats[f.Name] = f
	}
	d.domains[name] = domain
	return domain
}

// Name of the component: the domain.
func (d *Domain) Name() string { return d.name }

// OnStored has f told of the events of each document that was stored, whichever way it came. It is set before the domain
// runs, and f must be safe for concurrent use.
func (d *Domain) OnStored(f func([]*trade.Event)) { d.stored = f }

// Collectors gives the domain's counters.
func (d *Domain) Collectors() []prometheus.Collector { return d.metrics.Collectors() }

// Health says why documents of the inbox are not handled, if they are not.
func (d *Domain) Health() error {
	if err := d.inbox.Load(); err != nil && *err != nil {
		return fmt.Errorf("inbox: %w", *err)
	}
	return nil
}

// Admit implements service.Doorkeeper, as the desk does.
func (d *Domain) Admit(local bool) error { return d.desk.Admit(local) }

// Routes registers the document routes.
func (d *Domain) Routes(mux *http.ServeMux) {
	for _, e := range d.endpoints {
		method := e.Method
		if method == "" {
			method = http.MethodPost
		}
		mux.Handle(method+" "+e.Path, d.desk.request(e.refuse, func(w http.ResponseWriter, r *http.Request, caller Caller, body []byte) {
			d.document(w, r, e, caller, body)
		}))
	}
}

// Handle registers a route of a protocol that needs more than one answer to a document. What every way in has in
// common is done before next, whose org is the organisation that documents are from, and its refusals are answered by
// refuse.
func (d *Domain) Handle(
	mux *http.ServeMux, pattern string,
	refuse func(http.ResponseWriter, *http.Request, service.Problem),
	next func(w http.ResponseWriter, r *http.Request, org string, body []byte),
) {
	mux.Handle(pattern, d.desk.request(refuse, func(w http.ResponseWriter, r *http.Request, caller Caller, body []byte) {
		if wait := d.desk.rates.spend(caller, 1); wait > 0 {
			refuse(w, r, tooMany(w, wait, "your organisation sends more than its share"))
			return
		}
		org := caller.Org
		if org == "" {
			org = d.desk.config.Org
		}
		next(w, r, org, body)
	}))
}

// Take converts a document that came in by a route of Handle, and stores its events, all of them or none. A
// trade.Faults says that the document is at fault, and then it is kept in REJECTED; another error that not all of it is
// known to be stored. format is one of the domain.
func (d *Domain) Take(ctx context.Context, format, org string, body []byte) (Taken, error) {
	taken, err := d.take(ctx, d.formats[format], org, time.Now().UTC(), body, Endpoint{})
	status := Accepted
	if faults := trade.Faults(nil); errors.As(err, &faults) {
		status = Rejected
		d.keep(ctx, org, format, faults, body)
	} else if err != nil {
		status = Failed
	}
	d.metrics.document(format, overHTTP, status)
	return taken, err
}

// document answers a request that brings a document: everything in it is stored, or nothing is. One that is at fault is kept in
// REJECTED as well: who pushes documents often reads no answers.
func (d *Domain) document(w http.ResponseWriter, r *http.Request, e Endpoint, caller Caller, body []byte) {
	if e.Verify != nil {
		if err := e.Verify(r, body); err != nil {
			e.refuse(w, r, service.Problem{Status: http.StatusUnauthorized, Title: "the signature does not fit", Detail: err.Error()})
			return
		}
	}
	if wait := d.desk.rates.spend(caller, 1); wait > 0 {
		e.refuse(w, r, tooMany(w, wait, "your organisation sends more than its share"))
		return
	}
	org := caller.Org
	if org == "" {
		org = d.desk.config.Org
	}
	format := d.formats[e.Format]
	if e.Convert != nil {
		format.Convert = e.Convert
	}
	taken, err := d.take(r.Context(), format, org, time.Now().UTC(), body, e)
	var faults trade.Faults
	var before conflict
	switch {
	case errors.As(err, &before):
		d.metrics.document(e.Format, overHTTP, Duplicate)
		e.refuse(w, r, service.Problem{Status: http.StatusConflict, Title: "this was taken before", Detail: before.Error()})
	case errors.As(err, &faults):
		d.metrics.document(e.Format, overHTTP, Rejected)
		d.keep(r.Context(), org, e.Format, faults, body)
		e.refuse(w, r, service.Problem{
			Status: http.StatusBadRequest, Title: "the document is at fault",
			Detail: "nothing of it was taken; mend it and send it again", Faults: faults,
		})
	case err != nil:
		d.metrics.document(e.Format, overHTTP, Failed)
		w.Header().Set("Retry-After", seconds(behind))
		e.refuse(w, r, service.Problem{
			Status: http.StatusServiceUnavailable, Title: "not every event is known to be stored: send the document again",
			Detail: err.Error(),
		})
	default:
		d.metrics.document(e.Format, overHTTP, Accepted)
		d.keep(r.Context(), org, e.Format, taken.Faults, body)
		if e.Reply != nil {
			e.Reply(w, taken)
			return
		}
		service.WriteJSON(w, http.StatusOK, service.JSONMedia, taken)
	}
}

// keep puts a document that came over HTTP and is at fault, wholly or in part, into REJECTED.
func (d *Domain) keep(ctx context.Context, org, format string, faults trade.Faults, body []byte) {
	if len(faults) == 0 {
		return
	}
	if err := d.reject(ctx, org, faults, stream.Refused{Subject: stream.InboxSubject(org, format), Data: body}); err != nil {
		d.desk.log.Warn("a refused document is not kept, but its sender has the answer", "format", format, "error", err)
	}
}

// conflict is an error of Endpoint.Claim.
type conflict struct{ error }

// take converts a document and stores its events, those that are sound even if others are not where part of it will
// do. A trade.Faults says that the document is at fault, and a conflict that it was taken before, and that nothing of it
// was published; another error that not all of it is known to be stored.
func (d *Domain) take(ctx context.Context, f standard.Format, org string, received time.Time, body []byte, e Endpoint) (Taken, error) {
	events, err := d.convert(f, body, standard.Options{Org: org, Received: received, KnownPlace: d.desk.config.KnownPlace})
	var left trade.Faults
	if err != nil && (!e.Partial || len(events) == 0 || !errors.As(err, &left)) {
		return Taken{}, err
	}
	settle := func(bool) {}
	if e.Claim != nil {
		if settle, err = e.Claim(events); err != nil {
			return Taken{}, conflict{err}
		}
	}
	taken, err := d.store(ctx, org, events)
	taken.Faults = left
	if settle(err == nil); err == nil && d.stored != nil {
		d.stored(events)
	}
	return taken, err
}

// store stores the events of a document.
func (d *Domain) store(ctx context.Context, org string, events []*trade.Event) (Taken, error) {
	messages := make([]stream.Outgoing, 0, len(events))
	decoder := d.desk.decoders.Get().(*wire.Decoder)
	defer d.desk.decoders.Put(decoder)
	for i, e := range events {
		text := wire.Append(nil, e)
		var back trade.Event
		if err := decoder.Decode(text, &back); err != nil {
			return Taken{}, inEvent(i, err)
		}
		if faults := authorise(&back, Caller{Org: org}); faults != nil {
			return Taken{}, within(i, faults)
		}
		messages = append(messages, stream.Outgoing{
			Subject: stream.EventSubject(org, back.Type),
			MsgID:   MessageID(&back),
			Data:    text,
		})
	}
	taken := Taken{Events: len(messages)}
	var refused trade.Faults
	failed, reason := 0, ""
	for i, s := range d.desk.publish(ctx, messages) {
		d.metrics.event(s.status)
		switch s.status {
		case Duplicate:
			taken.Duplicate++
		case Rejected:
			refused = append(refused, within(i, s.faults)...)
		case Failed:
			failed, reason = failed+1, s.reason
		case Accepted:
		}
	}
	switch {
	case failed > 0:
		return taken, fmt.Errorf("%w: %d of %d: %s", errDocumentFailed, failed, len(messages), reason)
	case refused != nil:
		return taken, refused
	}
	return taken, nil
}

// convert is f.Convert, whose every error is a trade.Faults: bytes that made it panic once would again, and
// must neither end the process nor come back from the inbox for ever.
func (d *Domain) convert(f standard.Format, body []byte, o standard.Options) (events []*trade.Event, err error) {
	defer func() {
		if r := recover(); r != nil {
			d.desk.log.Error("conversion broke down", "format", f.Name, "reason", r, "stack", string(debug.Stack()))
			events, err = nil, trade.Faults{{Code: "conversion_failed", Message: "a document that this version can read; please report it"}}
		}
	}()
	events, err = f.Convert(body, o)
	var faults trade.Faults
	if err != nil && !errors.As(err, &faults) {
		return nil, trade.Faults{{Code: "conversion_failed", Value: trade.Quote(err.Error()), Message: "a document of the format " + f.Name}}
	}
	return events, err
}

// inEvent says of which of a document's events the error is.
func inEvent(i int, err error) error {
	var faults trade.Faults
	if errors.As(err, &faults) {
		return within(i, faults)
	}
	return fmt.Errorf("event %d made from the document: %w", i+1, err)
}

func within(i int, faults trade.Faults) trade.Faults {
	faults = slices.Clone(faults)
	for j := range faults {
		faults[j].Message += fmt.Sprintf(" (in event %d made from the document)", i+1)
	}
	return faults
}

// Run reads the inbox of every format until ctx ends. A domain without formats only waits.
func (d *Domain) Run(ctx context.Context) error {
	if len(d.formats) == 0 {
		<-ctx.Done()
		return nil
	}
	subjects := make([]string, 0, len(d.formats))
	for name := range d.formats {
		subjects = append(subjects, stream.InboxSubject("*", name))
	}
	slices.Sort(subjects)
	return d.desk.conn.Inbox(ctx, stream.InboxConfig{
		Name: d.name, Subjects: subjects, Logger: d.desk.log,
		OnHealth: func(err error) { d.inbox.Store(&err) },
	}, d.received)
}

// received deals with one document of the inbox: its events are stored, or it goes to REJECTED with the
// reason. An error brings it again.
func (d *Domain) received(ctx context.Context, m stream.InboxMessage) error {
	org, name := m.Org, m.Format
	format, known := d.formats[name]
	if !known || !trade.ValidOrg(org) {
		return d.reject(ctx, unknownOrg, trade.Faults{{
			Code: "subject_malformed", Value: trade.Quote(m.Subject), Message: "inbox.<org>.<format>",
		}}, refused(m))
	}
	_, err := d.take(ctx, format, org, m.Time, m.Data, Endpoint{})
	var faults trade.Faults
	if errors.As(err, &faults) {
		d.metrics.document(name, overInbox, Rejected)
		return d.reject(ctx, org, faults, refused(m))
	}
	if err != nil {
		d.metrics.document(name, overInbox, Failed)
		return fmt.Errorf("take %s message %d: %w", m.Subject, m.Sequence, err)
	}
	d.metrics.document(name, overInbox, Accepted)
	return nil
}

func refused(m stream.InboxMessage) stream.Refused {
	return stream.Refused{Subject: m.Subject, Sequence: m.Sequence, Received: m.Time, Header: m.Header, Data: m.Data}
}
