package intake

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Config bounds what a Desk takes. A zero member is its default.
type Config struct {
	Org           string                     // whose documents come from a caller that names nobody; "local"
	Door          Door                       // says who calls
	MaxBody       int64                      // bytes of a request, unpacked; 8 MiB
	MaxEvents     int                        // events of a request; 10,000
	MaxRequests   int                        // requests read at once, of one organisation a quarter of them, the others get 429; 32
	OrgRate       float64                    // events a second of one organisation, on average, the others get 429; 5,000. A document counts as one
	PublishWithin time.Duration              // how long a request waits for the broker before it gets 503; 20 s
	KnownPlace    func(unlocode string) bool // whether the place table has it, for documents; may be nil
}

func (c Config) withDefaults() Config {
	if c.Org == "" {
		c.Org = "local"
	}
	if c.MaxBody == 0 {
		c.MaxBody = 8 << 20
	}
	if c.MaxEvents == 0 {
		c.MaxEvents = 10_000
	}
	if c.MaxRequests == 0 {
		c.MaxRequests = 32
	}
	if c.OrgRate == 0 {
		c.OrgRate = 5000
	}
	if c.PublishWithin == 0 {
		c.PublishWithin = 20 * time.Second
	}
	return c
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	c = c.withDefaults()
	var faults []error
	if !trade.ValidOrg(c.Org) {
		faults = append(faults, fmt.Errorf("org %q: %w", c.Org, errOrg))
	}
	if c.MaxBody < trade.MaxEventBytes {
		faults = append(faults, fmt.Errorf("body limit %d is below that of one event, %d bytes", c.MaxBody, trade.MaxEventBytes))
	}
	if c.MaxEvents < 1 || c.MaxRequests < 1 || c.PublishWithin < 0 || c.OrgRate < 0 {
		faults = append(faults, errors.New("limits of events, requests, rate and waiting must be positive"))
	}
	return errors.Join(faults...)
}

// Desk takes canonical events over HTTP for the domains opened at it. It is a service.Component.
type Desk struct {
	config    Config
	log       *slog.Logger
	conn      *stream.Conn
	publisher *stream.Publisher
	domains   map[string]*Domain
	decoders  sync.Pool
	seats     *seats
	rates     rates
	local     bool     // only this machine reaches the address
	stray     *Metrics // events of no domain that is served here
}

// New makes a Desk that does nothing yet. Open its domains before its routes are asked for.
func New(config Config, log *slog.Logger, conn *stream.Conn) *Desk {
	config = config.withDefaults()
	return &Desk{
		config:    config,
		log:       log,
		conn:      conn,
		publisher: conn.Publisher(stream.PublisherConfig{Logger: log}),
		domains:   map[string]*Domain{},
		decoders:  sync.Pool{New: func() any { return new(wire.Decoder) }},
		seats:     newSeats(config.MaxRequests),
		rates:     newRates(config.OrgRate, config.MaxEvents),
		local:     true,
		stray:     NewMetrics("intake"),
	}
}

// Name of the component.
func (d *Desk) Name() string { return "intake" }

// Run blocks until ctx ends: a Desk works in the requests it answers.
func (d *Desk) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Health is nil while the broker can be reached.
func (d *Desk) Health() error { return d.conn.Health() }

// Collectors gives the counters of events that no domain here takes.
func (d *Desk) Collectors() []prometheus.Collector { return d.stray.Collectors() }

// Admit implements service.Doorkeeper: beyond loopback somebody must be registered, or the operator have a token.
func (d *Desk) Admit(local bool) error {
	d.local = local
	if !local && d.config.Door.open() {
		return errors.New("beyond loopback those who send need a credential: register an organisation (`oneorder org add ORG`), set ONEORDER_HTTP_TOKEN for yourself, or listen on 127.0.0.1")
	}
	return nil
}

// Routes registers POST /events.
func (d *Desk) Routes(mux *http.ServeMux) {
	mux.Handle("POST /events", d.request(refusal, d.events))
}

// refusal answers with problem details.
func refusal(w http.ResponseWriter, _ *http.Request, p service.Problem) { p.Write(w) }

