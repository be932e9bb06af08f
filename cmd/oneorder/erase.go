package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/erasure"
	"oneorder/internal/refdata"
	"oneorder/internal/state"
	"oneorder/internal/stream"
	"oneorder/services/archive"
	"oneorder/services/chain"
)

func newErase() *cobra.Command {
	c := &cobra.Command{
		Use: "erase [flags] [FILE|-]", Short: "Erase the personal data of a natural person, and prove it", Args: atMostOne,
		Long: "Takes texts out of everything that is stored: names, identity numbers, addresses, telephone numbers, one on a line of FILE.\n" +
			"They are put on an erasure list, as digests, which archive and chain apply to whatever they read from then on. What is stored is\n" +
			"rewritten, and the chains are joined again. At the end it looks through everything once more and says what it found before\n" +
			"and after; exit 1 if anything is left in ClickHouse. Without FILE the list as it is is applied again, as after a restore.\n\n" +
			"No chain may run on the folder meanwhile: stop the service, or `oneorder up`, first; archive is stopped and begins anew.\n" +
			"ONEORDER_NATS and ONEORDER_CLICKHOUSE name the servers; without them broker and engine are brought up from --data, as up does.",
		Example: "  oneorder erase --data data person.txt\n  printf '%s\\n' 'Tan Wei Ming' 'S1234567D' | oneorder erase --json - > proof.json\n  oneorder erase --check person.txt",
	}
	config := environment(c, "data", "nats-user", "clickhouse-user", "log", "log-format")
	check := c.Flags().Bool("check", false, "only look: change nothing, exit 1 if anything is found")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		var texts []string
		if len(args) == 1 {
			var err error
			if texts, err = readTexts(args[0]); err != nil {
				return err
			}
		}
		in := &instance{config: *config, logger: config.Logger(os.Stderr)}
		result, err := in.erase(c.Context(), texts, *check)
		if err = errors.Join(err, in.stop()); err != nil {
			return err
		}
		if *asJSON {
			err = printJSON(result)
		} else {
			result.print(os.Stdout)
		}
		if err == nil && result.left() > 0 {
			err = errTold
		}
		return err
	}
	return c
}

func atMostOne(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError{fmt.Errorf("expected a file, or - for standard input, got %d arguments", len(args))}
	}
	return nil
}

// readTexts reads a text a line. They are not arguments, which every user of the machine can see.
func readTexts(path string) (texts []string, err error) {
	from := io.ReadCloser(os.Stdin)
	if path != "-" {
		if from, err = os.Open(path); err != nil { //nolint:gosec // the file that the user names
			return nil, err
		}
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" {
			texts = append(texts, text)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return nil, usageError{fmt.Errorf("%s has no line with a text", path)}
	}
	return texts, nil
}

// proof is what erase says at its end.
type proof struct {
	At      time.Time       `json:"at"`
	Texts   int             `json:"texts"` // on the list
	List    string          `json:"list"`  // its digest
	Checked bool            `json:"checked_only"`
	Found   []archive.Trace `json:"found,omitempty"` // before
	Left    []archive.Trace `json:"left"`            // after
	Streams []held          `json:"streams"`
	ByHand  []string        `json:"by_hand"` // what is not reached
	Seconds float64         `json:"seconds"`
}

// held is what a stream of the broker has.
type held struct {
	Stream   string     `json:"stream"`
	Messages uint64     `json:"messages"`
	Found    uint64     `json:"found"`
	Removed  uint64     `json:"removed"`
	Until    *time.Time `json:"until,omitempty"` // when the last of those that are left goes
}

func (p *proof) left() (rows uint64) {
	for _, t := range p.Left {
		rows += t.Found
	}
	return rows
}

func (p *proof) print(to io.Writer) {
	fmt.Fprintf(to, "%-34s %12s %10s %10s\n", "", "rows", "found", "left")
	for i, t := range p.Left {
		found := "-"
		if i < len(p.Found) {
			found = fmt.Sprint(p.Found[i].Found)
		}
		fmt.Fprintf(to, "%-34s %12d %10s %10d\n", t.Place, t.Rows, found, t.Found)
	}
	for _, h := range p.Streams {
		fmt.Fprintf(to, "%-34s %12d %10d %10d", "stream "+h.Stream, h.Messages, h.Found, h.Found-h.Removed)
		switch {
		case h.Found == h.Removed:
		case h.Until != nil:
			fmt.Fprintf(to, "  until %s", h.Until.Format(time.DateOnly))
		default:
			fmt.Fprint(to, "  until all readers have them for good, and another erase")
		}
		fmt.Fprintln(to)
	}
	for _, what := range p.ByHand {
		fmt.Fprintln(to, "by hand:", what)
	}
	fmt.Fprintf(to, "%d texts on the list %.16s, %s, %.1f s\n", p.Texts, p.List, p.At.Format(time.RFC3339), p.Seconds)
}

