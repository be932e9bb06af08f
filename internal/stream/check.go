package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// MaxSkew is how far the clocks of this machine and of a server may be apart. Times in rows are the broker's, and the
// trimmer measures its window by this machine's.
const MaxSkew = 30 * time.Second

// Check says everything about the broker for which a service must not start: streams that would drop what is unread, and
// clocks that disagree. Ensure has been called before; what it cannot change is here.
func (c *Conn) Check(ctx context.Context, s Settings) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for _, p := range s.plans() {
		before := time.Now()
		st, err := c.js.Stream(ctx, p.need.Name)
		if err != nil {
			return fmt.Errorf("check stream %s: %w", p.need.Name, err)
		}
		after := time.Now()
		info := st.CachedInfo()
		cfg, name := info.Config, info.Config.Name
		if cfg.Storage != jetstream.FileStorage {
			fault("stream %s is kept in memory, which a restart empties: make it anew with file storage", name)
		}
		if cfg.Retention != jetstream.LimitsPolicy {
			fault("stream %s has retention %s, which drops what one of its readers has read: make it anew with limits", name, cfg.Retention)
		}
		if cfg.Discard != p.need.Discard {
			fault("stream %s discards %s, want %s", name, cfg.Discard, p.need.Discard)
		}
		if cfg.Mirror != nil || cfg.Sealed {
			fault("stream %s is a mirror or sealed: nothing can be published to it", name)
		}
		if name == Events && (cfg.MaxAge != 0 || cfg.MaxMsgs > 0 || cfg.MaxMsgsPerSubject > 0) {
			fault("stream %s drops messages by age or number (max_age %s, max_msgs %d, max_msgs_per_subject %d), also unread ones: set them to 0, -1 and -1",
				name, cfg.MaxAge, cfg.MaxMsgs, cfg.MaxMsgsPerSubject)
		}
		if cfg.MaxBytes <= 0 {
			fault("stream %s has no limit of bytes and would fill the disk: set max_bytes", name)
		}
		if s.Replicas > 0 && cfg.Replicas != s.Replicas {
			fault("stream %s has %d replicas, want %d", name, cfg.Replicas, s.Replicas)
		}
		if name == Events {
			if skew := apart(info.TimeStamp, before, after); skew > MaxSkew {
				fault("the broker's clock and this machine's are %s apart, at most %s is allowed: set the clocks", skew.Round(time.Second), MaxSkew)
			}
		}
	}
	return errors.Join(faults...)
}

// apart is how far a time that was read between two others lies outside of them.
func apart(at, before, after time.Time) time.Duration {
	switch {
	case at.IsZero():
		return 0
	case at.Before(before):
		return before.Sub(at)
	default:
		return max(at.Sub(after), 0)
	}
}
