package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// BrokerConfig says how to run the broker.
type BrokerConfig struct {
	// Dir is the broker's folder, created where missing: its streams, and the
	// lock that keeps a second broker out.
	Dir string
	// Host is the interface to listen on; empty: 127.0.0.1.
	Host string
	// Port is 0 for any free one.
	Port int
	// SyncInterval is how often files are synced to the disk; 0: the broker's
	// own two minutes. A process's death loses nothing in between; a power
	// cut does.
	SyncInterval time.Duration
	// SyncAlways syncs before every acknowledgement instead.
	SyncAlways bool
	// MaxStore bounds the files of all streams, in bytes; 0: three quarters of
	// the free disk.
	MaxStore int64
	// MaxPayload bounds a message, in bytes; 0: 4 MiB.
	MaxPayload int32
	// Accounts is who may connect and see what, in the broker's configuration
	// language: the blocks accounts and no_auth_user. Empty: everyone,
	// everything.
	Accounts string
	// Logger gets the broker's warnings and errors; nil: nobody.
	Logger *slog.Logger
}

const (
	defaultMaxPayload = 4 << 20
	brokerWithin      = 30 * time.Second
)

// Broker is a NATS server with JetStream inside this process.
type Broker struct {
	cfg    BrokerConfig
	server *server.Server
	folder *folder
	once   sync.Once
}

// StartBroker starts the broker and returns once it takes connections and its
// streams are loaded. ctx bounds the start only; the broker runs until Stop.
func StartBroker(ctx context.Context, cfg BrokerConfig) (*Broker, error) {
	if cfg.Dir == "" {
		return nil, errors.New("broker: no data folder given")
	}
	if cfg.Host == "" {
		cfg.Host = "127.0.0.1"
	}
	if cfg.MaxPayload == 0 {
		cfg.MaxPayload = defaultMaxPayload
	}
	held, err := holdFolder(cfg.Dir, ctx.Done())
	if err != nil {
		return nil, err
	}
	s, err := startServer(ctx, cfg, held.path)
	if err != nil {
		return nil, errors.Join(err, held.free())
	}
	return &Broker{cfg: cfg, server: s, folder: held}, nil
}

func startServer(ctx context.Context, cfg BrokerConfig, dir string) (*server.Server, error) {
	if err := checkPort(ctx, cfg); err != nil {
		return nil, err
	}
	opts, err := options(cfg, dir)
	if err != nil {
		return nil, err
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	log := &brokerLog{to: cfg.Logger, fatal: make(chan error, 1)}
	s.SetLogger(log, false, false)
	go s.Start()
	ctx, cancel := context.WithTimeout(ctx, brokerWithin)
	defer cancel()
	if err := awaitServer(ctx, s, log); err != nil {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, err
	}
	return s, nil
}

func options(cfg BrokerConfig, dir string) (*server.Options, error) {
	opts := &server.Options{
		ServerName: "oneorder", Host: cfg.Host, Port: cfg.Port,
		JetStream: true, StoreDir: filepath.Join(dir, "streams"), JetStreamMaxStore: cfg.MaxStore,
		SyncInterval: cfg.SyncInterval, SyncAlways: cfg.SyncAlways,
		MaxPayload: cfg.MaxPayload, NoSigs: true,
	}
	if opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	if cfg.Accounts == "" {
		return opts, nil
	}
	if err := opts.ProcessConfigString(cfg.Accounts); err != nil {
		return nil, fmt.Errorf("broker accounts: %w", err)
	}
	return opts, nil
}

// SetAccounts puts other accounts in force while the broker runs. Clients that may no longer connect are
// disconnected; the others notice nothing. A broker that was started without accounts cannot have any.
func (b *Broker) SetAccounts(accounts string) error {
	cfg := b.cfg
	cfg.Accounts = accounts
	// The broker gives an account that a reload makes its imports only at the next one. Its users come with them, since
	// a client that meets it without would find nothing there.
	for _, whole := range []bool{false, true} {
		opts, err := options(cfg, b.folder.path)
		if err != nil {
			return err
		}
		if !whole {
			opts.Users = slices.DeleteFunc(opts.Users, func(u *server.User) bool {
				if u.Account == nil {
					return false
				}
				_, err := b.server.LookupAccount(u.Account.Name)
				return err != nil
			})
		}
		if err := b.server.ReloadOptions(opts); err != nil {
			return fmt.Errorf("broker accounts: %w", err)
		}
	}
	return nil
}

func awaitServer(ctx context.Context, s *server.Server, log *brokerLog) error {
	ready := make(chan bool, 1)
	go func() { ready <- s.ReadyForConnections(brokerWithin) }()
	select {
	case err := <-log.fatal:
		return err
	case ok := <-ready:
		if !ok {
			return errors.New("broker: does not take connections")
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("broker: wait for it to start: %w", context.Cause(ctx))
	}
}

// checkPort finds a taken port before the broker does, which would only log it.
func checkPort(ctx context.Context, cfg BrokerConfig) error {
	addr := net.JoinHostPort(cfg.Host, strconv.Itoa(cfg.Port))
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if taken(err) {
		return fmt.Errorf("broker: %w: %s; stop it, or choose another address", ErrPortTaken, addr)
	}
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	return l.Close()
}

// URL is where clients connect, as nats://HOST:PORT.
func (b *Broker) URL() string { return "nats://" + reachable(b.server.Addr().String()) }

// Stop ends the broker, with everything it acknowledged in its files. Calling
// it again does nothing.
func (b *Broker) Stop() {
	b.once.Do(func() {
		b.server.Shutdown()
		b.server.WaitForShutdown()
		_ = b.folder.free() // it held nothing but the lock
	})
}

// brokerLog hands the broker's own talk to slog.
type brokerLog struct {
	to    *slog.Logger
	fatal chan error // the first thing that ended the start
}

func (l *brokerLog) Noticef(string, ...any) {}
func (l *brokerLog) Debugf(string, ...any)  {}
func (l *brokerLog) Tracef(string, ...any)  {}

func (l *brokerLog) Warnf(format string, v ...any) {
	// The user of those who come without a name cannot have a hashed password, and nobody is told it.
	if !strings.HasPrefix(format, "Plaintext passwords") {
		l.log(slog.LevelWarn, format, v)
	}
}
func (l *brokerLog) Errorf(format string, v ...any) { l.log(slog.LevelError, format, v) }

func (l *brokerLog) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- fmt.Errorf("broker: "+format, v...):
	default:
	}
}

func (l *brokerLog) log(level slog.Level, format string, v []any) {
	if l.to != nil {
		l.to.Log(context.Background(), level, "broker", slog.String("message", fmt.Sprintf(format, v...)))
	}
}