// erase works on the servers that the environment names, or on its own over the data folder.
func (in *instance) erase(ctx context.Context, texts []string, check bool) (p proof, err error) {
	began := time.Now()
	if err := in.reach(ctx, "erase", "an erasure"); err != nil {
		return p, err
	}
	tables, err := loadTables(&in.config)
	if err != nil {
		return p, err
	}
	if in.erasures == nil {
		in.erasures = erasure.New()
	}
	for i, text := range texts {
		if err := in.erasures.Add(text); err != nil {
			return p, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	if in.erasures.Len() == 0 {
		return p, usageError{errors.New("nothing is on the erasure list, and no FILE was given")}
	}
	p = proof{At: began.UTC().Truncate(time.Second), Texts: in.erasures.Len(), List: in.erasures.Digest(), Checked: check}
	if !check {
		if err := in.rewrite(ctx, tables, &p); err != nil {
			return p, err
		}
	}
	bar := newProgress(os.Stderr, "events looked at", 0)
	defer bar.end()
	p.Left, err = archive.Traces(ctx, in.archiveConfig(tables), func(events uint64) { bar.set(int(events)) })
	if err != nil {
		return p, err
	}
	for _, name := range []string{stream.Inbox, stream.Events, stream.Rejected} {
		h, err := in.conn.Find(ctx, name, !check, in.mentions)
		if err != nil {
			return p, err
		}
		at := held{Stream: h.Stream, Messages: h.Messages, Found: h.Found, Removed: h.Removed}
		if !h.Until.IsZero() {
			at.Until = &h.Until
		}
		p.Streams = append(p.Streams, at)
	}
	if p.ByHand, err = byHand(in.config.Data); err != nil {
		return p, err
	}
	p.Seconds = time.Since(began).Seconds()
	return p, nil
}

// byHand says what an erasure does not reach: first what is beside the state folder.
func byHand(data string) ([]string, error) {
	entries, err := os.ReadDir(data)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if name, second := strings.CutPrefix(e.Name(), secondChain); second && e.IsDir() {
			all = append(all, fmt.Sprintf("%s, state of a second version of chain: remove it, and its tables (chains__%s …)", filepath.Join(data, e.Name()), name))
		}
	}
	return append(all,
		"state folders of standbys of chain, on whatever machine: remove each before the standby starts again",
		"backups, and files that were exported",
	), nil
}

// rewrite puts the list in force and rewrites what is stored.
func (in *instance) rewrite(ctx context.Context, tables *refdata.Tables, p *proof) error {
	if err := in.alone(); err != nil {
		return err
	}
	if err := keepErasures(ctx, in.conn, in.warehouse, in.erasures, "", ""); err != nil {
		return err
	}
	bar := newProgress(os.Stderr, "events looked at", 0)
	var err error
	p.Found, err = archive.Erase(ctx, in.archiveConfig(tables), func(events uint64) { bar.set(int(events)) })
	bar.end()
	if err != nil {
		return err
	}
	if _, err = in.joinAgain(ctx, tables, chain.FromEither); err != nil {
		return err
	}
	return in.warehouse.Recount(ctx)
}

// alone says that a chain runs, which is better known before anything is changed.
func (in *instance) alone() error {
	lock, err := state.Lock(filepath.Join(in.config.Data, "chain"))
	if err != nil {
		return fmt.Errorf("%w: stop the chain that runs on it first", err)
	}
	return lock.Close()
}

func (in *instance) archiveConfig(tables *refdata.Tables) archive.Config {
	return archive.Config{Stream: in.conn, Warehouse: in.warehouse, Tables: tables, Erasures: in.erasures}
}

// mentions says whether a message has anything that is on the list, in its body or its headers.
func (in *instance) mentions(header stream.Header, body []byte) bool {
	if _, found := in.erasures.Bytes(body); found {
		return true
	}
	for _, values := range header {
		for _, value := range values {
			if _, found := in.erasures.Bytes([]byte(value)); found {
				return true
			}
		}
	}
	return false
}
