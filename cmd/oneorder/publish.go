package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/standard"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func newPublish() *cobra.Command {
	c := &cobra.Command{
		Use: "publish [flags] FILE|-", Short: "Publish events or standard documents, and hear what became of them",
		Long: "Publishes canonical events, one a line, or with --format one standard document. Waits until every one has been\n" +
			"stored or refused, and says which were refused and why: LINE POINTER CODE MESSAGE. Goes on by itself when the\n" +
			"broker was away. Exit code 1 if any was refused.",
		Args: exactly(1, "one file, or - for standard input"),
	}
	c.Example = "  oneorder publish events.ndjson\n  oneorder publish --org sitc --format dcsa-tnt notification.json"
	config := environment(c, "nats", "nats-user")
	var p publishing
	c.Flags().StringVar(&p.org, "org", "", "`organisation` to publish as (default: of events the one that their source names, of documents local)")
	c.Flags().StringVar(&p.format, "format", "", "`format` of a standard document, such as dcsa-tnt")
	c.Flags().BoolVar(&p.noWait, "no-wait", false, "do not wait for the outcome: only for the broker to have the events")
	c.RunE = func(c *cobra.Command, args []string) error {
		if p.org != "" && !trade.ValidOrg(p.org) {
			return usageError{fmt.Errorf("organisation %q: expected [a-z0-9][a-z0-9-]{1,30}", p.org)}
		}
		if p.format != "" {
			if _, err := formatNamed(p.format); err != nil {
				return err
			}
		}
		return p.run(c.Context(), config, args[0])
	}
	return c
}

// publishing is one run of the verb.
type publishing struct {
	org, format string
	noWait      bool

	conn     *stream.Conn
	began    time.Time // by the broker's clock, or a little before
	bar      *progress
	lines    map[uint64]int // sequence → line, of what was stored
	last     uint64         // highest sequence
	stored   int
	repeats  int
	rejected int
}

// chunk is how many events are published at a time; memory and the fineness of the progress follow it.
const chunk = 4000

func (p *publishing) run(ctx context.Context, config *service.Config, file string) (err error) {
	in, err := openFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if p.conn, err = connectStream(ctx, config, "publish", quiet()); err != nil {
		return err
	}
	defer p.conn.Close()
	p.lines = make(map[uint64]int)
	p.began = time.Now()
	p.bar = newProgress(os.Stderr, "published", 0)
	if p.format != "" {
		err = p.document(ctx, in)
	} else {
		err = p.events(ctx, in)
	}
	p.bar.end()
	if err != nil {
		return err
	}
	took := time.Since(p.began)
	if !p.noWait && p.stored+p.repeats > 0 {
		if err := p.await(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%d published, %d repeats, %d rejected%s\n", p.stored, p.repeats, p.rejected, speed(p.stored+p.repeats, took))
	if p.rejected > 0 {
		return errTold
	}
	return nil
}

// speed tells how long it took to publish, where there was enough to tell.
func speed(count int, took time.Duration) string {
	if count < 1000 {
		return ""
	}
	return fmt.Sprintf(", in %s (%.0f a second)", took.Round(time.Millisecond), float64(count)/took.Seconds())
}

// events publishes canonical events, a line each.
func (p *publishing) events(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), trade.MaxEventBytes+64<<10)
	publisher := p.conn.Publisher(stream.PublisherConfig{})
	var out []stream.Outgoing
	var numbers []int
	var decoder wire.Decoder
	var e trade.Event
	number := 0
	flush := func() error {
		err := p.publish(ctx, publisher, out, numbers)
		out, numbers = out[:0], numbers[:0]
		return err
	}
	for lines.Scan() {
		number++
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if err := decoder.Decode(line, &e); err != nil {
			p.refuse(number, err)
			continue
		}
		org := p.org
		if org == "" {
			org = e.Org()
		}
		if org == "" || e.Org() != org {
			p.refuse(number, trade.Faults{{
				Code: "source_mismatch", Pointer: "/source", Value: trade.Quote(e.Source),
				Message: trade.SourcePrefix + orText(p.org, "<org>"),
			}})
			continue
		}
		out = append(out, stream.Outgoing{
			Subject: stream.EventSubject(org, e.Type), MsgID: intake.MessageID(&e), Data: bytes.Clone(line),
		})
		numbers = append(numbers, number)
		if len(out) == chunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", number+1, err)
	}
	return flush()
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// publish sends a chunk, and waits until the broker has it.
func (p *publishing) publish(ctx context.Context, publisher *stream.Publisher, out []stream.Outgoing, numbers []int) error {
	if len(out) == 0 {
		return nil
	}
	receipts, err := publisher.Publish(ctx, out)
	if err != nil {
		return fmt.Errorf("after %d events: %w", p.stored+p.repeats, err)
	}
	for i, r := range receipts {
		switch {
		case r.Err != nil:
			p.refuse(numbers[i], r.Err) //nolint:gosec // a receipt and a number for each message
			continue
		case r.Duplicate:
			p.repeats++
		default:
			p.stored++
		}
		p.lines[r.Sequence] = numbers[i] //nolint:gosec // likewise
		p.last = max(p.last, r.Sequence)
	}
	p.bar.add(len(out))
	return nil
}

// refuse tells what is wrong with a line.
func (p *publishing) refuse(line int, err error) {
	p.rejected++
	p.bar.pause()
	tellFaults(line, err)
}

// document publishes one standard document to the inbox of its format.
func (p *publishing) document(ctx context.Context, in io.Reader) error {
	f, err := formatNamed(p.format)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(in, standard.MaxDocumentBytes+1))
	if err != nil {
		return err
	}
	if len(data) > standard.MaxDocumentBytes {
		return fmt.Errorf("the document is larger than %d bytes", standard.MaxDocumentBytes)
	}
	out := []stream.Outgoing{{Subject: stream.InboxSubject(orText(p.org, "local"), f.Name), Data: data}}
	return p.publish(ctx, p.conn.Publisher(stream.PublisherConfig{}), out, []int{1})
}

