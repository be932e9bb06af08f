package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

// published is what became of a file.
type published struct {
	Stored   int          `json:"published"`
	Repeats  int          `json:"repeats"`
	Rejected int          `json:"rejected"`
	Unknown  int          `json:"unknown"` // not known to be stored: publish them again
	Faults   []lineFaults `json:"faults"`
}

// lineFaults is what is wrong with a line.
type lineFaults struct {
	Line   int          `json:"line"`
	Faults trade.Faults `json:"faults"`
}

// tell says what became of the file, also where it was left in the middle.
func (p *publishing) tell(took time.Duration, err error) error {
	unknown := ""
	if p.Unknown > 0 {
		unknown = fmt.Sprintf(", %d not known to be stored (publish the file again: repeats are harmless)", p.Unknown)
	}
	fmt.Fprintf(os.Stderr, "%d published, %d repeats, %d rejected%s%s\n", p.Stored, p.Repeats, p.Rejected, unknown, speed(p.Stored+p.Repeats, took))
	if p.asJSON {
		err = errors.Join(err, printJSON(p.published))
	}
	if err == nil && p.Rejected+p.Unknown > 0 {
		return errTold
	}
	return err
}

// speed tells how long it took to publish, where there was enough to tell.
func speed(count int, took time.Duration) string {
	if count < 1000 {
		return ""
	}
	return fmt.Sprintf(", in %s (%.0f a second)", took.Round(time.Millisecond), float64(count)/took.Seconds())
}

// refuse tells what is wrong with a line.
func (p *publishing) refuse(line int, err error) {
	var faults trade.Faults
	if !errors.As(err, &faults) {
		faults = trade.Faults{{Code: "malformed", Value: trade.Quote(err.Error()), Message: "an event (docs/enterprise.md)"}}
	}
	p.Rejected++
	p.wrong(line, faults)
}

// wrong tells faults of a line.
func (p *publishing) wrong(line int, faults trade.Faults) {
	p.bar.pause()
	if p.asJSON {
		p.Faults = append(p.Faults, lineFaults{line, faults})
	}
	tellFaults(line, faults)
}

// await waits until all that was published has been stored or rejected, and tells what was rejected.
func (p *publishing) await(ctx context.Context) error {
	source, wait := stream.Events, p.awaitArchive
	if p.format != "" {
		source, wait = stream.Inbox, p.awaitDocument
	}
	if err := wait(ctx); err != nil {
		return err
	}
	// The broker's clock may be behind ours.
	since := p.began.Add(-time.Minute)
	for r, err := range p.conn.Rejected(ctx, orText(p.org, "*"), since) {
		if err != nil {
			return fmt.Errorf("read rejections: %w", err)
		}
		line, ours := p.lines[r.Sequence]
		if ours && strings.HasPrefix(r.Subject, strings.ToLower(source)+".") {
			p.refuse(line, r.Faults)
		}
	}
	return nil
}

// awaitArchive waits until the archive has written what was published.
func (p *publishing) awaitArchive(ctx context.Context) error {
	return poll(ctx, "stored", func(ctx context.Context) (bool, error) {
		written, err := p.conn.Written(ctx, "archive")
		return written >= p.last, err
	})
}

// awaitDocument waits until the domain service has taken the document in.
func (p *publishing) awaitDocument(ctx context.Context) error {
	f, err := formatNamed(p.format)
	if err != nil {
		return err
	}
	return poll(ctx, "converted", func(ctx context.Context) (bool, error) { return p.conn.InboxDone(ctx, f.Domain, p.last) })
}

// poll asks until the answer is yes. What goes wrong meanwhile is waited out, since the broker may be away.
func poll(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
	told := time.Now().Add(3 * time.Second)
	for {
		yes, err := done(ctx)
		if yes && err == nil {
			return nil
		}
		if time.Now().After(told) {
			why := ""
			if err != nil && ctx.Err() == nil {
				why = ": " + err.Error()
			}
			fmt.Fprintf(os.Stderr, "the broker has everything; waiting until it is %s (Ctrl-C to leave it to itself)%s\n", what, why)
			told = time.Now().Add(time.Hour)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the broker has everything, but it is not known to be %s: %w", what, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
