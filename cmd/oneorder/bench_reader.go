package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/refdata"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
	"oneorder/services/archive"
	"oneorder/services/chain"
)

// newBenchReader gives the hidden verb that bench runs in a process of its own: one reader over the whole
// stream, until it has written up to a sequence.
func newBenchReader() *cobra.Command {
	c := &cobra.Command{
		Use: "bench-reader noop|floor|archive|chain", Hidden: true, Short: "One reader of oneorder bench",
		Args: exactly(1, "the reader's kind"),
	}
	config := environment(c, "nats", "clickhouse", "data", "log")
	name := c.Flags().String("name", "", "`name` of the reader's record")
	until := c.Flags().Uint64("until", 0, "`sequence` to stop at; 0: when interrupted")
	profile := c.Flags().String("profile", "", "write profiles to `file`.cpu and file.heap")
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		if *profile != "" {
			stop, failed := startProfile(*profile)
			if failed != nil {
				return failed
			}
			defer func() { err = errors.Join(err, stop()) }()
		}
		return benchRead(c.Context(), config, args[0], *name, *until)
	}
	return c
}

// readerRun is what a reader's process says of itself at its end.
type readerRun struct {
	Seconds float64 `json:"seconds"`
}

// progressing is a reader, whatever service it belongs to.
type progressing interface {
	Run(ctx context.Context) error
	Progress() stream.Progress
}

func benchRead(ctx context.Context, config *service.Config, kind, name string, until uint64) (err error) {
	conn, err := connectStream(ctx, config, "bench "+kind, quiet())
	if err != nil {
		return err
	}
	defer conn.Close()
	w, err := openWarehouse(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	r, err := benchReaderOf(config, conn, w, kind, name)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- r.Run(running) }()
	for until == 0 || r.Progress().Written < until {
		select {
		case err := <-ended:
			return err
		case <-time.After(2 * time.Millisecond):
		}
	}
	took := time.Since(began)
	stop()
	if err := <-ended; err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(readerRun{Seconds: took.Seconds()})
}

func benchReaderOf(config *service.Config, conn *stream.Conn, w *warehouse.Warehouse, kind, name string) (progressing, error) {
	reader := stream.ReaderConfig{Name: name}
	switch kind {
	case "noop":
		return conn.NewReader(reader, noop{}), nil
	case "floor":
		return conn.NewReader(reader, &floor{warehouse: w, free: make(chan *floorBatch, 3)}), nil
	}
	tables, err := refdata.Load()
	if err != nil {
		return nil, err
	}
	switch kind {
	case "archive":
		return archive.New(archive.Config{Stream: conn, Warehouse: w, Tables: tables, Reader: name}, quiet())
	case "chain":
		limitMemory()
		return chain.New(chain.Config{
			Stream: conn, Warehouse: w, Tables: tables, Reader: name, Data: filepath.Join(config.Data, name),
		}, quiet())
	}
	return nil, usageError{fmt.Errorf("there is no reader %q", kind)}
}

// noop reads and does nothing.
type noop struct{}

func (noop) Start(_ context.Context, pos stream.Position) (uint64, stream.Pending, error) {
	return pos.Written, nil, nil
}
func (noop) Prepare(context.Context, stream.Batch) (stream.Pending, error) { return noop{}, nil }
func (noop) Commit(context.Context, stream.Claim) error                    { return nil }

// floor decodes and inserts thirteen plain columns: what storing events costs at the least.
type floor struct {
	warehouse *warehouse.Warehouse
	decoder   wire.Bare
	event     trade.Event
	free      chan *floorBatch
}

type floorBatch struct {
	floor *floor
	block *warehouse.Bare
}

func (f *floor) Start(_ context.Context, pos stream.Position) (uint64, stream.Pending, error) {
	return pos.Written, nil, nil
}

func (f *floor) Prepare(_ context.Context, b stream.Batch) (stream.Pending, error) {
	var p *floorBatch
	select {
	case p = <-f.free:
	default:
		p = &floorBatch{floor: f, block: warehouse.NewBare()}
	}
	for i := range b.Messages {
		m := &b.Messages[i]
		if err := f.decoder.Decode(m.Data, &f.event); err != nil {
			return nil, err
		}
		p.block.Append(&f.event, &warehouse.EventRow{
			Key: f.event.Key(), Payload: m.Data, Received: m.Time, Version: b.Version(m.Sequence),
		})
	}
	return p, nil
}

func (p *floorBatch) Commit(ctx context.Context, c stream.Claim) error {
	if err := p.floor.warehouse.Insert(ctx, c.Token(p.block.Table()), p.block); err != nil {
		return err
	}
	p.block.Reset()
	select {
	case p.floor.free <- p:
	default:
	}
	return nil
}

// startProfile begins a processor profile; stop ends it, and writes it and one of the heap.
func startProfile(path string) (stop func() error, err error) {
	cpu, err := os.Create(path + ".cpu") //nolint:gosec // the caller names the file
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(err, cpu.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		heap, err := os.Create(path + ".heap") //nolint:gosec // the caller names the file
		if err != nil {
			return errors.Join(err, cpu.Close())
		}
		return errors.Join(cpu.Close(), pprof.WriteHeapProfile(heap), heap.Close())
	}, nil
}
