package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// fencedDomain is the JetStream domain under which an organisation's account imports what it may ask for.
const fencedDomain = "oneorder"

// fence finds out whether the user is the organisation's: then its account has imported the consumer of its name, and
// nobody else's has. While the broker changes its accounts, nobody listens there for a moment; who is none of them is answered
// under the plain prefix.
func (c *Conn) fence(ctx context.Context, org string) error {
	if org == "" {
		return nil
	}
	ask := func(subject string, within time.Duration) error {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		_, err := c.nc.RequestWithContext(ctx, subject, nil)
		return err
	}
	own := "$JS." + fencedDomain + ".API.CONSUMER.INFO." + Rejected + "." + org
	for until := time.Now().Add(apiTimeout); ; {
		err := ask(own, apiTimeout)
		if err == nil {
			c.org = org
			return nil
		}
		if errors.Is(err, nats.ErrNoResponders) && (ask("$JS.API.INFO", 250*time.Millisecond) == nil || time.Now().After(until)) || c.denied.has(own) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("ask the broker about user %s: %w", org, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Org is the organisation that this connection can speak for and read of; "": every one.
func (c *Conn) Org() string { return c.org }

func (c *Conn) jetstream() (jetstream.JetStream, error) {
	if c.org != "" {
		return jetstream.NewWithDomain(c.nc, fencedDomain, jetstream.WithDefaultTimeout(apiTimeout))
	}
	return jetstream.New(c.nc, jetstream.WithDefaultTimeout(apiTimeout))
}

// api is the subject of a JetStream API call.
func (c *Conn) api(call string) string {
	if c.org != "" {
		return "$JS." + fencedDomain + ".API." + call
	}
	return "$JS.API." + call
}

// Unauthorized says whether the broker refused the user, its password, or that there was none.
func Unauthorized(err error) bool { return errors.Is(err, nats.ErrAuthorization) }

// ErrNoReader says that no reader of this name has begun yet.
var ErrNoReader = errors.New("no such reader yet")

// Written is how far the reader of this name has written: messages up to this sequence have taken effect, or were
// rejected. An organisation may ask it of the archive.
func (c *Conn) Written(ctx context.Context, reader string) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	m, err := c.nc.RequestWithContext(ctx, c.api("DIRECT.GET.KV_"+Readers+".$KV."+Readers+"."+reader), nil)
	if err != nil {
		return 0, fmt.Errorf("record of reader %s: %w", reader, err)
	}
	if status := m.Header.Get(headerStatus); status != "" {
		return 0, fmt.Errorf("reader %s: %w", reader, ErrNoReader)
	}
	var rec record
	if err := json.Unmarshal(m.Data, &rec); err != nil {
		return 0, fmt.Errorf("record of reader %s: %w", reader, err)
	}
	return rec.Written, nil
}

// EnsureOrgs makes the durable consumers from which each organisation reads its rejects and its notices, also those that were
// stored while it was away: of its name, on REJECTED and on CHAINS.
func (c *Conn) EnsureOrgs(ctx context.Context, orgs []string) error {
	for _, org := range orgs {
		for stream, subject := range map[string]string{Rejected: RejectedSubject(org, ">"), Chains: ChainsSubject(org)} {
			err := c.retry(ctx, func() error {
				_, err := c.js.CreateOrUpdateConsumer(ctx, stream, jetstream.ConsumerConfig{
					Durable: org, Description: "What " + org + " reads.", FilterSubject: subject,
					DeliverPolicy: jetstream.DeliverAllPolicy, AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Minute, MaxDeliver: -1,
				})
				return err
			})
			if err != nil {
				return fmt.Errorf("consumer %s of %s: %w", org, stream, err)
			}
		}
	}
	return nil
}

// denials are the subjects that the broker has refused to let this connection publish to.
type denials struct {
	mu       sync.Mutex
	subjects map[string]bool
}

// note keeps the subject, if err says that publishing to it was refused.
func (d *denials) note(err error) bool {
	if !errors.Is(err, nats.ErrPermissionViolation) {
		return false
	}
	_, rest, ok := strings.Cut(err.Error(), `Publish to "`)
	subject, _, whole := strings.Cut(rest, `"`)
	if !ok || !whole {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.subjects == nil || len(d.subjects) > 10_000 {
		d.subjects = make(map[string]bool)
	}
	d.subjects[subject] = true
	return true
}

func (d *denials) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.subjects = nil
}

// has says whether the subject was refused. Rights change with a reconnection at the earliest.
func (d *denials) has(subject string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.subjects[subject]
}
