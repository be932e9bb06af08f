package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/refdata"
	"oneorder/internal/stream"
	"oneorder/services/chain"
)

func newRebuild() *cobra.Command {
	c := &cobra.Command{
		Use: "rebuild", Short: "Join everything again, from the stream or from ClickHouse", Args: noArguments,
		Long: "Joins all events again into new tables and a new state, and then puts them in the place of the old ones. The old ones\n" +
			"can be read until then. The events come from the stream or, when that no longer has the first of them, from\n" +
			"ClickHouse and then from the stream; --from asks for one of the two.\n\n" +
			"No chain may run on the folder meanwhile: stop the service, or `oneorder up`, first. ONEORDER_NATS and\n" +
			"ONEORDER_CLICKHOUSE name the servers; without them broker and engine are brought up from --data, as up does.",
		Example: "  oneorder rebuild --data data\n  ONEORDER_NATS=nats://nats:4222 ONEORDER_CLICKHOUSE=clickhouse:9000 oneorder rebuild --from warehouse",
	}
	config := environment(c, "data", "nats-user", "clickhouse-user", "log", "log-format")
	from := c.Flags().String("from", "", "where the events come `from`: stream or warehouse; default what has them all")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		origin := chain.Origin(*from)
		if origin != chain.FromEither && origin != chain.FromStream && origin != chain.FromWarehouse {
			return usageError{fmt.Errorf("--from %s: want stream or warehouse", *from)}
		}
		in := &instance{config: *config, logger: config.Logger(os.Stderr)}
		result, err := in.rebuild(c.Context(), origin)
		if err = errors.Join(err, in.stop()); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(result)
		}
		fmt.Printf("joined %d messages again in %.1f s: %d chains, %d attributions, %d events wait\n",
			result.Messages, result.Seconds, result.Chains, result.Attributions, result.Waiting)
		return nil
	}
	return c
}

// rebuilt is what rebuild says at its end.
type rebuilt struct {
	Messages     uint64  `json:"messages"`
	Chains       uint64  `json:"chains"`
	Attributions uint64  `json:"attributions"`
	Waiting      uint64  `json:"waiting"`
	Seconds      float64 `json:"seconds"`
}

// reach brings up, or connects to, what a verb works on that is to be alone with it: the servers that the environment names, or its
// own over the data folder. before says what it is to be stopped before.
func (in *instance) reach(ctx context.Context, name, before string) (err error) {
	at := place{nats: "127.0.0.1:0", clickhouse: "127.0.0.1:0", clickhouseHTTP: "127.0.0.1:0"}
	if outer := os.Getenv("ONEORDER_NATS"); outer != "" {
		at.nats, at.outerNATS = outer, true
	}
	if outer := os.Getenv("ONEORDER_CLICKHOUSE"); outer != "" {
		at.clickhouse, at.outerClickHouse = outer, true
	}
	if err := in.startServers(ctx, at); err != nil {
		return fmt.Errorf("%w (stop oneorder up before %s)", err, before)
	}
	if in.conn, err = connectStream(ctx, &in.config, name, in.logger); err != nil {
		return err
	}
	if err := in.conn.Ensure(ctx, stream.Settings{}); err != nil {
		return err
	}
	if in.warehouse, err = openWarehouse(ctx, &in.config); err != nil {
		return err
	}
	if err := in.warehouse.Migrate(ctx); err != nil {
		return err
	}
	in.erasures, err = erasures(ctx, in.conn, in.warehouse)
	return err
}

// chainConfig is that of the chain of the data folder.
func (in *instance) chainConfig(tables *refdata.Tables) chain.Config {
	return chain.Config{
		Stream: in.conn, Warehouse: in.warehouse, Tables: tables, Erasures: in.erasures, Data: filepath.Join(in.config.Data, "chain"),
	}
}

// rebuild works on the servers that the environment names, or on its own over the data folder.
func (in *instance) rebuild(ctx context.Context, from chain.Origin) (r rebuilt, err error) {
	if err := in.reach(ctx, "rebuild", "a rebuild"); err != nil {
		return r, err
	}
	tables, err := loadTables(&in.config)
	if err != nil {
		return r, err
	}
	return in.joinAgain(ctx, tables, from)
}

// joinAgain joins everything again, with a bar of progress.
func (in *instance) joinAgain(ctx context.Context, tables *refdata.Tables, from chain.Origin) (r rebuilt, err error) {
	began := time.Now()
	bar := newProgress(os.Stderr, "messages", 0)
	err = chain.Rebuild(ctx, in.chainConfig(tables), from, in.logger, func(done, of uint64) {
		r.Messages = of
		bar.total = int(of)
		bar.set(int(done))
	})
	bar.end()
	if err != nil {
		return r, err
	}
	r.Seconds = time.Since(began).Seconds()
	counts, err := in.warehouse.Counts(ctx)
	r.Chains, r.Attributions, r.Waiting = counts.Chains, counts.Attributions, counts.Unattributed
	return r, err
}
