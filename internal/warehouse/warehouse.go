// Package warehouse keeps events and chains in ClickHouse: it migrates the schema, inserts blocks of rows and
// answers the questions that the services ask. A file for each table or pair of tables.
//
// Rows go in through ch-go, a native block an insert; questions go through clickhouse-go.
package warehouse

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"time"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/clickhouse-go/v2"
)

// Config says which ClickHouse to use. Zero values take the defaults given.
type Config struct {
	Addr     string // native protocol, host:port; 127.0.0.1:9000
	Database string // oneorder
	User     string // default
	Password string

	DialTimeout  time.Duration // 5 s
	WriteTimeout time.Duration // of one insert, from sending to the server's word; 2 min
	QueryTimeout time.Duration // of waiting for the next packet of an answer; 1 min
	MaxIdle      int           // connections kept for inserts; 4
}

var databaseName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]{0,62}$`)

func (c Config) withDefaults() Config {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:9000"
	}
	if c.Database == "" {
		c.Database = "oneorder"
	}
	if c.User == "" {
		c.User = "default"
	}
	if c.DialTimeout == 0 {
		c.DialTimeout = 5 * time.Second
	}
	if c.WriteTimeout == 0 {
		c.WriteTimeout = 2 * time.Minute
	}
	if c.QueryTimeout == 0 {
		c.QueryTimeout = time.Minute
	}
	if c.MaxIdle == 0 {
		c.MaxIdle = 4
	}
	return c
}

// Validate joins everything that is wrong with the configuration.
func (c Config) Validate() error {
	c = c.withDefaults()
	var faults []error
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		faults = append(faults, fmt.Errorf("address %q is not host:port: %w", c.Addr, err))
	}
	if !databaseName.MatchString(c.Database) {
		faults = append(faults, fmt.Errorf("database %q is not a plain name of letters, digits and _", c.Database))
	}
	if c.DialTimeout < 0 || c.WriteTimeout < 0 || c.QueryTimeout < 0 || c.MaxIdle < 0 {
		faults = append(faults, errors.New("timeouts and the number of connections can't be negative"))
	}
	return errors.Join(faults...)
}

// local says that the server is on this machine, where compressing what is sent costs more than it saves.
func (c Config) local() bool {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Warehouse is a ClickHouse database. It is for concurrent use.
type Warehouse struct {
	cfg    Config
	reader clickhouse.Conn // in the database, which need not exist before Migrate
	admin  clickhouse.Conn // in no database
	writer *pool
}

// Open connects to ClickHouse and waits for its answer, not for the schema: see Migrate and AwaitSchema.
func Open(ctx context.Context, cfg Config) (*Warehouse, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("warehouse: %w", err)
	}
	cfg = cfg.withDefaults()
	w := &Warehouse{cfg: cfg, writer: newPool(cfg.insertOptions(), cfg.MaxIdle)}
	var err error
	if w.admin, err = clickhouse.Open(cfg.queryOptions("")); err != nil {
		return nil, fmt.Errorf("open clickhouse at %s: %w", cfg.Addr, err)
	}
	if w.reader, err = clickhouse.Open(cfg.queryOptions(cfg.Database)); err != nil {
		return nil, errors.Join(fmt.Errorf("open clickhouse at %s: %w", cfg.Addr, err), w.admin.Close())
	}
	if err := w.Ping(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// queryOptions are for sessions in the database, or in none when it is "".
func (c Config) queryOptions(database string) *clickhouse.Options {
	o := &clickhouse.Options{
		Addr:         []string{c.Addr},
		Auth:         clickhouse.Auth{Database: database, Username: c.User, Password: c.Password},
		DialTimeout:  c.DialTimeout,
		ReadTimeout:  c.QueryTimeout,
		MaxOpenConns: 8,
		MaxIdleConns: 4,
		ClientInfo:   clickhouse.ClientInfo{Products: []struct{ Name, Version string }{{Name: "oneorder", Version: "1"}}},
	}
	if !c.local() {
		o.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
	}
	return o
}

func (c Config) insertOptions() ch.Options {
	o := ch.Options{
		Address: c.Addr, User: c.User, Password: c.Password, ClientName: "oneorder",
		DialTimeout: c.DialTimeout, HandshakeTimeout: c.DialTimeout, ReadTimeout: c.WriteTimeout,
	}
	if !c.local() {
		o.Compression = ch.CompressionLZ4
	}
	return o
}

// Ping asks the server whether it is there.
func (w *Warehouse) Ping(ctx context.Context) error {
	if err := w.admin.Ping(ctx); err != nil {
		return fmt.Errorf("ping clickhouse at %s: %w", w.cfg.Addr, err)
	}
	return nil
}

// Database is the name of the database.
func (w *Warehouse) Database() string { return w.cfg.Database }

// Exec runs a statement that returns no rows, in the database.
func (w *Warehouse) Exec(ctx context.Context, statement string, args ...any) error {
	if err := w.reader.Exec(ctx, statement, args...); err != nil {
		return fmt.Errorf("execute in clickhouse: %w", classed(err))
	}
	return nil
}

// Close closes all connections. Inserts that are under way end first or fail.
func (w *Warehouse) Close() error {
	w.writer.close()
	if err := errors.Join(w.reader.Close(), w.admin.Close()); err != nil {
		return fmt.Errorf("close clickhouse: %w", err)
	}
	return nil
}
