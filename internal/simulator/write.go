package simulator

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// Written counts what Write wrote.
type Written struct {
	Events   int // lines of events, repeats included
	Distinct int // lines of truth
	Chains   int
}

// Write writes what is left of the run: a line of canonical JSON per event in the order of arrival, and a line
// of truth per distinct event. Either writer may be nil. It stops between events when ctx ends.
func (s *Simulator) Write(ctx context.Context, events, truth io.Writer) (Written, error) {
	var written Written
	lines, truths := buffered(events), buffered(truth)
	var e trade.Event
	var line []byte
	for {
		if written.Events%1000 == 0 && ctx.Err() != nil {
			return written, fmt.Errorf("write simulated events: %w", ctx.Err())
		}
		chains, ok := s.Next(&e)
		if !ok {
			break
		}
		written.Events++
		line = append(wire.Append(line[:0], &e), '\n')
		if _, err := lines.Write(line); err != nil {
			return written, fmt.Errorf("write simulated events: %w", err)
		}
		if !s.Stands() {
			continue
		}
		written.Distinct++
		line = Truth{Source: e.Source, ID: e.ID, Chains: chains, Scenario: s.Scenario()}.Append(line[:0])
		if _, err := truths.Write(line); err != nil {
			return written, fmt.Errorf("write truth: %w", err)
		}
	}
	written.Chains = s.Planned()
	if err := lines.Flush(); err != nil {
		return written, fmt.Errorf("write simulated events: %w", err)
	}
	if err := truths.Flush(); err != nil {
		return written, fmt.Errorf("write truth: %w", err)
	}
	return written, nil
}

func buffered(w io.Writer) *bufio.Writer {
	if w == nil {
		w = io.Discard
	}
	return bufio.NewWriterSize(w, 1<<18)
}