// await waits until archive has stored or rejected all that was published, and tells what was rejected.
func (p *publishing) await(ctx context.Context) error {
	if p.format != "" {
		if err := p.awaitDocument(ctx); err != nil {
			return err
		}
	} else if err := p.awaitArchive(ctx); err != nil {
		return err
	}
	source := stream.Events
	if p.format != "" {
		source = stream.Inbox
	}
	// The broker's clock may be behind ours.
	since := p.began.Add(-time.Minute)
	for r, err := range p.conn.Rejected(ctx, orText(p.org, "*"), since) {
		if err != nil {
			return fmt.Errorf("read rejections: %w", err)
		}
		line, ours := p.lines[r.Sequence]
		if !ours || !strings.HasPrefix(r.Subject, strings.ToLower(source)+".") {
			continue
		}
		p.rejected++
		fmt.Fprintf(os.Stderr, "%d %s %s %s\n", line, orText(r.Pointer, "/"), r.Code, r.Message)
	}
	return nil
}

// awaitArchive waits until the archive has written what was published.
func (p *publishing) awaitArchive(ctx context.Context) error {
	return p.poll(ctx, "stored", func(ctx context.Context) (bool, error) {
		readers, err := p.conn.Readers(ctx)
		if err != nil {
			return false, err
		}
		for _, r := range readers {
			if r.Name == "archive" {
				return r.Written >= p.last, nil
			}
		}
		return false, nil
	})
}

// awaitDocument waits until the domain service has taken the document in.
func (p *publishing) awaitDocument(ctx context.Context) error {
	f, err := formatNamed(p.format)
	if err != nil {
		return err
	}
	return p.poll(ctx, "converted", func(ctx context.Context) (bool, error) {
		done, err := p.conn.InboxDone(ctx, f.Domain, p.last)
		return done, err
	})
}

// poll asks until the answer is yes. What goes wrong meanwhile is waited out, since the broker may be away.
func (p *publishing) poll(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
	told := time.Now().Add(3 * time.Second)
	for {
		if yes, err := done(ctx); yes && err == nil {
			return nil
		}
		if time.Now().After(told) {
			fmt.Fprintf(os.Stderr, "the broker has everything; waiting until it is %s (Ctrl-C to leave it to itself)\n", what)
			told = time.Now().Add(time.Hour)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the broker has everything, but it is not known to be %s: %w", what, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
