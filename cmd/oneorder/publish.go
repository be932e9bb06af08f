package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
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
		Long: "Publishes canonical events (one a line, one in a file, or a JSON array of them), or one standard document: which\n" +
			"format it is of is seen from its content, unless --format says so. Waits until every event has been stored or\n" +
			"refused, and says which were refused and why: LINE POINTER CODE MESSAGE. Goes on by itself when the broker was\n" +
			"away. Exit code 1 if any was refused, or is not known to be stored, and on empty input.",
		Args: exactly(1, "one file, or - for standard input"),
	}
	c.Example = "  oneorder publish events.ndjson\n  oneorder publish --org sitc --format dcsa-tnt notification.json"
	config := environment(c, "data", "nats", "nats-user")
	p := publishing{published: published{Faults: []lineFaults{}}}
	c.Flags().StringVar(&p.org, "org", "", "`organisation` to publish as (default: of events the one that their source names, of documents the broker's user, or local)")
	c.Flags().StringVar(&p.format, "format", "", "`format` of a standard document: "+strings.Join(formatNames(), ", "))
	c.Flags().BoolVar(&p.noWait, "no-wait", false, "do not wait for the outcome: only for the broker to have the events")
	c.Flags().BoolVar(&p.asJSON, "json", false, "print the outcome as JSON")
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
	org, format    string
	noWait, asJSON bool

	conn  *stream.Conn
	began time.Time // by the broker's clock, or a little before
	bar   *progress
	lines map[uint64]int // sequence → line, of what was stored
	last  uint64         // highest sequence

	published
}

// chunk is how many events are published at a time; memory and the fineness of the progress follow it.
const chunk = 4000

func (p *publishing) run(ctx context.Context, config *service.Config, file string) (err error) {
	opened, err := openFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	in := bufio.NewReaderSize(opened, 64<<10)
	var document []byte
	if p.format != "" || !looksCanonical(in) {
		if document, err = readDocument(in, file, &p.format); err != nil {
			return err
		}
	}
	if p.conn, err = connectStream(ctx, config, "publish", quiet()); err != nil {
		return err
	}
	defer p.conn.Close()
	if own := p.conn.Org(); own != "" {
		if p.org != "" && p.org != own {
			return fmt.Errorf("--org %s: the broker's user %s publishes for itself only", p.org, own)
		}
		p.org = own
	}
	p.lines = make(map[uint64]int)
	p.began = time.Now()
	p.bar = newProgress(os.Stderr, "published", 0)
	if p.format != "" {
		out := []stream.Outgoing{{Subject: stream.InboxSubject(orText(p.org, "local"), p.format), Data: document}}
		err = p.publish(ctx, p.conn.Publisher(stream.PublisherConfig{}), out, []int{1})
	} else {
		err = p.events(ctx, in)
	}
	p.bar.end()
	took := time.Since(p.began)
	if err == nil && !p.noWait && p.Stored+p.Repeats > 0 {
		err = p.await(ctx)
	}
	return p.tell(took, err)
}

// looksCanonical says whether the input holds canonical events: every CloudEvent names its version, and no document
// of the other standards does.
func looksCanonical(in *bufio.Reader) bool {
	head, _ := in.Peek(in.Size()) // an error comes again when it is read
	return bytes.Contains(head, []byte(`"specversion"`)) || len(bytes.TrimSpace(head)) == 0
}

// readDocument reads one standard document, and finds its format where none is named.
func readDocument(in io.Reader, file string, format *string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, standard.MaxDocumentBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > standard.MaxDocumentBytes {
		return nil, fmt.Errorf("%s: the document is larger than %d bytes", file, standard.MaxDocumentBytes)
	}
	if *format != "" {
		return data, nil
	}
	var names []string
	for _, f := range standard.Sniff(data, formats(), standard.Options{Org: "local", Received: time.Now().UTC()}) {
		names = append(names, f.Name)
	}
	switch len(names) {
	case 1:
		*format = names[0]
		fmt.Fprintf(os.Stderr, "%s: read as %s\n", file, *format)
		return data, nil
	case 0:
		return nil, fmt.Errorf("%s: holds no canonical event (there is no \"specversion\" in it) and is no document of a known format; say which it should be with --format: %s",
			file, strings.Join(formatNames(), ", "))
	default:
		return nil, fmt.Errorf("%s: may be %s: say which with --format", file, strings.Join(names, " or "))
	}
}

