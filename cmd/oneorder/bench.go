package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/embedded"
	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/simulator"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

func newBench() *cobra.Command {
	c := &cobra.Command{
		Use: "bench", Short: "Measure the flow on this machine, in one run", Args: noArguments,
		Long: "Measures, on a broker and a ClickHouse engine of its own, each in its own process: publishing; a reader that does\n" +
			"nothing (noop); one that decodes and inserts thirteen plain columns (floor); archive; chain; both at once; and the\n" +
			"time from publishing to being visible in `chains`. Machines differ: the ratios to the floor are what to compare.",
	}
	b := bench{}
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.Flags().IntVar(&b.events, "events", 200_000, "`number` of events")
	c.Flags().IntVar(&b.rate, "rate", 5000, "events a `second` for the latency")
	c.Flags().DurationVar(&b.latencyFor, "latency-for", 10*time.Second, "how `long` to publish for the latency")
	c.Flags().StringSliceVar(&b.only, "only", nil, "run just these `stages`, and the publishing: noop, floor, archive, chain, both, latency")
	c.Flags().StringVar(&b.profiles, "profile", "", "write processor and heap profiles of the readers to `folder`")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := b.check(); err != nil {
			return err
		}
		result, err := b.run(c.Context())
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(result)
		}
		return result.print()
	}
	return c
}

// benchResult is what bench prints. Rates are events a second.
type benchResult struct {
	Events  int                `json:"events"`
	Publish stage              `json:"publish"`
	Noop    stage              `json:"noop"`
	Floor   stage              `json:"floor"`
	Archive stage              `json:"archive"`
	Chain   stage              `json:"chain"`
	Both    stage              `json:"both"`
	Latency latency            `json:"latency_ms"`
	Ratio   map[string]float64 `json:"ratio"` // to the floor's rate
}

type stage struct {
	Rate      float64          `json:"events_per_s"`
	Seconds   float64          `json:"seconds"`
	Processes map[string]usage `json:"processes"`
}

type latency struct {
	Rate float64 `json:"events_per_s"`
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
}

// bench is one run.
type bench struct {
	events, rate int
	latencyFor   time.Duration
	only         []string // stages; empty: all
	profiles     string   // folder; empty: none

	folder    string
	config    service.Config
	broker    *child
	engine    *embedded.Engine
	conn      *stream.Conn
	warehouse *warehouse.Warehouse
	sim       *simulator.Simulator
	last      uint64
}

// benchStages are the stages after publishing, in order, with the readers of each.
var benchStages = []struct {
	name    string
	readers []string
	into    func(*benchResult) *stage
}{
	{"noop", []string{"noop"}, func(r *benchResult) *stage { return &r.Noop }},
	{"floor", []string{"floor"}, func(r *benchResult) *stage { return &r.Floor }},
	{"archive", []string{"archive"}, func(r *benchResult) *stage { return &r.Archive }},
	{"chain", []string{"chain"}, func(r *benchResult) *stage { return &r.Chain }},
	{"both", []string{"archive", "chain"}, func(r *benchResult) *stage { return &r.Both }},
}

const latencyStage = "latency"

// check says whether the flags make sense, and makes the folder of the profiles.
func (b *bench) check() error {
	if b.events < 1 || b.rate < 1 || b.latencyFor <= 0 {
		return usageError{errors.New("--events, --rate and --latency-for must be above 0")}
	}
	for _, name := range b.only {
		known := name == latencyStage
		for _, s := range benchStages {
			known = known || s.name == name
		}
		if !known {
			return usageError{fmt.Errorf("there is no stage %q", name)}
		}
	}
	if b.profiles != "" {
		return os.MkdirAll(b.profiles, 0o750)
	}
	return nil
}

// wants says whether to run a stage. The latency is that of the readers of both, which must have read all before.
func (b *bench) wants(name string) bool {
	return len(b.only) == 0 || slices.Contains(b.only, name) || name == "both" && slices.Contains(b.only, latencyStage)
}

func (b *bench) run(ctx context.Context) (result benchResult, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if b.folder, err = os.MkdirTemp("", "oneorder-bench-"); err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.folder)) }()
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.start(ctx); err != nil {
		return result, err
	}
	result.Events = b.events
	say := func(name string, s stage) { fmt.Fprintf(os.Stderr, "%-8s %8.0f events a second\n", name, s.Rate) }
	if result.Publish, err = b.publish(ctx); err != nil {
		return result, err
	}
	say("publish", result.Publish)
	for _, step := range benchStages {
		if !b.wants(step.name) {
			continue
		}
		measured, err := b.read(ctx, step.name, step.readers)
		if err != nil {
			return result, fmt.Errorf("%s: %w", step.name, err)
		}
		*step.into(&result) = measured
		say(step.name, measured)
	}
	if b.wants(latencyStage) {
		if result.Latency, err = b.latency(ctx); err != nil {
			return result, fmt.Errorf("latency: %w", err)
		}
	}
	result.Ratio = make(map[string]float64)
	for name, s := range map[string]stage{"archive": result.Archive, "chain": result.Chain, "both": result.Both} {
		if result.Floor.Rate > 0 && s.Rate > 0 {
			result.Ratio[name] = s.Rate / result.Floor.Rate
		}
	}
	return result, nil
}

