package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"oneorder/internal/state"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// Origin is where a rebuild takes the events from.
type Origin string

// The origins. The stream holds what is young; the warehouse every event that archive ever stored.
const (
	FromEither    Origin = ""
	FromStream    Origin = "stream"
	FromWarehouse Origin = "warehouse"
)

// rebuilding names the reader, the tables and, behind the state folder's name, the folder of a rebuild.
const rebuilding = "rebuild"

// Rebuild joins everything again, beside what is there, and then puts the result in its place: tables, reader's record and
// state folder. No chain of this reader may run. The reader's generation is raised. What was begun and cut short changes nothing,
// or is brought to its end by another Rebuild. Said is told from time to time up to which message it has come, of how many.
func Rebuild(ctx context.Context, c Config, from Origin, logger *slog.Logger, said func(done, of uint64)) (err error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return err
	}
	lock, err := state.Lock(c.Data)
	if err != nil {
		return fmt.Errorf("%w: stop the chain that runs on it first", err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	shadow := c
	shadow.Data, shadow.Reader, shadow.Shadow = c.Data+"."+rebuilding, c.Reader+"-"+rebuilding, rebuilding
	r := rebuild{config: c, shadow: shadow, logger: logger, said: said}
	if err := r.clear(ctx); err != nil {
		return err
	}
	if err := r.fill(ctx, from); err != nil {
		return err
	}
	return r.exchange(ctx)
}

type rebuild struct {
	config, shadow Config
	logger         *slog.Logger
	said           func(done, of uint64)
}

// clear removes what an earlier rebuild left.
func (r *rebuild) clear(ctx context.Context) error {
	if err := os.RemoveAll(r.shadow.Data); err != nil {
		return err
	}
	if err := r.config.Stream.Forget(ctx, r.shadow.Reader); err != nil {
		return err
	}
	if err := r.config.Warehouse.DropShadow(ctx, rebuilding); err != nil {
		return err
	}
	return r.config.Warehouse.CreateShadow(ctx, rebuilding)
}

// fill joins everything into the shadow.
func (r *rebuild) fill(ctx context.Context, from Origin) error {
	events, err := r.events(ctx)
	if err != nil {
		return err
	}
	first, last := max(events.First, 1), events.Last
	if from == FromEither {
		from = FromStream
		if first > 1 {
			from = FromWarehouse
		}
	}
	record, err := r.reader(ctx, r.config.Reader)
	if err != nil {
		return err
	}
	epoch := max(record.Epoch, 1)
	switch from {
	case FromStream:
		if first > 1 {
			return fmt.Errorf("the stream begins with message %d: what came before is in ClickHouse only, take the events from the warehouse", first)
		}
		// What is joined anew is of the same history: a reader without a record would begin another.
		if err := r.config.Stream.Place(ctx, r.shadow.Reader, epoch, 0, r.shadow.fingerprint()); err != nil {
			return err
		}
	case FromWarehouse:
		if err := r.fromWarehouse(ctx, epoch, first, last); err != nil {
			return err
		}
	default:
		return fmt.Errorf("events from %q: want %s or %s", from, FromStream, FromWarehouse)
	}
	return r.fromStream(ctx, last)
}

func (r *rebuild) events(ctx context.Context) (stream.StreamInfo, error) {
	infos, err := r.config.Stream.Streams(ctx)
	if err != nil {
		return stream.StreamInfo{}, err
	}
	for _, info := range infos {
		if info.Name == stream.Events {
			return info, nil
		}
	}
	return stream.StreamInfo{}, fmt.Errorf("the broker has no stream %s", stream.Events)
}

// fromStream reads the stream from where the shadow stands up to a message.
func (r *rebuild) fromStream(ctx context.Context, last uint64) error {
	service, err := New(r.shadow, r.logger)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- service.Run(running) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for done := uint64(0); done < last || service.Health() != nil; done = service.Progress().Written {
		select {
		case err := <-ended:
			return errors.Join(err, ctx.Err())
		case <-tick.C:
			r.said(done, last)
		}
	}
	r.said(last, last)
	stop()
	return <-ended
}

// fromWarehouse joins what archive has stored, and places the shadow's reader behind it.
func (r *rebuild) fromWarehouse(ctx context.Context, epoch, first, last uint64) (err error) {
	stored, err := r.stored(ctx)
	if err != nil {
		return err
	}
	if first > stored+1 {
		return fmt.Errorf("archive has stored the events up to message %d, and the stream begins with message %d: those between are lost", stored, first)
	}
	store, err := state.Open(r.shadow.Data, state.Options{Logger: r.logger})
	if err != nil {
		return err
	}
	f := feeder{
		sink: newSink(r.shadow, store, newMetrics(), r.logger), reader: r.shadow.Reader, epoch: epoch, last: stored,
		said: func(done uint64) { r.said(done, last) },
	}
	if err := errors.Join(f.run(ctx, r.config.Warehouse), store.Close()); err != nil {
		return fmt.Errorf("join the stored events: %w", err)
	}
	return r.config.Stream.Place(ctx, r.shadow.Reader, f.epoch, stored, r.shadow.fingerprint())
}

// stored gives the message up to which archive has stored everything.
func (r *rebuild) stored(ctx context.Context) (uint64, error) {
	record, err := r.reader(ctx, r.config.Archive)
	if err != nil || record.Name != "" {
		return record.Written, err
	}
	return 0, fmt.Errorf("the broker has no record of reader %s, so it is not known which events are stored", r.config.Archive)
}

// exchange puts the shadow in the place of what was there.
func (r *rebuild) exchange(ctx context.Context) error {
	if err := os.WriteFile(filepath.Join(r.config.Data, markName), nil, 0o600); err != nil {
		return err
	}
	if err := r.config.Warehouse.ExchangeShadow(ctx, rebuilding); err != nil {
		return err
	}
	if err := r.position(ctx); err != nil {
		return err
	}
	if err := r.config.Stream.Rebase(ctx, r.config.Reader, r.shadow.Reader); err != nil {
		return err
	}
	old := r.config.Data + ".old"
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	if err := os.Rename(r.config.Data, old); err != nil {
		return err
	}
	if err := os.Rename(r.shadow.Data, r.config.Data); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(old), r.config.Warehouse.DropShadow(ctx, rebuilding))
}

