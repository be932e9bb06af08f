package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

func newStatus() *cobra.Command {
	c := &cobra.Command{
		Use: "status", Short: "Show the streams, how far the readers are, and what the warehouse holds", Args: noArguments,
	}
	config := environment(c, "data", "nats", "nats-user", "clickhouse", "clickhouse-user")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	watch := c.Flags().Bool("watch", false, "show it again every two seconds, until Ctrl-C; with --json a line each time")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *watch {
			return watchStatus(c.Context(), config, *asJSON)
		}
		s, err := readStatus(c.Context(), config)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(s)
		}
		return s.print()
	}
	return c
}

// watchEvery is how often status --watch looks.
const watchEvery = 2 * time.Second

// watchStatus shows the status again and again until ctx ends. What cannot be read is said, and tried again.
func watchStatus(ctx context.Context, config *service.Config, asJSON bool) error {
	for ctx.Err() == nil {
		s, err := readStatus(ctx, config)
		if err == nil {
			err = s.again(asJSON)
			if err != nil {
				return err // nobody reads what is printed
			}
		} else if ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchEvery):
		}
	}
	return nil
}

// again prints the status in the place of the one before or, where no terminal is, after it.
func (s status) again(asJSON bool) error {
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(s)
	}
	if term.IsTerminal(int(os.Stdout.Fd())) {
		fmt.Print("\x1b[H\x1b[2J") // home, and clear
	}
	fmt.Println(time.Now().UTC().Format(time.RFC3339))
	return s.print()
}

// status is the picture of a running deployment.
type status struct {
	Streams   []streamStatus  `json:"streams"`
	Readers   []readerStatus  `json:"readers"`
	Warehouse warehouseStatus `json:"warehouse"`
}

type streamStatus struct {
	Name     string `json:"name"`
	Messages uint64 `json:"messages"`
	Bytes    uint64 `json:"bytes"`
	MaxBytes int64  `json:"max_bytes"`
	First    uint64 `json:"first_sequence"`
	Last     uint64 `json:"last_sequence"`
}

type readerStatus struct {
	Name         string     `json:"name"`
	Stream       string     `json:"stream"`
	Written      uint64     `json:"written"`
	Lag          uint64     `json:"lag"`
	OldestUnread *time.Time `json:"oldest_unread"`
	Epoch        uint64     `json:"epoch"`
	Generation   uint64     `json:"generation"`
	Holder       string     `json:"lease_holder,omitempty"`
	Standbys     []string   `json:"standbys,omitempty"`

	PausedSince *time.Time `json:"paused_since,omitempty"`
	PausedBy    string     `json:"paused_by,omitempty"`
}

type warehouseStatus struct {
	Events       uint64 `json:"events"`
	Chains       uint64 `json:"chains"`
	Attributions uint64 `json:"attributions"`
	Unattributed uint64 `json:"unattributed"`
	Rejected     uint64 `json:"rejected"`
}

func readStatus(ctx context.Context, config *service.Config) (s status, err error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	conn, err := connectStream(ctx, config, "status", quiet())
	if err != nil {
		return s, err
	}
	defer conn.Close()
	w, err := openWarehouse(ctx, config)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	streams, err := conn.Streams(ctx)
	if err != nil {
		return s, err
	}
	readers, err := conn.Readers(ctx)
	if err != nil {
		return s, err
	}
	counts, err := w.Counts(ctx)
	if err != nil {
		return s, err
	}
	return statusOf(streams, readers, counts), nil
}

func statusOf(streams []stream.StreamInfo, readers []stream.ReaderInfo, c warehouse.Counts) status {
	s := status{Streams: []streamStatus{}, Readers: []readerStatus{}}
	for _, i := range streams {
		s.Streams = append(s.Streams, streamStatus{i.Name, i.Messages, i.Bytes, i.MaxBytes, i.First, i.Last})
	}
	for _, i := range readers {
		r := readerStatus{Name: i.Name, Stream: i.Stream, Written: i.Written, Lag: i.Lag, Epoch: i.Epoch, Generation: i.Generation, Holder: i.Holder, Standbys: i.Standbys}
		if !i.OldestUnread.IsZero() {
			r.OldestUnread = &i.OldestUnread
		}
		if i.Paused != nil {
			r.PausedSince, r.PausedBy = &i.Paused.Since, i.Paused.By
		}
		s.Readers = append(s.Readers, r)
	}
	s.Warehouse = warehouseStatus{
		Events: c.Current, Chains: c.Chains, Attributions: c.Attributions, Unattributed: c.Unattributed, Rejected: c.Rejected,
	}
	return s
}

func (s status) print() error {
	t := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "STREAM\tMESSAGES\tSIZE\tFULL AT\tSEQUENCES")
	for _, i := range s.Streams {
		limit := "–"
		if i.MaxBytes > 0 {
			limit = bytesText(uint64(i.MaxBytes))
		}
		sequences := "–"
		if i.Messages > 0 {
			sequences = fmt.Sprintf("%d–%d", i.First, i.Last)
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\n", i.Name, i.Messages, bytesText(i.Bytes), limit, sequences)
	}
	fmt.Fprintln(t, "\nREADER\tOF\tWRITTEN\tLAG\tOLDEST UNREAD\tSTAND BY\tPAUSED")
	for _, r := range s.Readers {
		oldest := "–"
		if r.OldestUnread != nil {
			oldest = time.Since(*r.OldestUnread).Round(time.Second).String() + " ago"
		}
		paused := "–"
		if r.PausedSince != nil {
			paused = "by " + r.PausedBy + " since " + r.PausedSince.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%s\t%d\t%s\n", r.Name, r.Stream, r.Written, r.Lag, oldest, len(r.Standbys), paused)
	}
	w := s.Warehouse
	fmt.Fprintln(t, "\nDATABASE\tEVENTS\tCHAINS\tATTRIBUTIONS\tWAITING\tREJECTED")
	fmt.Fprintf(t, "oneorder\t%d\t%d\t%d\t%d\t%d\n", w.Events, w.Chains, w.Attributions, w.Unattributed, w.Rejected)
	return t.Flush()
}

// bytesText writes a size for a person, in binary units.
func bytesText(n uint64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/1024, 0
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	return fmt.Sprintf("%.1f %ciB", size, units[unit])
}
