package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// erasuresKey is where the bucket of reader records keeps the list of what is erased: no name of a reader.
const erasuresKey = "list.erasures"

// Erasures is the erasure list that the broker keeps; nil: none.
func (c *Conn) Erasures(ctx context.Context) ([]byte, error) {
	kv, err := c.records(ctx)
	if err != nil {
		return nil, err
	}
	entry, err := kv.Get(ctx, erasuresKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the erasure list: %w", err)
	}
	return entry.Value(), nil
}

// PutErasures keeps the erasure list in the place of the one before.
func (c *Conn) PutErasures(ctx context.Context, list []byte) error {
	kv, err := c.records(ctx)
	if err != nil {
		return err
	}
	if _, err := kv.Put(ctx, erasuresKey, list); err != nil {
		return fmt.Errorf("keep the erasure list: %w", err)
	}
	return nil
}

// Interrupt takes the record from whoever runs the reader, which finds itself fenced before it writes anything more, and is
// started anew. A reader without a record has not run.
func (c *Conn) Interrupt(ctx context.Context, reader string) error {
	rec, err := c.recordOf(ctx, reader)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for {
		err := (&ledger{conn: c}).claim(ctx, ReaderConfig{Name: reader, Stream: rec.Stream, Fingerprint: rec.Fingerprint}, "operator", 0)
		if !errors.Is(err, errRaced) {
			return err
		}
	}
}

// Holding is what a stream has of something.
type Holding struct {
	Stream   string
	Messages uint64 // in the stream
	Found    uint64 // of them have it
	Removed  uint64 // of those were removed
	// Until is when the last of those that are left goes by the stream's own limit of age; zero: there are none, or there is no limit.
	Until time.Time
}

// Find looks for messages in a stream and, if it is to remove them, removes those that every reader of the stream is done with for
// good. One that is taken out of EVENTS would be a gap that stops every reader: there, messages go from the beginning on, found or
// not, as the trimmer lets them go.
func (c *Conn) Find(ctx context.Context, stream string, remove bool, found func(Header, []byte) bool) (h Holding, err error) {
	h.Stream = stream
	st, err := c.js.Stream(ctx, stream)
	if err != nil {
		return h, fmt.Errorf("stream %s: %w", stream, err)
	}
	done, err := c.doneWith(ctx, st)
	if err != nil {
		return h, fmt.Errorf("readers of %s: %w", stream, err)
	}
	info := st.CachedInfo()
	h.Messages = info.State.Msgs
	var gone []uint64
	err = c.each(ctx, info, func(m *jetstream.RawStreamMsg) {
		if !found(Header(m.Header), m.Data) {
			return
		}
		h.Found++
		if remove && m.Sequence <= done {
			gone = append(gone, m.Sequence)
			return
		}
		h.Until = m.Time.Add(info.Config.MaxAge)
	})
	if err != nil {
		return h, fmt.Errorf("read %s: %w", stream, err)
	}
	if info.Config.MaxAge == 0 {
		h.Until = time.Time{}
	}
	h.Removed = uint64(len(gone))
	return h, takeOut(ctx, st, gone)
}

// takeOut removes messages, which are in order.
func takeOut(ctx context.Context, st jetstream.Stream, sequences []uint64) error {
	name := st.CachedInfo().Config.Name
	if name == Events && len(sequences) > 0 {
		if err := st.Purge(ctx, jetstream.WithPurgeSequence(sequences[len(sequences)-1]+1)); err != nil {
			return fmt.Errorf("purge %s: %w", name, err)
		}
		return nil
	}
	for _, sequence := range sequences {
		if err := st.SecureDeleteMsg(ctx, sequence); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
			return fmt.Errorf("remove message %d of %s: %w", sequence, name, err)
		}
	}
	return nil
}

// doneWith is the last message that nobody reads any more.
func (c *Conn) doneWith(ctx context.Context, st jetstream.Stream) (uint64, error) {
	name := st.CachedInfo().Config.Name
	done := st.CachedInfo().State.LastSeq
	readers, err := c.Readers(ctx)
	if err != nil {
		return 0, err
	}
	records := make(map[string]bool)
	for i := range readers {
		if r := &readers[i]; r.Stream == name {
			records[r.Name] = true
			done = min(done, r.Safe)
		}
	}
	consumers := st.ListConsumers(ctx)
	for info := range consumers.Info() {
		if !records[info.Name] && info.Config.Durable != "" {
			done = min(done, info.AckFloor.Stream)
		}
	}
	return done, consumers.Err()
}

// each yields every message of a stream that it had when it was asked.
func (c *Conn) each(ctx context.Context, info *jetstream.StreamInfo, yield func(*jetstream.RawStreamMsg)) error {
	for next := info.State.FirstSeq; next <= info.State.LastSeq && info.State.Msgs > 0; {
		messages, err := jetstreamext.GetBatch(ctx, c.js, info.Config.Name, 1000, jetstreamext.GetBatchSeq(next), jetstreamext.GetBatchMaxBytes(8<<20))
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			return nil
		}
		if err != nil {
			return err
		}
		last := next - 1
		for m, err := range messages {
			if errors.Is(err, jetstreamext.ErrNoMessages) {
				return nil
			}
			if err != nil {
				return err
			}
			last = m.Sequence
			yield(m)
		}
		if last < next {
			return errNoAnswer
		}
		next = last + 1
	}
	return nil
}
