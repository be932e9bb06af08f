package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Component is a part of a process with a life of its own.
type Component interface {
	Name() string
	// Run blocks until ctx ends and then returns nil, once all it started has ended. An earlier return
	// stops the whole process.
	Run(ctx context.Context) error
	// Health is nil while the component does its work, else the reason in words. It must not block.
	Health() error
}

// Noted is a Component that is well and has something to say all the same: that it rests because somebody paused it.
type Noted interface{ Note() string } // "": nothing

// Router is a Component that answers HTTP requests.
type Router interface{ Routes(mux *http.ServeMux) }

// Doorkeeper is a Router that asks its callers itself who they are, and not for the token of the Shell.
type Doorkeeper interface {
	Router
	// Admit is called once, before the server answers, and says why it cannot stand at an address that only this machine
	// reaches, or at one that others reach, if it cannot.
	Admit(local bool) error
}

// Measured is a Component with metrics.
type Measured interface{ Collectors() []prometheus.Collector }

// Closer is a connection, closed when nothing uses it any more.
type Closer struct {
	Name  string
	Close func() error
}

// Shell is a process: what runs in it and where it listens.
//
// It stops in order: the HTTP server and Intake together, so that nothing new comes in; then Readers;
// then Connections, in the order of the slice.
type Shell struct {
	Logger      *slog.Logger
	Address     string       // host:port of the HTTP server; port 0 for a free one
	Listener    net.Listener // used instead of Address when set; Run closes it
	Token       string       // required when the address is beyond loopback and a component has routes
	Intake      []Component
	Readers     []Component
	Connections []Closer
	Started     func(address string) // called once the HTTP server listens; may be nil
	StopWithin  time.Duration        // for each step of the stop; 20 s when zero
}

const defaultStop = 20 * time.Second

// Run starts the components and blocks until ctx ends or a component fails, then stops all in order. It
// returns nil after a stop that was asked for and went well. Connections are closed in any case.
func Run(ctx context.Context, sh Shell) (err error) {
	if sh.Logger == nil {
		sh.Logger = slog.New(slog.DiscardHandler)
	}
	if sh.StopWithin == 0 {
		sh.StopWithin = defaultStop
	}
	defer func() {
		for _, c := range sh.Connections {
			if closeErr := c.Close(); closeErr != nil {
				err = errors.Join(err, fmt.Errorf("close %s: %w", c.Name, closeErr))
			}
		}
	}()

	handler, err := sh.handler()
	if err != nil {
		if sh.Listener != nil {
			err = errors.Join(err, sh.Listener.Close())
		}
		return err
	}
	listener, err := sh.listen(ctx)
	if err != nil {
		return err
	}
	server := sh.serve(listener, handler)
	failed := make(chan error, 1+len(sh.Intake)+len(sh.Readers))
	readers := start(ctx, sh.Readers, failed)
	intake := start(ctx, sh.Intake, failed)
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- fmt.Errorf("serve http: %w", err)
		}
	}()
	address := listener.Addr().String()
	sh.Logger.Info("serving", "address", address)
	if sh.Started != nil {
		sh.Started(address)
	}

	var cause error
	select {
	case <-ctx.Done():
	case cause = <-failed:
		sh.Logger.Error("stopping after a failure", "error", cause)
	}
	return errors.Join(cause, sh.stop(ctx, server, served, intake, readers))
}

func (sh Shell) listen(ctx context.Context) (net.Listener, error) {
	if sh.Listener != nil {
		return sh.Listener, nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", sh.Address)
	if err != nil {
		return nil, fmt.Errorf("listen for http on %s: %w", sh.Address, err)
	}
	return listener, nil
}

// stop ends intake, then readers, each step under its own deadline.
func (sh Shell) stop(ctx context.Context, server *http.Server, served <-chan struct{}, intake, readers *group) error {
	begun := time.Now()
	var faults []error
	// Requests under way may finish: what they publish is acknowledged before anything else ends.
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), sh.StopWithin)
	defer cancel()
	intake.cancel()
	if err := server.Shutdown(deadline); err != nil {
		faults = append(faults, fmt.Errorf("finish http requests: %w", errors.Join(err, server.Close())))
	}
	<-served
	faults = append(faults, intake.wait(deadline))

	deadline, cancel = context.WithTimeout(context.WithoutCancel(ctx), sh.StopWithin)
	defer cancel()
	readers.cancel()
	faults = append(faults, readers.wait(deadline))
	sh.Logger.Info("stopped", "after_ms", time.Since(begun).Milliseconds())
	return errors.Join(faults...)
}

// group is the components of one step of the stop.
type group struct {
	cancel  context.CancelFunc
	running map[string]<-chan error
}

// start runs the components under a context that the end of ctx does not cancel: stop does, in order.
func start(ctx context.Context, components []Component, failed chan<- error) *group {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	g := &group{cancel: cancel, running: make(map[string]<-chan error, len(components))}
	for _, c := range components {
		done := make(chan error, 1)
		g.running[c.Name()] = done
		go func() {
			err := c.Run(own)
			switch {
			case own.Err() == nil && err == nil:
				failed <- fmt.Errorf("%s ended by itself", c.Name())
			case own.Err() == nil:
				failed <- fmt.Errorf("%s: %w", c.Name(), err)
			case err != nil && !errors.Is(err, context.Canceled):
				done <- fmt.Errorf("stop %s: %w", c.Name(), err)
			}
			close(done)
		}()
	}
	return g
}

// wait gives the errors of the components' stop; those that outlast the deadline are named.
func (g *group) wait(deadline context.Context) error {
	var faults []error
	var late []string
	for name, done := range g.running {
		select {
		case err := <-done:
			faults = append(faults, err)
		case <-deadline.Done():
			late = append(late, name)
		}
	}
	if len(late) > 0 {
		faults = append(faults, fmt.Errorf("not stopped in time: %s", strings.Join(late, ", ")))
	}
	return errors.Join(faults...)
}
