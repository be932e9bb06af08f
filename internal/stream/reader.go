package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// ReaderConfig says what a Reader reads, and how it cuts batches.
type ReaderConfig struct {
	Name   string // names the shared record and the broker's consumer: letters, digits, '-', '_'
	Stream string // default EVENTS

	MaxMessages int           // of one batch; default 20,000
	MaxBytes    int           // of one batch, subjects and headers included; default 16 MiB
	MaxWait     time.Duration // of a batch's first message for more; default 50 ms
	// Linger is how long a batch waits for more once the stream has no more to give; default 1 ms.
	Linger time.Duration

	// Fingerprint names what the sink makes of a message: mapper version, tables, configuration. A change raises the
	// generation.
	Fingerprint string

	// Member, if set, names this reader among several of one name: one works, the others stand by and take over within five
	// seconds of its death. A restarted one keeps its member, and then does not wait for its own lease to run out. Without
	// it, whoever calls Run last takes over.
	Member string

	// StallAfter is how long the reader may stand still, with something to read and nothing in its way, before it begins
	// again; default 3 min, more than an insert may take.
	StallAfter time.Duration

	// SafeAfter is how long the sink's store, if it is a Rewinder, may take until what it took is on its disk for good:
	// a server that does not wait for the disk leaves that to the system, and merges it for some minutes more. Default 10 min.
	SafeAfter time.Duration

	// Grace is how long a commit under way may go on after Run was asked to stop; default 5 s.
	Grace time.Duration

	Logger  *slog.Logger // default: the connection's
	Metrics *Metrics     // nil: none
}

// Reader reads one stream into a Sink, in order, each message taking effect once.
type Reader struct {
	conn *Conn
	sink Sink
	cfg  ReaderConfig
	err  error // of the configuration

	mu       sync.Mutex
	running  bool
	health   error
	progress Progress
}

// Progress is where a reader stands.
type Progress struct {
	Standby           bool // another reader of the name works; Written is not known
	Epoch, Generation uint64
	Received          uint64 // last message received
	Written           uint64 // last message that has taken effect
	Pending           uint64 // messages behind the last received one, when it came
	Batches           uint64 // committed since Run
	Messages          uint64 // committed since Run
	Bytes             uint64 // committed since Run
	Retries           uint64 // of commits since Run
	Resets            uint64 // sessions with the broker begun since Run
	LastCommit        time.Time
	Paused            *Pause // nil: it does not rest
}

// ErrNotRunning is a Reader's health while Run is not called.
var ErrNotRunning = errors.New("reader is not running")

// NewReader makes a reader; it does nothing until Run.
func (c *Conn) NewReader(cfg ReaderConfig, sink Sink) *Reader {
	if cfg.Stream == "" {
		cfg.Stream = Events
	}
	if cfg.MaxMessages <= 0 {
		cfg.MaxMessages = 20_000
	}
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 16 << 20
	}
	if cfg.MaxWait <= 0 {
		cfg.MaxWait = 50 * time.Millisecond
	}
	if cfg.Linger <= 0 {
		cfg.Linger = time.Millisecond
	}
	if cfg.StallAfter <= 0 {
		cfg.StallAfter = 3 * time.Minute
	}
	if cfg.SafeAfter <= 0 {
		cfg.SafeAfter = 10 * time.Minute
	}
	if cfg.Grace <= 0 {
		cfg.Grace = 5 * time.Second
	}
	if cfg.Logger == nil {
		cfg.Logger = c.log
	}
	r := &Reader{conn: c, sink: sink, cfg: cfg, health: ErrNotRunning}
	if !validName(cfg.Name) {
		r.err = fmt.Errorf("reader name %q: want 1 to 64 letters, digits, '-' or '_'", cfg.Name)
	}
	return r
}

// Run reads until ctx ends, and then returns nil; or until it meets what retrying does not cure, and returns that:
// ErrFenced, ErrGap, a fatal error of Commit, any error of Start or Prepare. While the broker or
// the sink's Commit fails otherwise, it keeps its place, retries with back-off and is unhealthy.
//
// Run may be called again after it has returned, not before. Without a Member, whoever calls Run last takes over from every
// other reader of the same name; with one, it stands by while another works, and ErrFenced does not end it.
func (r *Reader) Run(ctx context.Context) error {
	if r.err != nil {
		return r.err
	}
	r.mu.Lock()
	if r.running {
		r.mu.Unlock()
		return fmt.Errorf("reader %s runs already", r.cfg.Name)
	}
	r.running, r.progress = true, Progress{}
	r.health = errors.New("reader is starting")
	r.mu.Unlock()

	work := r.work
	if r.cfg.Member != "" {
		work = r.shared
	}
	err := work(ctx)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.running = false
	r.health = ErrNotRunning
	if err != nil {
		r.health = err
		return fmt.Errorf("reader %s: %w", r.cfg.Name, err)
	}
	return nil
}

// work runs the reader, anew whenever the history that it reads turns out to be another.
func (r *Reader) work(ctx context.Context) error {
	for {
		if err := r.rest(ctx); err != nil {
			return stopped(ctx, err)
		}
		err := newRun(r).run(ctx)
		if errors.Is(err, errPaused) {
			continue
		}
		if !errors.Is(err, errAgain) {
			return err
		}
		r.cfg.Logger.Warn("reader begins again", "reader", r.cfg.Name, "error", err)
		if err := sleep(ctx, followEvery); err != nil {
			return nil //nolint:nilerr // it was asked to stop
		}
	}
}

// Health is nil while the reader reads and what it reads takes effect.
func (r *Reader) Health() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.health
}

// Progress says where the reader stands.
func (r *Reader) Progress() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.progress
}

func (r *Reader) setHealth(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.health = err
}

func (r *Reader) update(f func(p *Progress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.progress)
}
