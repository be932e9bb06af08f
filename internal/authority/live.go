package authority

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// follow is how often the file is looked at.
const follow = 500 * time.Millisecond

// Live is a register that follows its file. It is a service.Component.
type Live struct {
	path    string
	log     *slog.Logger
	changed []func(context.Context, Register) error

	mu      sync.Mutex
	seen    stamp
	current Register
	orgs    map[string]string // hash of a token → organisation
	asked   map[string]bool   // for notices; made anew, never changed
	err     error             // why the file is not what is known
	pending bool              // somebody has not been told of current yet
}

// stamp tells one content of a file from the next.
type stamp struct {
	at   time.Time
	size int64
}

// Open reads the register. Those to be told are called by Run: once at its start, and again at each change; one that returns
// an error is called again.
func Open(path string, log *slog.Logger, changed ...func(context.Context, Register) error) (*Live, error) {
	l := &Live{path: path, log: log, changed: changed, pending: true}
	if l.look(); l.err != nil {
		return nil, l.err
	}
	return l, nil
}

// Name of the component.
func (l *Live) Name() string { return "organisations" }

// Run follows the file until ctx ends.
func (l *Live) Run(ctx context.Context) error {
	tick := time.NewTicker(follow)
	defer tick.Stop()
	for {
		l.look()
		l.tell(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Health says why what is in the file is not in force. What was known before is.
func (l *Live) Health() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *Live) register() Register {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current
}

// Any says whether anyone is registered. Before it says that nobody is, it looks at the file.
func (l *Live) Any() bool {
	if len(l.register().Organisations) == 0 {
		l.look()
	}
	return len(l.register().Organisations) > 0
}

// Org gives the organisation whose token this is. A token that is not known makes it look at the file first.
func (l *Live) Org(token string) (org string, ok bool) {
	sum := hash(token)
	if org, ok = l.known(sum); !ok {
		l.look()
		org, ok = l.known(sum)
	}
	return org, ok
}

func (l *Live) known(sum string) (org string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	org, ok = l.orgs[sum]
	return org, ok
}

// Asked gives who asks for notices, organisations and [All], as the file says now. What it gives is never changed.
func (l *Live) Asked() map[string]bool {
	l.look()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

// look reads the file if it is not the one read before.
func (l *Live) look() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var now stamp
	if info, err := os.Stat(l.path); err == nil {
		now = stamp{at: info.ModTime(), size: info.Size()}
	}
	if now == l.seen && l.orgs != nil && l.err == nil {
		return
	}
	r, err := Read(l.path)
	if err == nil && now == (stamp{}) && len(l.orgs) > 0 {
		// A register that is lost must not open the doors.
		err = fmt.Errorf("register of organisations %s is gone: put it back, or remove the organisations with `oneorder org remove`", l.path)
	}
	if err != nil {
		if l.err == nil {
			l.log.Error("the register of organisations cannot be read; the one before stays in force", "path", l.path, "error", err)
		}
		l.err = err
		return
	}
	l.seen, l.err, l.current, l.pending = now, nil, r, true
	l.orgs = make(map[string]string, len(r.Organisations))
	for _, o := range r.Organisations {
		l.orgs[o.Token] = o.Org
	}
	l.asked = r.Asked()
}

func (l *Live) tell(ctx context.Context) {
	l.mu.Lock()
	r, pending := l.current, l.pending
	l.pending = false
	l.mu.Unlock()
	if !pending {
		return
	}
	for _, f := range l.changed {
		if err := f(ctx, r); err != nil && ctx.Err() == nil {
			l.log.Warn("a change of organisations is not in force yet", "error", err)
			l.mu.Lock()
			l.pending = true
			l.mu.Unlock()
		}
	}
	l.log.Info("organisations", "registered", len(r.Organisations))
}
