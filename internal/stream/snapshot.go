package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Snapshot is a stream's description in a backup: configuration and state as the broker gives them. Its content is a stream of bytes beside it.
type Snapshot struct {
	Config json.RawMessage `json:"config"`
	State  json.RawMessage `json:"state"`
}

// BackedUp names the streams that a backup of the broker has, in the order in which they are written: that of the readers' records first, so that
// no record is ahead of the stream that it is about.
func BackedUp() []string { return []string{"KV_" + Readers, Inbox, Events, Rejected, Chains} }

var (
	// ErrStreamThere says that a stream cannot be restored because there is one of that name.
	ErrStreamThere = errors.New("the stream is there already")
	// ErrNoStream says that there is no stream of that name.
	ErrNoStream = errors.New("there is no such stream")
)

const (
	snapshotChunk = 128 << 10
	// The broker sends no more than this before it is told that it arrived, which bounds the memory.
	snapshotWindow = 4 << 20
	// chunkWithin is how long the broker may take for one chunk. Putting the whole in its place takes as long as it does.
	chunkWithin = time.Minute
)

// answered is what every answer of the broker's interface may have.
type answered struct {
	Snapshot
	Deliver string              `json:"deliver_subject"`
	Error   *jetstream.APIError `json:"error"`
}

// Snapshot writes the content of a stream, as it is now, to w: what [Conn.Restore] takes. Consumers are left out, since readers make
// theirs anew. It works while others publish, and blocks until all is written.
func (c *Conn) Snapshot(ctx context.Context, name string, w io.Writer) (Snapshot, error) {
	chunks, err := c.nc.SubscribeSync(c.nc.NewInbox())
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot of stream %s: %w", name, err)
	}
	defer func() { _ = chunks.Unsubscribe() }() // nothing more is wanted of it
	request, err := json.Marshal(map[string]any{
		"deliver_subject": chunks.Subject, "no_consumers": true, "chunk_size": snapshotChunk, "window_size": snapshotWindow,
	})
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot of stream %s: %w", name, err)
	}
	reply, err := c.askSoon(ctx, c.api("STREAM.SNAPSHOT."+name), request)
	if err == nil {
		err = c.receive(ctx, chunks, w)
	}
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot of stream %s: %w", name, err)
	}
	return reply.Snapshot, nil
}

// receive writes chunks until the empty one that ends them.
func (c *Conn) receive(ctx context.Context, chunks *nats.Subscription, w io.Writer) error {
	for {
		m, err := c.chunk(ctx, chunks)
		if err != nil {
			return err
		}
		if len(m.Data) == 0 {
			if status := m.Header.Get("Status"); status != "" && status != "204" {
				return fmt.Errorf("the broker ended it: %s %s", status, m.Header.Get("Description"))
			}
			return nil
		}
		if _, err := w.Write(m.Data); err != nil {
			return err
		}
		if m.Reply != "" {
			if err := c.nc.Publish(m.Reply, nil); err != nil {
				return err
			}
		}
	}
}

func (c *Conn) chunk(ctx context.Context, chunks *nats.Subscription) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, chunkWithin)
	defer cancel()
	ctx, done := c.attempt(ctx)
	defer done()
	return chunks.NextMsgWithContext(ctx)
}

// Restore makes a stream again, with its sequences and times, from what [Conn.Snapshot] wrote. There must be no stream of its name.
func (c *Conn) Restore(ctx context.Context, name string, s Snapshot, r io.Reader) error {
	err := c.restore(ctx, name, s, r)
	if err != nil {
		return fmt.Errorf("restore stream %s: %w", name, err)
	}
	return nil
}

func (c *Conn) restore(ctx context.Context, name string, s Snapshot, r io.Reader) error {
	request, err := json.Marshal(s)
	if err != nil {
		return err
	}
	begun, err := c.askSoon(ctx, c.api("STREAM.RESTORE."+name), request)
	if err != nil {
		return err
	}
	if err := c.fill(ctx, begun.Deliver, s, r); err != nil {
		// Of what is cut short the broker makes a shorter stream, even where it says that it could not.
		_, gone := c.askSoon(context.WithoutCancel(ctx), c.api("STREAM.DELETE."+name), nil)
		if errors.Is(gone, ErrNoStream) {
			gone = nil
		}
		return errors.Join(err, gone)
	}
	return nil
}

// fill sends the content to where the broker wants it, and sees that all of it has arrived.
func (c *Conn) fill(ctx context.Context, deliver string, s Snapshot, r io.Reader) error {
	chunk := make([]byte, snapshotChunk)
	for {
		n, err := io.ReadFull(r, chunk)
		if n > 0 {
			if _, err := c.askSoon(ctx, deliver, chunk[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	made, err := c.ask(ctx, deliver, nil) // the end
	if err != nil {
		return err
	}
	want, err := lastOf(s.State)
	got, too := lastOf(made.State)
	if err := errors.Join(err, too); err != nil {
		return err
	}
	if got < want {
		return fmt.Errorf("the content ends at message %d of %d: it is not whole", got, want)
	}
	return nil
}

// lastOf is the sequence of the last message in the state of a stream.
func lastOf(state json.RawMessage) (uint64, error) {
	var s struct {
		Last uint64 `json:"last_seq"`
	}
	err := json.Unmarshal(state, &s)
	return s.Last, err
}

// restoredOver is the broker's code of the error that the stream's name is in use.
const restoredOver = 10130

func (c *Conn) askSoon(ctx context.Context, subject string, request []byte) (answered, error) {
	ctx, cancel := context.WithTimeout(ctx, chunkWithin)
	defer cancel()
	return c.ask(ctx, subject, request)
}

// ask asks the broker for something and gives its answer, which may be empty.
func (c *Conn) ask(ctx context.Context, subject string, request []byte) (answered, error) {
	var a answered
	attempt, done := c.attempt(ctx)
	defer done()
	m, err := c.nc.RequestWithContext(attempt, subject, request)
	if err != nil || len(m.Data) == 0 {
		return a, err
	}
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return a, err
	}
	switch {
	case a.Error == nil:
		return a, nil
	case a.Error.ErrorCode == restoredOver:
		return a, ErrStreamThere
	case a.Error.ErrorCode == jetstream.JSErrCodeStreamNotFound:
		return a, ErrNoStream
	}
	return a, a.Error
}
