package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func newLink() *cobra.Command {
	var stats bool
	c := &cobra.Command{
		Use: "link FILE|-", Short: "Join canonical events, one a line, offline",
		Long: "Joins canonical events, one a line, without broker or warehouse, and prints a line for each event that stands,\n" +
			"in the order of the lines that say it last:\n" +
			`{"source","id","chains":["…"],"evidence":[{"chain","rule","via","steps","by"}]}. An event in no chain has [].` + "\n" +
			"By names the event that made the membership: its source and its id. Where joining remarks something on an event (wide,\n" +
			"link_suspect, unclear, revision_conflict), \"flags\":[\"…\"] stands behind that. How the lines are ordered makes no\n" +
			"difference to the groups; a chain's id is that of the number named first in the file.\n" +
			"A line that is no event is told on standard error as LINE POINTER CODE MESSAGE, and the others are joined; then\n" +
			"the exit code is 1, as it is where there is no event at all.\n\n" +
			"With --stats it tells on standard error what joining took: to how many of the events before it each line led back, and how\n" +
			"many of those are with other events than before, whatever their chains are called.",
		Example: "  oneorder link events.ndjson\n  oneorder convert --format dcsa-tnt notification.json | oneorder link -",
		Args:    exactly(1, "one file, or - for standard input"),
		RunE:    func(_ *cobra.Command, args []string) error { return link(args[0], stats) },
	}
	c.Flags().BoolVar(&stats, "stats", false, "join the events one by one, and tell the work that each took")
	return c
}

func link(file string, stats bool) (err error) {
	in, err := openFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	store := linkage.Memory{}
	l := linking{store: store, linker: linkage.New(store, 0)}
	if stats {
		l.stats = newLinkStats()
	}
	if err := l.read(in); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if l.lines == 0 {
		tellFaults(1, trade.Faults{{Code: "empty", Message: "one event or more, a line each"}})
		l.bad++
	}
	if err := l.print(os.Stdout); err != nil {
		return err
	}
	if l.stats != nil {
		if err := l.stats.print(os.Stderr); err != nil {
			return err
		}
	}
	if l.bad > 0 {
		return errTold
	}
	return nil
}

// linkChunk is how many events are joined at once.
const linkChunk = 1000

// linking is one run of the verb.
type linking struct {
	store  linkage.Memory
	linker *linkage.Linker

	events [linkChunk]struct { // each with the memory that it aliases
		decoder wire.Decoder
		text    []byte
		event   trade.Event
	}
	batch []linkage.Input
	said  []saying
	lines int // that are not blank
	bad   int
	stats *linkStats // nil: nobody asked
}

// saying is a line that said an event: in its place in the file, which is its sequence.
type saying struct {
	key      trade.EventKey
	sequence uint64
}

// read joins every line.
func (l *linking) read(in io.Reader) error {
	lines := wire.NewLines(in)
	for {
		line, err := lines.Next()
		switch {
		case errors.Is(err, io.EOF):
			return l.join()
		case err != nil:
			return err
		}
		l.lines++
		if line.Faults != nil {
			l.bad++
			tellFaults(line.Number, line.Faults)
			continue
		}
		slot := &l.events[len(l.batch)]
		slot.text = append(slot.text[:0], line.Text...)
		if err := slot.decoder.Decode(slot.text, &slot.event); err != nil {
			l.bad++
			tellFaults(line.Number, err)
			continue
		}
		in := linkage.Input{Event: &slot.event, Sequence: uint64(line.Number), Received: time.Unix(0, 0), Digest: wire.Digest(&slot.event)} // a count
		l.batch = append(l.batch, in)
		l.said = append(l.said, saying{slot.event.Key(), in.Sequence})
		if len(l.batch) == linkChunk {
			if err := l.join(); err != nil {
				return err
			}
		}
	}
}

func (l *linking) join() error {
	at := max(len(l.batch), 1)
	if l.stats != nil {
		at = 1
	}
	for some := range slices.Chunk(l.batch, at) {
		changes, err := l.linker.Apply(some)
		if err != nil {
			return err
		}
		if l.stats != nil {
			l.stats.add(&changes, some[0].Event.Key())
		}
	}
	l.batch = l.batch[:0]
	return l.linker.Flush(l.store)
}

// linkedEvent is a line of what the verb prints.
type linkedEvent struct {
	Source   string           `json:"source"`
	ID       string           `json:"id"`
	Chains   []string         `json:"chains"`
	Evidence []linkedEvidence `json:"evidence"`
	Flags    []string         `json:"flags,omitempty"`
}

type linkedEvidence struct {
	Chain string     `json:"chain"`
	Rule  trade.Rule `json:"rule"`
	Via   string     `json:"via"`
	Steps uint16     `json:"steps"`
	By    string     `json:"by"` // source and id
}

// print tells every event that stands, where the line stands that said it so.
func (l *linking) print(w io.Writer) (err error) {
	out := bufio.NewWriterSize(w, 1<<20)
	defer func() { err = errors.Join(err, out.Flush()) }()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, s := range l.said {
		told, _ := l.linker.Tell(s.key)
		if told.Sequence != s.sequence || told.Retracted {
			continue // a repeat, a superseded revision, or taken back
		}
		line := linkedEvent{Source: told.Source, ID: told.ID, Chains: []string{}, Evidence: []linkedEvidence{}, Flags: told.Flags.Names()}
		for _, a := range told.Attributions {
			by, _ := l.linker.Tell(a.By)
			line.Chains = append(line.Chains, a.Chain)
			line.Evidence = append(line.Evidence, linkedEvidence{a.Chain, a.Rule, a.Via, a.Steps, by.Source + " " + by.ID})
		}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return l.linker.Err()
}

// tellFaults tells on standard error what is wrong with a line: LINE POINTER CODE MESSAGE.
func tellFaults(line int, err error) {
	var faults trade.Faults
	if !errors.As(err, &faults) {
		fmt.Fprintf(os.Stderr, "%d / refused %v\n", line, err)
		return
	}
	for _, f := range faults {
		tellFault(os.Stderr, line, f)
	}
}
