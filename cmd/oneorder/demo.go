package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/simulator"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func newDemo() *cobra.Command {
	c := &cobra.Command{
		Use: "demo", Short: "Run everything on a simulated corridor, and show what comes of it", Args: noArguments,
		Long: "Starts everything on this machine, publishes the simulated traffic of five corridors, waits until every event\n" +
			"is stored and joined, and shows the corridors and one consignment. On a terminal it stays up until Ctrl-C.\n" +
			"Its folder is made anew each time.",
	}
	config := environment(c, "log", "log-format")
	d := demo{config: config, traffic: simulator.Defaults()}
	d.traffic.Seed = 1
	c.Flags().StringVar(&d.folder, "data", filepath.Join("data", "demo"), "`folder` to work in, emptied first")
	c.Flags().IntVar(&d.traffic.Chains, "chains", 2000, "`number` of consignments")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := d.traffic.Validate(); err != nil {
			return usageError{err}
		}
		d.talks = c.Flags().Changed("log") || os.Getenv("ONEORDER_LOG") != ""
		return d.run(c.Context())
	}
	return c
}

type demo struct {
	config  *service.Config
	folder  string
	traffic simulator.Config
	talks   bool // somebody asked for a log
	scorer  simulator.Scorer
	example exampleChoice
	sent    int // messages
	events  int // different events
	last    uint64
}

// marker says that a folder is the demo's, to be emptied.
const marker = "oneorder-demo"

func (d *demo) run(ctx context.Context) error {
	began := time.Now()
	if err := d.clean(); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "starting the broker, the ClickHouse engine and the services …")
	if !d.talks {
		d.config.Log = slog.LevelError // the demo talks itself
	}
	d.config.Data = d.folder
	in, err := startInstance(ctx, *d.config, freePlace(d.config), d.config.Logger(os.Stderr))
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	listening := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- in.run(running, func(string) { close(listening) }) }()
	select {
	case <-listening:
	case err := <-ended:
		return err
	}
	fmt.Fprintf(os.Stderr, "up after %.1f s\n", time.Since(began).Seconds())
	shown := make(chan error, 1)
	go func() { shown <- d.show(running, in) }()
	select {
	case err := <-ended:
		// A service failed, and all stopped: show ends with the context.
		stop()
		return errors.Join(err, <-shown)
	case err := <-shown:
		if err != nil {
			stop()
			return errors.Join(err, <-ended)
		}
	}
	if term.IsTerminal(int(os.Stdout.Fd())) {
		fmt.Println("\nIt stays up until Ctrl-C.")
		<-ctx.Done()
	} else {
		fmt.Printf("\nThis is no terminal, so it stops here. `oneorder up --data %s` serves the same again.\n", d.folder)
	}
	stop()
	return <-ended
}

// clean empties the demo's folder, but no other.
func (d *demo) clean() error {
	names, err := os.ReadDir(d.folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	case len(names) > 0 && !slices.ContainsFunc(names, func(e os.DirEntry) bool { return e.Name() == marker }):
		return fmt.Errorf("%s is not empty and not a demo's folder: name another with --data", d.folder)
	}
	if err := os.RemoveAll(d.folder); err != nil {
		return err
	}
	if err := os.MkdirAll(d.folder, 0o755); err != nil { //nolint:gosec // nothing secret in a demo
		return err
	}
	return os.WriteFile(filepath.Join(d.folder, marker), []byte("made by oneorder demo, which empties this folder\n"), 0o600)
}

// freePlace gives the usual addresses, or free ones where they are taken: a demo should not fail for that.
func freePlace(c *service.Config) place {
	usual := service.Default()
	return place{
		nats: free("127.0.0.1:4222"), clickhouse: free(usual.ClickHouse), clickhouseHTTP: free(usual.ClickHouseHTTP), http: free(c.HTTP),
	}
}

func free(address string) string {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", address)
	if err != nil {
		return "127.0.0.1:0"
	}
	if l.Close() != nil {
		return "127.0.0.1:0"
	}
	return address
}

// show publishes, waits and prints.
func (d *demo) show(ctx context.Context, in *instance) error {
	began := time.Now()
	if err := d.publish(ctx, in.conn); err != nil {
		return err
	}
	if err := d.await(ctx, in); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d messages, %d different events, stored and joined after %.1f s\n", d.sent, d.events, time.Since(began).Seconds())
	if err := d.compare(ctx, in); err != nil {
		return err
	}
	if err := printCorridors(ctx, in); err != nil {
		return err
	}
	if err := d.printExample(ctx, in); err != nil {
		return err
	}
	fmt.Println("Look further:")
	t := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', 0)
	fmt.Fprintf(t, "  page\thttp://%s/\tthe corridors, and the chain of any number\n", in.config.HTTP)
	fmt.Fprintf(t, "  SQL\thttp://%s/play\tin the browser: SELECT * FROM oneorder.corridor_summary\n", in.config.ClickHouseHTTP)
	fmt.Fprintf(t, "  native\tclickhouse://%s\tfor clickhouse-client and drivers: user default, no password, database oneorder\n", in.config.ClickHouse)
	fmt.Fprintf(t, "  NATS\t%s\tpublish to events.<org>.<domain>.<noun>.<verb>\n", in.config.NATS)
	return t.Flush()
}