// start brings up broker and engine, each in a process of its own.
func (b *bench) start(ctx context.Context) (err error) {
	b.config = service.Default()
	b.config.Data = filepath.Join(b.folder, "state")
	b.broker, err = startChild(ctx, nil, "broker", "--listen", "127.0.0.1:0", "--data", filepath.Join(b.folder, "nats"))
	if err != nil {
		return err
	}
	line, err := b.broker.line()
	if err != nil {
		return err
	}
	b.config.NATS = strings.TrimPrefix(line, "nats ")
	b.engine, err = embedded.StartEngine(ctx, embedded.EngineConfig{Dir: filepath.Join(b.folder, "clickhouse")})
	if err != nil {
		return err
	}
	b.config.ClickHouse = b.engine.NativeAddr()
	if b.conn, err = connectStream(ctx, &b.config, "bench", quiet()); err != nil {
		return err
	}
	if err := b.conn.Ensure(ctx, stream.Settings{}); err != nil {
		return err
	}
	if b.warehouse, err = openWarehouse(ctx, &b.config); err != nil {
		return err
	}
	return b.warehouse.Migrate(ctx)
}

func (b *bench) close() error {
	var err error
	if b.conn != nil {
		b.conn.Close()
	}
	if b.warehouse != nil {
		err = b.warehouse.Close()
	}
	if b.engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		err = errors.Join(err, b.engine.Stop(ctx))
		cancel()
	}
	if b.broker != nil {
		err = errors.Join(err, b.broker.stop())
	}
	return err
}

// publish fills the stream. Making the events is not counted.
func (b *bench) publish(ctx context.Context) (s stage, err error) {
	traffic := simulator.Defaults()
	traffic.Seed, traffic.Chains = 1, b.events/20+1000+int(float64(b.rate)*(b.latencyFor+warm).Seconds()/20)
	// The density of a corridor grows with its volume: keep the run within a year or so.
	traffic.PerDay = max(traffic.PerDay, traffic.Chains/300)
	if b.sim, err = simulator.New(traffic); err != nil {
		return s, err
	}
	publisher := b.conn.Publisher(stream.PublisherConfig{})
	before, own := usageOf(b.broker.cmd.Process.Pid), usageOf(os.Getpid())
	var spent time.Duration
	for sent := 0; sent < b.events; {
		out := b.make(min(20_000, b.events-sent))
		if len(out) == 0 {
			return s, errors.New("the simulator ended too early")
		}
		began := time.Now()
		if err := b.send(ctx, publisher, out); err != nil {
			return s, err
		}
		spent += time.Since(began)
		sent += len(out)
	}
	s = b.stage(spent)
	s.Processes["broker"] = usageOf(b.broker.cmd.Process.Pid).since(before)
	s.Processes["publisher"] = usageOf(os.Getpid()).since(own)
	return s, nil
}

func (b *bench) stage(took time.Duration) stage {
	return stage{Rate: float64(b.events) / took.Seconds(), Seconds: took.Seconds(), Processes: make(map[string]usage)}
}

// make gives the next n messages.
func (b *bench) make(n int) []stream.Outgoing {
	out := make([]stream.Outgoing, 0, n)
	var e trade.Event
	for len(out) < n {
		if _, ok := b.sim.Next(&e); !ok {
			break
		}
		out = append(out, stream.Outgoing{
			Subject: stream.EventSubject(e.Org(), e.Type), MsgID: intake.MessageID(&e), Data: wire.Append(nil, &e),
		})
	}
	return out
}

func (b *bench) send(ctx context.Context, publisher *stream.Publisher, out []stream.Outgoing) error {
	receipts, err := publisher.Publish(ctx, out)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		if r.Err != nil {
			return r.Err
		}
		b.last = max(b.last, r.Sequence)
	}
	return nil
}

// tables are emptied before each stage, so that each begins alike.
var benchTables = []string{
	"events_all", "event_heads", "event_flags", "chains", "chain_events", "chain_references", "chain_aliases", "apart_events", "chain_stays", "findings", "unattributed_events", "rejected_events",
}

