package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
)

// format names the layout of the store. One of the format before is changed in place; of any other it is refused, not guessed at.
const format = 6

// Options of a store.
type Options struct {
	CacheBytes  int64 // block cache, what waits to be flushed is taken off; 0: 64 MiB
	RecentBytes int   // what was written or read lately, each by its key; 0: 192 MiB
	MemoryBytes int64 // one memtable; 0: 4 MiB
	Logger      *slog.Logger
}

// unflushed is how many memtables' worth of memory may wait to be flushed before a writer waits too. A batch of more than half a
// memtable is not copied into one: it waits to be flushed as it is, and each such batch makes Pebble open a memtable anew.
// So memtables are small, and many.
const unflushed = 24

// packed is the first level that is compressed: what lies above is little, and soon written again.
const packed = 5

// Store is an open state folder. It is for one process at a time; opening it twice is an error.
type Store struct {
	db      *pebble.DB
	cache   *pebble.Cache
	recent  recent
	writing sync.RWMutex // no commit while a value goes from the database to what is recent
	filter  *filter
	applied uint64
	epoch   uint64
	trimmed uint64
	wrote   int // bytes of the last batch: the next is about as large
}

var (
	markFormat  = []byte("mformat")
	markApplied = []byte("mapplied")
	markTrimmed = []byte("mtrimmed")
)

// Open opens or makes the state folder.
func Open(dir string, o Options) (*Store, error) {
	if o.CacheBytes == 0 {
		o.CacheBytes = 64 << 20
	}
	if o.RecentBytes == 0 {
		o.RecentBytes = 192 << 20
	}
	if o.MemoryBytes == 0 {
		o.MemoryBytes = 4 << 20
	}
	cache := pebble.NewCache(o.CacheBytes)
	options := &pebble.Options{
		Cache:                       cache,
		MemTableSize:                uint64(max(o.MemoryBytes, 1<<20)),
		MemTableStopWritesThreshold: unflushed,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       24,
		WALBytesPerSync:             1 << 20,
		Logger:                      logger{o.Logger},
	}
	for i := range options.Levels {
		level := &options.Levels[i]
		level.FilterPolicy = bloom.FilterPolicy(10)
		if i < packed {
			level.Compression = func() *sstable.CompressionProfile { return sstable.NoCompression }
		} else {
			level.Compression = func() *sstable.CompressionProfile { return sstable.SnappyCompression }
		}
	}
	db, err := pebble.Open(dir, options)
	if err != nil {
		cache.Unref()
		return nil, fmt.Errorf("open state in %s: %w", dir, err)
	}
	s := &Store{db: db, cache: cache, recent: newRecent(o.RecentBytes), filter: newFilter()}
	if err := s.readMarks(o.Logger); err != nil {
		return nil, errors.Join(fmt.Errorf("open state in %s: %w", dir, err), s.Close())
	}
	s.filter.fill(db)
	return s, nil
}

func (s *Store) readMarks(log *slog.Logger) error {
	have, err := s.Load(markFormat)
	if err != nil {
		return err
	}
	if have == nil {
		return s.db.Set(markFormat, []byte{format}, pebble.Sync)
	}
	if len(have) == 1 && have[0] == formatApart {
		if log != nil {
			log.Info("changing the state's format", "from", formatApart, "to", format)
		}
		if err := s.bringTogether(); err != nil {
			return fmt.Errorf("change its format from %d to %d: %w", formatApart, format, err)
		}
		have = []byte{format}
	}
	if len(have) != 1 || have[0] != format {
		return fmt.Errorf("its format is %v, this program knows %d: use the program that wrote it, or rebuild", have, format)
	}
	applied, err := s.Load(markApplied)
	if err != nil || applied == nil {
		return err
	}
	if len(applied) != 16 {
		return errors.New("the mark of what was applied is not readable")
	}
	s.applied, s.epoch = binary.BigEndian.Uint64(applied), binary.BigEndian.Uint64(applied[8:])
	trimmed, err := s.Load(markTrimmed)
	if err == nil && len(trimmed) == 8 {
		s.trimmed = binary.BigEndian.Uint64(trimmed)
	}
	return err
}

// Close closes the store. What was committed stays.
func (s *Store) Close() error {
	s.filter.close()
	err := s.db.Close()
	s.recent.close()
	s.cache.Unref()
	return err
}

// Applied gives the stream sequence that the state holds everything up to, and its epoch.
func (s *Store) Applied() (sequence, epoch uint64) { return s.applied, s.epoch }

// Load gives the value under a key, or nil. It implements linkage.Store.
func (s *Store) Load(key []byte) ([]byte, error) {
	if held(key) {
		if s.filter.lacks(key) {
			return nil, nil
		}
		if value := s.recent.get(key); value != nil {
			return value, nil
		}
	}
	s.writing.RLock()
	defer s.writing.RUnlock()
	value, closer, err := s.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	value = slices.Clone(value)
	s.recent.put(key, value)
	return value, closer.Close()
}

