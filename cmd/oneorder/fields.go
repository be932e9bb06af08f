package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"oneorder/internal/record"
	"oneorder/internal/service"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
	"oneorder/internal/wire"
)

// printFields writes each field of a chain's record with the event that it is from, as folding the stored events again tells it.
func printFields(ctx context.Context, out io.Writer, config *service.Config, w *warehouse.Warehouse, c *warehouse.ChainView) error {
	tables, err := loadTables(config)
	if err != nil {
		return err
	}
	type stored struct {
		payload  string
		recorded time.Time
	}
	payloads := make(map[trade.EventKey]stored)
	err = w.StoredPayloads(ctx, c.Timeline, warehouse.Newest, func(key trade.EventKey, payload string, recorded time.Time) {
		payloads[key] = stored{payload, recorded}
	})
	if err != nil {
		return err
	}
	b := record.NewBuilder(tables)
	said := make(map[trade.EventKey]string)
	var decoder wire.Decoder
	for i := range c.Timeline {
		r := &c.Timeline[i]
		p, known := payloads[r.Event]
		if !known || r.Rule == trade.ByConveyance && !moves(r) {
			continue // of what happens to a conveyance only that enters the records of those aboard
		}
		var e trade.Event
		if err := decoder.Decode([]byte(p.payload), &e); err != nil {
			return fmt.Errorf("event %s: %w", r.Event, err)
		}
		e.Recorded = p.recorded // which decides where the publisher does not say it
		said[e.Key()] = fmt.Sprintf("%s of %s, %s", e.Type, r.Org, e.ID)
		b.Add(&e)
	}
	b.Chain()
	fmt.Fprintf(out, "chain %s, %d events\n", c.ID, len(said))
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  FIELD\tVALUE\tFROM")
	for _, s := range b.Sources() {
		from := "derived"
		if s.Source != "" {
			from = said[trade.KeyOf(s.Source, s.ID)]
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\n", s.Field, strings.ReplaceAll(s.Value, "\t", " "), from)
	}
	fmt.Fprintln(t)
	return t.Flush()
}

// moves says whether the event is an actual departure or arrival.
func moves(r *warehouse.TimelineRow) bool {
	return (r.Classifier == trade.Actual || r.Classifier == "") && (r.Type == trade.ConveyanceDeparted || r.Type == trade.ConveyanceArrived)
}