func (b *bench) empty(ctx context.Context) error {
	for _, table := range benchTables {
		if err := b.warehouse.Exec(ctx, "TRUNCATE TABLE IF EXISTS "+table); err != nil {
			return err
		}
	}
	return b.warehouse.CreateBare(ctx)
}

// read runs the readers, each in its own process, over the whole stream.
func (b *bench) read(ctx context.Context, name string, kinds []string) (s stage, err error) {
	if err := b.empty(ctx); err != nil {
		return s, err
	}
	broker, clickhouse := usageOf(b.broker.cmd.Process.Pid), usageOf(b.engine.PID())
	readers, err := b.startReaders(ctx, name, kinds, b.last)
	if err != nil {
		return s, err
	}
	var slowest time.Duration
	processes := make(map[string]usage)
	for i, r := range readers {
		out, used, err := r.wait()
		if err != nil {
			return s, err
		}
		run, err := decodeRun(out)
		if err != nil {
			return s, err
		}
		slowest = max(slowest, time.Duration(run.Seconds*float64(time.Second)))
		processes[kinds[i]] = used
	}
	s = b.stage(slowest)
	s.Processes = processes
	s.Processes["broker"] = usageOf(b.broker.cmd.Process.Pid).since(broker)
	s.Processes["clickhouse"] = usageOf(b.engine.PID()).since(clickhouse)
	return s, b.warehouse.DropBare(ctx)
}

func (b *bench) startReaders(ctx context.Context, name string, kinds []string, until uint64) ([]*child, error) {
	var readers []*child
	for _, kind := range kinds {
		args := []string{"bench-reader", kind, "--name", name + "-" + kind, "--until", fmt.Sprint(until), "--data", b.config.Data}
		if b.profiles != "" {
			args = append(args, "--profile", filepath.Join(b.profiles, name+"-"+kind))
			if until == 0 {
				args[len(args)-1] += "-" + latencyStage
			}
		}
		r, err := startChild(ctx, []string{"ONEORDER_NATS=" + b.config.NATS, "ONEORDER_CLICKHOUSE=" + b.config.ClickHouse}, args...)
		if err != nil {
			return nil, err
		}
		readers = append(readers, r)
	}
	return readers, nil
}

// latency publishes at a steady rate while archive and chain follow, and measures from the publishing of an
// event until a row of `chains` of its version or later is seen.
func (b *bench) latency(ctx context.Context) (l latency, err error) {
	readers, err := b.startReaders(ctx, "both", []string{"archive", "chain"}, 0)
	if err != nil {
		return l, err
	}
	defer func() {
		for _, r := range readers {
			err = errors.Join(err, r.stop())
		}
	}()
	w := newWatcher(b)
	if err := w.run(ctx); err != nil {
		return l, err
	}
	slices.Sort(w.waits)
	if len(w.waits) == 0 {
		return l, errors.New("nothing was seen")
	}
	at := func(share float64) float64 {
		return float64(w.waits[int(share*float64(len(w.waits)-1))].Microseconds()) / 1000
	}
	return latency{Rate: float64(b.rate), P50: at(0.5), P99: at(0.99), Max: at(1)}, nil
}

func (r benchResult) print() error {
	t := tabwriter.NewWriter(os.Stdout, 2, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "STAGE\tEVENTS/S\tTO FLOOR\tCPU µs/EVENT\tPEAK MiB\t")
	for _, line := range []struct {
		name string
		s    stage
	}{{"publish", r.Publish}, {"noop", r.Noop}, {"floor", r.Floor}, {"archive", r.Archive}, {"chain", r.Chain}, {"both", r.Both}} {
		ratio := "–"
		if v, ok := r.Ratio[line.name]; ok {
			ratio = fmt.Sprintf("%.2f", v)
		}
		fmt.Fprintf(t, "%s\t%.0f\t%s\t%s\t%s\t\n", line.name, line.s.Rate, ratio, r.perEvent(line.s, func(u usage) float64 {
			return u.CPUSeconds * 1e6 / float64(r.Events)
		}), r.perEvent(line.s, func(u usage) float64 { return u.PeakMemoryMiB }))
	}
	fmt.Fprintf(t, "latency at %.0f/s\tp50 %.0f ms\tp99 %.0f ms\tmax %.0f ms\t\t\n", r.Latency.Rate, r.Latency.P50, r.Latency.P99, r.Latency.Max)
	return t.Flush()
}

// perEvent lists a figure of each process of a stage.
func (r benchResult) perEvent(s stage, of func(usage) float64) string {
	var parts []string
	for name, u := range s.Processes {
		parts = append(parts, fmt.Sprintf("%s %.1f", name, of(u)))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