// Payload gives the bytes of the event in the message and when the broker had it; nil: the state has none.
func (s *Store) Payload(sequence uint64) (payload []byte, received time.Time, err error) {
	b, err := s.Load(sequenceKey('p', sequence))
	if err != nil || b == nil {
		return nil, time.Time{}, err
	}
	if len(b) < 8 {
		return nil, time.Time{}, fmt.Errorf("the bytes of message %d are not readable", sequence)
	}
	received = time.Unix(0, int64(binary.BigEndian.Uint64(b))).UTC()
	return b[8:], received, nil
}

func sequenceKey(prefix byte, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{prefix}, sequence)
}

// Batch gathers what one batch of the stream changes.
type Batch struct {
	s *Store
	b *pebble.Batch
	k []byte
}

// Begin starts a batch. It is done with by Commit or Discard.
func (s *Store) Begin() *Batch {
	return &Batch{s: s, b: s.db.NewBatchWithSize(s.wrote + s.wrote/8)}
}

// Set and Delete implement linkage.Writer.
func (b *Batch) Set(key, value []byte) error {
	b.s.filter.add(key)
	return b.b.Set(key, value, nil)
}

// Delete removes a key.
func (b *Batch) Delete(key []byte) error { return b.b.Delete(key, nil) }

// Keep stores the bytes of the event in a message, and when the broker had it.
func (b *Batch) Keep(sequence uint64, received time.Time, payload []byte) error {
	b.k = binary.BigEndian.AppendUint64(append(b.k[:0], 'p'), sequence)
	set := b.b.SetDeferred(len(b.k), 8+len(payload))
	copy(set.Key, b.k)
	binary.BigEndian.PutUint64(set.Value, uint64(received.UnixNano()))
	copy(set.Value[8:], payload)
	return set.Finish()
}

// Forget drops the bytes of a message whose event has other content now.
func (b *Batch) Forget(sequence uint64) error {
	b.k = binary.BigEndian.AppendUint64(append(b.k[:0], 'p'), sequence)
	return b.b.Delete(b.k, nil)
}

// Emit stores the outbox entry of the batch of the stream that ends at a sequence: what it changed, and may
// have to be written to the warehouse once more.
func (b *Batch) Emit(sequence uint64, entry []byte) error {
	return b.b.Set(sequenceKey('o', sequence), entry, nil)
}

// Commit writes everything at once: the state now holds all up to applied. It does not wait for the disk.
func (b *Batch) Commit(applied, epoch uint64) error {
	mark := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, applied), epoch)
	if err := b.b.Set(markApplied, mark, nil); err != nil {
		return err
	}
	b.s.wrote = b.b.Len()
	if err := b.commit(); err != nil {
		return fmt.Errorf("commit state at %d: %w", applied, err)
	}
	b.s.applied, b.s.epoch = applied, epoch
	return b.b.Close()
}

func (b *Batch) commit() error {
	b.s.writing.Lock()
	defer b.s.writing.Unlock()
	reader := b.b.Reader() // now: a batch that is large is empty when it is committed
	if err := b.b.Commit(pebble.NoSync); err != nil {
		return err
	}
	return b.s.recent.wrote(reader)
}

// Discard gives the batch up.
func (b *Batch) Discard() error { return b.b.Close() }

// Outbox calls yield with the outbox entries of the batches that end after a sequence, in order.
func (s *Store) Outbox(after uint64, yield func(sequence uint64, entry []byte) error) (err error) {
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: sequenceKey('o', after+1), UpperBound: []byte{'o' + 1}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, iter.Close()) }()
	for ok := iter.First(); ok; ok = iter.Next() {
		entry, err := iter.ValueAndErr()
		if err != nil {
			return err
		}
		if err := yield(binary.BigEndian.Uint64(iter.Key()[1:]), slices.Clone(entry)); err != nil {
			return err
		}
	}
	return iter.Error()
}

// Trim drops the outbox entries up to a sequence: the warehouse has them, and cannot lose them.
func (s *Store) Trim(safe uint64) error {
	if safe == s.trimmed {
		return nil
	}
	b := s.db.NewBatch()
	if err := errors.Join(
		b.DeleteRange([]byte{'o'}, sequenceKey('o', safe+1), nil),
		b.Set(markTrimmed, binary.BigEndian.AppendUint64(nil, safe), nil),
		b.Commit(pebble.NoSync),
	); err != nil {
		return errors.Join(err, b.Close())
	}
	s.trimmed = safe
	return b.Close()
}

// Trimmed is the sequence up to which the outbox was trimmed: it has every entry after that. 0: it never was.
func (s *Store) Trimmed() uint64 { return s.trimmed }

// logger hands Pebble's messages to slog.
type logger struct{ l *slog.Logger }

func (l logger) Infof(string, ...any) {}

func (l logger) Errorf(f string, args ...any) {
	if l.l != nil {
		l.l.Error("state store", "detail", fmt.Sprintf(f, args...))
	}
}

func (l logger) Fatalf(f string, args ...any) {
	if l.l != nil {
		l.l.Error("state store is broken", "detail", fmt.Sprintf(f, args...))
	}
	panic(fmt.Sprintf(f, args...)) // Pebble requires that Fatalf does not return
}
