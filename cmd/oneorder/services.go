package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"oneorder/internal/intake"
	"oneorder/internal/refdata"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/services/archive"
	"oneorder/services/chain"
	"oneorder/services/console"
	"oneorder/services/customs"
	"oneorder/services/finance"
	"oneorder/services/logistics"
	"oneorder/services/trade"
)

// process is what a service on its own is made from.
type process struct {
	config *service.Config
	logger *slog.Logger
	tables *refdata.Tables
	conn   *stream.Conn
	shell  service.Shell
}

// newServices gives a verb for each service.
func newServices() []*cobra.Command {
	domain := func(open func(*process, *intake.Desk) service.Component) func(context.Context, *process) error {
		return func(_ context.Context, p *process) error {
			live, err := openRegister(p.config, p.logger)
			if err != nil {
				return err
			}
			desk := newDesk(p.config, p.logger, p.conn, p.tables, doorOf(p.config, live))
			p.shell.Intake = []service.Component{desk, open(p, desk), live}
			return nil
		}
	}
	return []*cobra.Command{
		newService("trade", "Take in trade documents and events: orders, invoices, titles, certificates",
			intakeFlags, domain(func(p *process, d *intake.Desk) service.Component { return trade.New(tradeConfig(p.config), d) })),
		newService("customs", "Take in customs documents and events: declarations, releases, duties, permits",
			intakeFlags, domain(func(_ *process, d *intake.Desk) service.Component { return customs.New(customs.Default(), d) })),
		newService("logistics", "Take in logistics documents and events: bookings, equipment moves, conveyances",
			intakeFlags, domain(func(p *process, d *intake.Desk) service.Component { return logistics.New(logisticsConfig(p.config), d) })),
		newService("finance", "Take in finance documents and events: credits, financing, payments",
			intakeFlags, domain(func(_ *process, d *intake.Desk) service.Component { return finance.New(finance.Default(), d) })),
		newService("archive", "Store every event in ClickHouse", append([]string{"data", "orgs"}, storeFlags...), runArchive),
		newService("chain", "Join events into trade chains", append([]string{"data", "orgs", "chain-name"}, storeFlags...), runChain),
		newService("console", "Serve the page that looks up any number", append([]string{"data", "orgs"}, storeFlags...), runConsole),
	}
}

// What a domain service is told, and what a service is told that works on the warehouse.
var (
	intakeFlags = []string{"nats", "nats-user", "http", "org", "org-rate", "data", "orgs", "log", "log-format"}
	storeFlags  = []string{"nats", "nats-user", "clickhouse", "clickhouse-user", "http", "log", "log-format"}
)

func newService(name, short string, flags []string, open func(context.Context, *process) error) *cobra.Command {
	c := &cobra.Command{
		Use: name, Short: short, Args: noArguments,
		Long: short + ".\n\nRuns against servers of your own until it is interrupted. Passwords stand in the environment: docs/operator.md.",
	}
	config := environment(c, flags...)
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		ctx := c.Context()
		p := &process{config: config, logger: config.Logger(os.Stderr).With("service", name)}
		if p.tables, err = loadTables(config); err != nil {
			return err
		}
		if p.conn, err = connectStream(ctx, config, name, p.logger); err != nil {
			return err
		}
		p.shell = service.Shell{Logger: p.logger, Address: config.HTTP, Token: config.Token}
		p.shell.Connections = []service.Closer{{Name: "broker", Close: func() error { p.conn.Close(); return nil }}}
		if err = p.conn.Ensure(ctx, stream.Settings{}); err == nil {
			err = p.conn.Check(ctx, stream.Settings{})
		}
		if err == nil {
			err = open(ctx, p)
		}
		if err != nil {
			for _, closer := range p.shell.Connections {
				err = errors.Join(err, closer.Close())
			}
			return err
		}
		return service.Run(ctx, p.shell)
	}
	return c
}

// openStore connects to the warehouse and waits until it has the schema that this program needs.
func openStore(ctx context.Context, p *process) (archive.Config, error) {
	w, err := openWarehouse(ctx, p.config)
	if err != nil {
		return archive.Config{}, err
	}
	p.shell.Connections = append(p.shell.Connections, service.Closer{Name: "warehouse", Close: w.Close})
	if err := w.AwaitSchema(ctx); err != nil {
		return archive.Config{}, err
	}
	list, err := erasures(ctx, p.conn, w)
	if err != nil {
		return archive.Config{}, err
	}
	return archive.Config{Stream: p.conn, Warehouse: w, Tables: p.tables, Erasures: list}, w.Check(ctx)
}

func runArchive(ctx context.Context, p *process) error {
	config, err := openStore(ctx, p)
	if err != nil {
		return err
	}
	s, err := archive.New(config, p.logger)
	if err != nil {
		return err
	}
	live, err := openRegister(p.config, p.logger, consumers(p.conn))
	if err != nil {
		return err
	}
	// Rejects are the archive's to keep, so it is where organisations read theirs.
	p.shell.Intake = []service.Component{live, review{p.conn}}
	p.shell.Readers = []service.Component{s, p.conn.NewTrimmer(trimming(p.logger))}
	return nil
}

// trimming says who must have written what is trimmed.
func trimming(logger *slog.Logger) stream.TrimmerConfig {
	return stream.TrimmerConfig{Readers: []string{"archive", "chain"}, Logger: logger}
}

// chainMemory is what a chain in a process of its own keeps to, unless GOMEMLIMIT says otherwise: of the heap, so that all of
// it, with the 192 MiB beside the heap that the state takes, stays below 1 GiB.
const chainMemory = 700 << 20

func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(chainMemory)
	}
}

// secondChain begins the names of the reader and of the state folder of a second version of chain.
const secondChain = "chain-"

func runChain(ctx context.Context, p *process) error {
	limitMemory()
	store, err := openStore(ctx, p)
	if err != nil {
		return err
	}
	live, err := openRegister(p.config, p.logger)
	if err != nil {
		return err
	}
	c := chain.Config{Stream: p.conn, Warehouse: store.Warehouse, Tables: p.tables, Erasures: store.Erasures, Data: filepath.Join(p.config.Data, "chain"), Notices: live.Asked}
	if name := p.config.Chain; name != service.Default().Chain {
		c.Shadow, c.Reader, c.Data = name, secondChain+name, filepath.Join(p.config.Data, secondChain+name)
	}
	s, err := chain.New(c, p.logger)
	if err != nil {
		return err
	}
	p.shell.Intake = []service.Component{live}
	p.shell.Readers = []service.Component{s}
	return nil
}

func runConsole(ctx context.Context, p *process) error {
	store, err := openStore(ctx, p)
	if err != nil {
		return err
	}
	live, err := openRegister(p.config, p.logger)
	if err != nil {
		return err
	}
	p.shell.Intake = []service.Component{console.New(consoleConfig(p.config, p.tables, live), p.logger, store.Warehouse, p.conn), live}
	return nil
}
