package stream

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Settings say how the streams are made. The zero value is right for one machine. Where a field is zero, a new
// stream gets the default and an existing one keeps what it has.
type Settings struct {
	Replicas int // of every stream; default 1, 3 on a cluster

	EventsBytes   int64 // of EVENTS, which refuses publishers when full; default 8 GiB. The broker reserves it
	InboxBytes    int64 // of INBOX, likewise; default 1 GiB
	RejectedBytes int64 // of REJECTED, which drops its oldest; default 1 GiB
	ChainsBytes   int64 // of CHAINS, which drops its oldest; default 512 MiB

	InboxAge    time.Duration // documents older are dropped; default 30 days
	RejectedAge time.Duration // rejects older are dropped; default 90 days
	ChainsAge   time.Duration // notices older are dropped; default 7 days

	// Duplicates is how long the broker knows a MsgID; default 2 minutes. Each known one costs it about 150 bytes of
	// memory.
	Duplicates time.Duration
}

const day = 24 * time.Hour

// plan is one stream: what this version needs of it, and the sizes, which an operator may have changed.
type plan struct {
	need  jetstream.StreamConfig
	bytes size[int64]
	age   size[time.Duration]
}

// size is a limit: what the settings ask for, or 0, and the default of a new stream, or 0 for none.
type size[T int64 | time.Duration] struct{ asked, usual T }

func (s size[T]) of(now T, fresh bool) T {
	switch {
	case s.asked != 0:
		return s.asked
	case fresh:
		return s.usual
	default:
		return now
	}
}

func (s Settings) plans() []plan {
	stream := func(name, subject, description string, discard jetstream.DiscardPolicy) jetstream.StreamConfig {
		return jetstream.StreamConfig{
			Name: name, Subjects: []string{subject}, Description: description,
			Retention: jetstream.LimitsPolicy, Discard: discard, Storage: jetstream.FileStorage,
			AllowAtomicPublish: true, AllowDirect: true,
		}
	}
	events := stream(Events, "events.>", "Canonical events. Full, it refuses publishers.", jetstream.DiscardNew)
	// One event taken out would be a gap that stops every reader.
	events.DenyDelete = true
	return []plan{
		{
			need:  stream(Inbox, "inbox.>", "Standard documents as they came.", jetstream.DiscardNew),
			bytes: size[int64]{s.InboxBytes, 1 << 30}, age: size[time.Duration]{s.InboxAge, 30 * day},
		},
		{need: events, bytes: size[int64]{s.EventsBytes, 8 << 30}},
		{
			need:  stream(Rejected, "rejected.>", "Refused messages, with the reason in their headers.", jetstream.DiscardOld),
			bytes: size[int64]{s.RejectedBytes, 1 << 30}, age: size[time.Duration]{s.RejectedAge, 90 * day},
		},
		{
			need:  stream(Chains, "chains.>", "Notices of changed chains.", jetstream.DiscardOld),
			bytes: size[int64]{s.ChainsBytes, 512 << 20}, age: size[time.Duration]{s.ChainsAge, 7 * day},
		},
	}
}

// Ensure makes the streams and the bucket of reader records, or brings existing ones up to what this version needs.
// It is idempotent, safe to call from several processes at once, and never makes a stream
// smaller than what it holds. While the broker does not answer it tries again until ctx ends.
func (c *Conn) Ensure(ctx context.Context, s Settings) error {
	for _, p := range s.plans() {
		if err := c.retry(ctx, func() error { return c.ensureStream(ctx, s, p) }); err != nil {
			return fmt.Errorf("ensure stream %s: %w", p.need.Name, err)
		}
	}
	if err := c.retry(ctx, func() error { return c.ensureBucket(ctx, s) }); err != nil {
		return fmt.Errorf("ensure bucket %s: %w", Readers, err)
	}
	return nil
}

func (c *Conn) ensureStream(ctx context.Context, s Settings, p plan) error {
	st, err := c.js.Stream(ctx, p.need.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = c.js.CreateStream(ctx, s.config(p, p.need, true))
		if !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			return err
		}
		st, err = c.js.Stream(ctx, p.need.Name)
	}
	if err != nil {
		return err
	}
	info := st.CachedInfo()
	want := s.config(p, info.Config, false)
	if want.MaxBytes > 0 && uint64(want.MaxBytes) < info.State.Bytes {
		return fatal(fmt.Errorf("it holds %d bytes, and is asked to hold at most %d: purge it or raise the limit", info.State.Bytes, want.MaxBytes))
	}
	if reflect.DeepEqual(want, info.Config) {
		return nil
	}
	_, err = c.js.UpdateStream(ctx, want)
	return err
}

// config is what the stream should have, starting from what it has.
func (s Settings) config(p plan, now jetstream.StreamConfig, fresh bool) jetstream.StreamConfig {
	cfg, need := now, p.need
	cfg.Subjects, cfg.Description = need.Subjects, need.Description
	cfg.Retention, cfg.Discard = need.Retention, need.Discard
	cfg.AllowAtomicPublish, cfg.AllowDirect = need.AllowAtomicPublish, need.AllowDirect
	cfg.DenyDelete = now.DenyDelete || need.DenyDelete
	cfg.MaxBytes = p.bytes.of(now.MaxBytes, fresh)
	cfg.MaxAge = p.age.of(now.MaxAge, fresh)
	cfg.Duplicates = size[time.Duration]{s.Duplicates, 2 * time.Minute}.of(now.Duplicates, fresh)
	cfg.Replicas = int(size[int64]{int64(s.Replicas), 1}.of(int64(now.Replicas), fresh))
	return cfg
}

func (c *Conn) ensureBucket(ctx context.Context, s Settings) error {
	cfg := jetstream.KeyValueConfig{
		Bucket: Readers, Description: "Where each reader stands; the fence between readers of one name.",
		History: 8, Storage: jetstream.FileStorage, Replicas: max(s.Replicas, 1),
	}
	kv, err := c.js.KeyValue(ctx, Readers)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		_, err = c.js.CreateKeyValue(ctx, cfg)
		if !errors.Is(err, jetstream.ErrBucketExists) {
			return err
		}
		return nil
	}
	if err != nil || s.Replicas == 0 {
		return err
	}
	status, err := kv.Status(ctx)
	if err != nil {
		return err
	}
	if status.Config().Replicas == s.Replicas {
		return nil
	}
	_, err = c.js.UpdateKeyValue(ctx, cfg)
	return err
}

// retry calls f until it returns nil, or an error that the broker means, or ctx has ended.
func (c *Conn) retry(ctx context.Context, f func() error) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := f()
		if err == nil || permanent(err) || !away(err) {
			return err
		}
		if stop := c.pause(ctx, wait); stop != nil {
			return fmt.Errorf("%w (%w)", stop, err)
		}
	}
}

// away says whether err is about reaching the broker, not about what was asked of it.
func away(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.Code == 503 || api.ErrorCode == codeNotLeader
	}
	for _, e := range []error{
		context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrDisconnected, nats.ErrConnectionReconnecting,
		nats.ErrReconnectBufExceeded, nats.ErrStaleConnection, nats.ErrNoServers,
		jetstream.ErrJetStreamNotEnabled, jetstream.ErrNoStreamResponse,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return isNetError(err)
}