// request does what every way in over HTTP has in common: it bounds the requests read at once, asks who
// calls, reads the body, and limits the wait for the broker. What it refuses is answered by refuse.
func (d *Desk) request(
	refuse func(http.ResponseWriter, *http.Request, service.Problem),
	next func(w http.ResponseWriter, r *http.Request, caller Caller, body []byte),
) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, err := d.config.Door.caller(r, d.local)
		if err != nil {
			refuse(w, r, turnAway(w, err))
			return
		}
		if wait := d.rates.spent(caller); wait > 0 {
			refuse(w, r, tooMany(w, wait, "your organisation sends more than its share"))
			return
		}
		leave := d.seats.take(caller)
		if leave == nil {
			refuse(w, r, tooMany(w, behind, "too many requests at once"))
			return
		}
		defer leave()
		body, problem := readBody(w, r, d.config.MaxBody)
		if problem != nil {
			refuse(w, r, *problem)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), d.config.PublishWithin)
		defer cancel()
		next(w, r.WithContext(ctx), caller, body)
	})
}

// events answers POST /events. What it refuses stands in REJECTED as well.
func (d *Desk) events(w http.ResponseWriter, r *http.Request, caller Caller, body []byte) {
	texts, problem := split(r, body, d.config.MaxEvents)
	if problem != nil {
		problem.Write(w)
		return
	}
	if wait := d.rates.spend(caller, len(texts)); wait > 0 {
		tooMany(w, wait, "your organisation sends more than its share").Write(w)
		return
	}
	outcomes := make([]Outcome, len(texts))
	counters := make([]*Metrics, len(texts))
	messages := make([]stream.Outgoing, 0, len(texts))
	places := make([]int, 0, len(texts)) // of each message in outcomes
	var refused []stream.Rejection
	decoder := d.decoders.Get().(*wire.Decoder)
	for i, text := range texts {
		var e trade.Event
		outcomes[i].Index = i
		counters[i] = d.stray
		err := decoder.Decode(text, &e)
		outcomes[i].ID, outcomes[i].Source = strings.Clone(e.ID), strings.Clone(e.Source)
		if domain := d.domains[e.Type.Domain()]; domain != nil {
			counters[i] = domain.metrics
		}
		if faults := d.refuse(err, &e, caller); faults != nil {
			outcomes[i].Status, outcomes[i].Faults = Rejected, faults
			refused = append(refused, d.rejection(text, &e, caller, faults))
			continue
		}
		places = append(places, i)
		messages = append(messages, stream.Outgoing{
			Subject: stream.EventSubject(e.Org(), e.Type),
			MsgID:   MessageID(&e),
			Data:    text,
		})
	}
	d.decoders.Put(decoder)
	for i, s := range d.publish(r.Context(), messages) {
		o := &outcomes[places[i]]
		o.Status, o.Sequence, o.Reason, o.Faults = s.status, s.sequence, s.reason, s.faults
		if s.status == Rejected {
			org, _, _ := stream.ParseEventSubject(messages[i].Subject)
			refused = append(refused, stream.Reject(org, StageIntake, s.faults, stream.Refused{Subject: messages[i].Subject, Data: messages[i].Data}))
		}
	}
	d.keep(r.Context(), caller, refused)
	for i := range outcomes {
		counters[i].event(outcomes[i].Status)
	}
	answer(outcomes).write(w)
}

// refuse gives the faults of an event that was decoded with err, for a caller of this organisation.
func (d *Desk) refuse(err error, e *trade.Event, caller Caller) trade.Faults {
	var faults trade.Faults
	if err != nil && !errors.As(err, &faults) {
		return trade.Faults{{Code: "malformed", Value: err.Error(), Message: "an event (docs/enterprise.md)"}}
	}
	var apart trade.Faults // of an event that is at fault, as much as could be read
	if err == nil || e.Source != "" {
		apart = authorise(e, caller)
	}
	if d.domains[e.Type.Domain()] == nil && (err == nil || e.Type.Known()) {
		apart = append(apart, trade.Fault{
			Code: "domain_not_served", Pointer: "/type", Value: trade.Quote(string(e.Type)),
			Message: "a type of " + strings.Join(d.served(), ", ") + ": this address takes no others",
		})
	}
	return wire.Together(faults, apart)
}

func (d *Desk) served() []string {
	names := make([]string, 0, len(d.domains))
	for name := range d.domains {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// MessageID is the Nats-Msg-Id of an event: the same for the same source, id, revision and content.
func MessageID(e *trade.Event) string {
	digest := wire.Digest(e)
	return hex.EncodeToString(digest[:16])
}