// events publishes canonical events.
func (p *publishing) events(ctx context.Context, in *bufio.Reader) error {
	publisher := p.conn.Publisher(stream.PublisherConfig{})
	var out []stream.Outgoing
	var numbers []int
	var decoder wire.Decoder
	var e trade.Event
	flush := func() error {
		err := p.publish(ctx, publisher, out, numbers)
		out, numbers = out[:0], numbers[:0]
		return err
	}
	empty := true
	err := eachEvent(in, func(line wire.Line) error {
		empty = false
		if line.Faults != nil {
			p.refuse(line.Number, line.Faults)
			return nil //nolint:nilerr // it is told, and the next line is read
		}
		err := decoder.Decode(line.Text, &e)
		org := e.Org()
		if org == "" && e.Source != "" || p.org != "" && org != "" && org != p.org {
			var faults trade.Faults
			errors.As(err, &faults)
			err = wire.Together(faults, trade.Faults{{
				Code: "source_mismatch", Pointer: "/source", Value: trade.Quote(e.Source),
				Message: trade.SourcePrefix + orText(p.org, "<org>"),
			}})
		}
		if err != nil {
			p.refuse(line.Number, err)
			return nil
		}
		out = append(out, stream.Outgoing{
			Subject: stream.EventSubject(org, e.Type), MsgID: intake.MessageID(&e), Data: bytes.Clone(line.Text),
		})
		numbers = append(numbers, line.Number)
		if len(out) == chunk {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if empty {
		p.wrong(1, noEvents)
		return errTold
	}
	return flush()
}

var byteOrderMark = []byte("\ufeff")

// eachEvent gives the text of each event with the line that it is on: a line each or, where the first line is not JSON by itself,
// what the whole input is, an event or an array of events, numbered from 1.
func eachEvent(in *bufio.Reader, do func(wire.Line) error) error {
	if startsWhole(firstLine(in)) {
		text, err := io.ReadAll(io.LimitReader(in, standard.MaxDocumentBytes+1))
		if err != nil {
			return err
		}
		var elements []json.RawMessage
		whole := bytes.TrimSpace(bytes.TrimPrefix(text, byteOrderMark))
		switch {
		case len(text) <= standard.MaxDocumentBytes && json.Unmarshal(whole, &elements) == nil:
			for i, element := range elements {
				if err := do(wire.Line{Number: i + 1, Text: element}); err != nil {
					return err
				}
			}
			return nil
		case len(text) <= standard.MaxDocumentBytes && json.Valid(whole):
			return do(wire.Line{Number: 1, Text: whole})
		}
		in = bufio.NewReader(io.MultiReader(bytes.NewReader(text), in))
	}
	lines := wire.NewLines(in)
	for {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(line); err != nil {
			return err
		}
	}
}

// firstLine looks at the first line that is not blank, as far as there is room for it, and waits for no more: whoever sends
// line by line may wait for what becomes of each. It has its end, if it has one.
func firstLine(in *bufio.Reader) []byte {
	for {
		_, err := in.Peek(in.Buffered() + 1)
		head, _ := in.Peek(in.Buffered())
		head = bytes.TrimLeft(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n")
		if end := bytes.IndexByte(head, '\n'); end >= 0 {
			return head[:end+1]
		}
		if err != nil {
			return head
		}
	}
}

// startsWhole says whether what begins with this line may be one JSON text over several lines, or an array.
func startsWhole(line []byte) bool {
	if bytes.HasPrefix(line, []byte("[")) {
		return true
	}
	err := json.Unmarshal(line, new(json.RawMessage))
	var cut *json.SyntaxError
	return bytes.HasPrefix(line, []byte("{")) && bytes.HasSuffix(line, []byte("\n")) && errors.As(err, &cut) && int(cut.Offset) == len(line)
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
	for i, r := range receipts {
		number := numbers[i] //nolint:gosec // a receipt and a number for each message
		switch {
		case errors.Is(r.Err, stream.ErrUnsettled):
			p.Unknown++
			continue
		case r.Err != nil:
			p.refuse(number, trade.Faults{{Code: "publish_refused", Message: "what the broker takes: " + r.Err.Error()}})
			continue
		case r.Duplicate:
			p.Repeats++
		default:
			p.Stored++
		}
		if !p.noWait {
			p.lines[r.Sequence] = number
		}
		p.last = max(p.last, r.Sequence)
	}
	p.bar.add(len(out))
	return err
}