// position notes that the tables have what the shadow wrote, under the reader's own name.
func (r *rebuild) position(ctx context.Context) error {
	shadow, err := r.reader(ctx, r.shadow.Reader)
	if err != nil {
		return err
	}
	block := warehouse.NewPositions()
	block.Append(r.config.Reader, stream.Version(shadow.Epoch, shadow.Written), shadow.Generation)
	token := fmt.Sprintf("%s/%d/%d/rebuilt/%s", r.config.Reader, shadow.Epoch, shadow.Written, shadow.Owner)
	return r.config.Warehouse.Insert(ctx, token, block)
}

// reader gives the record of a reader; the zero record where it has none.
func (r *rebuild) reader(ctx context.Context, name string) (stream.ReaderInfo, error) {
	readers, err := r.config.Stream.Readers(ctx)
	if err != nil {
		return stream.ReaderInfo{}, err
	}
	for i := range readers {
		if readers[i].Name == name {
			return readers[i], nil
		}
	}
	return stream.ReaderInfo{}, nil
}

// markName is a file in a state folder whose tables, record and state may not belong together.
const markName = "exchanging"

// cutShort says that a rebuild did not come to its end in the folder.
func cutShort(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, markName)); err == nil {
		return fmt.Errorf("a rebuild of %s was cut short: rebuild again", folder)
	}
	return nil
}

// feeder joins stored events as if they came from the stream.
type feeder struct {
	sink   *sink
	reader string
	last   uint64 // message up to which to feed
	epoch  uint64 // of the stream's history
	batch  stream.Batch
	said   func(done uint64)
}

// feedMost bounds the messages of a batch.
const feedMost = 20_000

func (f *feeder) run(ctx context.Context, w *warehouse.Warehouse) error {
	if _, _, err := f.sink.Start(ctx, stream.Position{Epoch: f.epoch, Generation: 1}); err != nil {
		return err
	}
	err := w.Stored(ctx, f.last, func(e *warehouse.StoredEvent) error { return f.take(ctx, e) })
	if err == nil {
		err = f.end(ctx)
	}
	if err != nil {
		return err
	}
	return f.sink.save()
}

// take adds an event. The batch has a message for every sequence, as the stream has: those that are not stored were refused, or
// came again.
func (f *feeder) take(ctx context.Context, e *warehouse.StoredEvent) error {
	if e.Epoch != f.epoch {
		return fmt.Errorf("message %d is of epoch %d of the stream, not %d: events of several histories can't be put in one order", e.Sequence, e.Epoch, f.epoch)
	}
	n := uint64(len(f.batch.Messages))
	if n > 0 && e.Sequence < f.batch.First+n {
		return nil // another copy of the same message
	}
	if n > 0 && e.Sequence >= f.batch.First+feedMost {
		if err := f.commit(ctx); err != nil {
			return err
		}
		n = 0
	}
	if n == 0 {
		f.batch = stream.Batch{First: e.Sequence, Epoch: f.epoch, Generation: 1, Messages: f.batch.Messages[:0]}
	}
	for next := f.batch.First + uint64(len(f.batch.Messages)); next < e.Sequence; next++ {
		f.batch.Messages = append(f.batch.Messages, stream.Message{Sequence: next})
	}
	f.batch.Messages = append(f.batch.Messages, stream.Message{
		Sequence: e.Sequence, Time: e.Recorded, Subject: stream.EventSubject(e.Org, trade.Type(e.Type)), Data: e.Payload,
	})
	f.batch.Last = e.Sequence
	return nil
}

func (f *feeder) commit(ctx context.Context) error {
	pending, err := f.sink.Prepare(ctx, f.batch)
	if err != nil {
		return err
	}
	claim := stream.Claim{Reader: f.reader, Epoch: f.epoch, Generation: 1, First: f.batch.First, Last: f.batch.Last}
	if err := pending.Commit(ctx, claim); err != nil {
		return fmt.Errorf("write %d-%d: %w", claim.First, claim.Last, err)
	}
	f.said(f.batch.Last)
	f.batch.Messages = f.batch.Messages[:0]
	return nil
}

// end commits what is left, and brings the state to the last message.
func (f *feeder) end(ctx context.Context) error {
	if len(f.batch.Messages) > 0 {
		if err := f.commit(ctx); err != nil {
			return err
		}
	}
	if f.batch.Last >= f.last {
		return nil
	}
	f.batch = stream.Batch{First: f.last, Last: f.last, Epoch: f.epoch, Generation: 1, Messages: []stream.Message{{Sequence: f.last}}}
	return f.commit(ctx)
}