// publish sends the simulated traffic.
func (d *demo) publish(ctx context.Context, conn *stream.Conn) error {
	sim, err := simulator.New(d.traffic)
	if err != nil {
		return err
	}
	publisher := conn.Publisher(stream.PublisherConfig{})
	bar := newProgress(os.Stderr, "consignments published", d.traffic.Chains)
	defer bar.end()
	var e trade.Event
	var out []stream.Outgoing
	flush := func() error {
		receipts, err := publisher.Publish(ctx, out)
		if err != nil {
			return err
		}
		for _, r := range receipts {
			if r.Err != nil {
				return r.Err
			}
			d.last = max(d.last, r.Sequence)
		}
		out = out[:0]
		bar.set(sim.Planned())
		return nil
	}
	for {
		chains, ok := sim.Next(&e)
		if !ok {
			return flush()
		}
		d.sent++
		if !sim.Repeated() {
			d.events++
			d.scorer.Truth(simulator.Truth{Source: e.Source, ID: e.ID, Chains: slices.Clone(chains)})
			d.example.see(&e, chains)
		}
		out = append(out, stream.Outgoing{
			Subject: stream.EventSubject(e.Org(), e.Type), MsgID: intake.MessageID(&e), Data: wire.Append(nil, &e),
		})
		if len(out) == chunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// await waits until both readers have written everything.
func (d *demo) await(ctx context.Context, in *instance) error {
	bar := newProgress(os.Stderr, "messages stored and joined", int(d.last)) // a count
	defer bar.end()
	for {
		done := min(in.archive.Progress().Written, in.chain.Progress().Written)
		bar.set(int(done)) // a count
		if done >= d.last {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// compare holds the chains in ClickHouse against the simulator's truth.
func (d *demo) compare(ctx context.Context, in *instance) error {
	counts, err := in.warehouse.Counts(ctx)
	if err != nil {
		return err
	}
	joined := make(map[[2]string][]string)
	for a, err := range in.warehouse.Attributions(ctx) {
		if err != nil {
			return err
		}
		key := [2]string{a.Source, a.ID}
		if a.Chain != "" {
			joined[key] = append(joined[key], a.Chain)
		} else {
			joined[key] = nil // it waits, and so is in no chain
		}
	}
	for key, chains := range joined {
		d.scorer.Joined(simulator.Truth{Source: key[0], ID: key[1], Chains: chains})
	}
	score := d.scorer.Score()
	fmt.Fprintf(os.Stderr, "in ClickHouse: %d events, %d chains; against the simulator's truth: precision %.6f, recall %.6f\n\n",
		counts.Stored, counts.Chains, score.Precision, score.Recall)
	if !score.Exact || counts.Stored != uint64(d.events) || counts.Chains != uint64(d.traffic.Chains) { // counts
		return fmt.Errorf("the chains are not the simulator's: published %d events of %d consignments; %s", d.events, d.traffic.Chains, score)
	}
	return nil
}

func printCorridors(ctx context.Context, in *instance) error {
	corridors, err := in.warehouse.Corridors(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(os.Stdout, 2, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "CORRIDOR\tCHAINS\tCONTAINERS\tVALUE, M USD\tMEDIAN TRANSIT\tMEDIAN CLEARANCE\t")
	for _, c := range corridors {
		value, err := c.ValueUSD.Scaled()
		if err != nil && c.ValueUSD != "" {
			return fmt.Errorf("value of corridor %s: %w", c.ID, err)
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%.1f\t%s\t%s\t\n", c.ID, c.Chains, c.Containers, float64(value)/1e10, days(c.TransitP50), hours(c.ClearP50))
	}
	fmt.Fprintln(t)
	return t.Flush()
}

func days(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}

func hours(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f hours", d.Hours())
}

// exampleChoice looks for a consignment worth showing: on the land-sea corridor, with all four legs, alone.
type exampleChoice struct {
	seen map[string]*candidate
}

type candidate struct {
	number  string
	domains map[string]int
	landSea bool
	shared  bool
}

func (x *exampleChoice) see(e *trade.Event, chains []string) {
	if x.seen == nil {
		x.seen = make(map[string]*candidate)
	}
	for _, name := range chains {
		c := x.seen[name]
		if c == nil {
			c = &candidate{domains: make(map[string]int)}
			x.seen[name] = c
		}
		c.domains[e.Type.Domain()]++
		c.shared = c.shared || len(chains) > 1
		c.landSea = c.landSea || e.Data.Place.UNLOCODE == "CNQZH"
		for _, r := range e.Data.References {
			if e.Type == trade.TitleIssued && (r.Kind == trade.BL || r.Kind == trade.HouseBL) {
				c.number = r.Value
			}
		}
	}
}

// best gives the number of the candidate whose weakest leg tells most.
func (x *exampleChoice) best() string {
	var best *candidate
	for _, c := range x.seen {
		if c.number == "" || c.shared || !c.landSea {
			continue
		}
		if best == nil || c.weakest() > best.weakest() || c.weakest() == best.weakest() && c.number < best.number {
			best = c
		}
	}
	if best == nil {
		return ""
	}
	return best.number
}

func (c *candidate) weakest() int {
	return min(c.domains[trade.DomainTrade], c.domains[trade.DomainCustoms], c.domains[trade.DomainLogistics], c.domains[trade.DomainFinance])
}

// printExample shows one consignment across its four legs.
func (d *demo) printExample(ctx context.Context, in *instance) error {
	number := d.example.best()
	if number == "" {
		return nil
	}
	chains, err := in.warehouse.Lookup(ctx, number)
	if err != nil {
		return err
	}
	if len(chains) == 0 {
		return fmt.Errorf("no chain holds bill of lading %s", number)
	}
	tables, err := loadTables(d.config)
	if err != nil {
		return err
	}
	fmt.Printf("$ oneorder lookup %s\n", number)
	return printChain(os.Stdout, &chains[0], tables)
}
