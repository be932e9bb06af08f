package state

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// filter is a Bloom filter over the keys that are held (see recent): most of those that are asked for are new, and asking
// Pebble for a key that it does not have costs a look into every level. It has a fixed size; past some tens
// of millions of keys it says less, but never anything wrong.
type filter struct {
	seed  maphash.Seed
	bits  []atomic.Uint64
	ready atomic.Bool // every such key that is stored is in it

	stop context.CancelFunc
	done sync.WaitGroup
}

// A key's bits lie in one block, which is one line of the processor's cache: to look costs one fetch from memory.
const (
	filterBits   = 1 << 28 // 32 MiB
	filterBlock  = 512
	filterHashes = 4
)

func newFilter() *filter {
	return &filter{seed: maphash.MakeSeed(), bits: make([]atomic.Uint64, filterBits/64), stop: func() {}}
}

// places gives the block of a key, as the number of its first word, and a number that says which of its bits.
func (f *filter) places(key []byte) (first, bits uint64) {
	h := maphash.Bytes(f.seed, key)
	return h >> 36 % (filterBits / filterBlock) * (filterBlock / 64), h
}

// add puts a key in.
func (f *filter) add(key []byte) {
	first, bits := f.places(key)
	for range filterHashes {
		f.bits[first+bits>>6&7].Or(1 << (bits & 63))
		bits >>= 9
	}
}

// lacks says that the key is surely not stored.
func (f *filter) lacks(key []byte) bool {
	if !f.ready.Load() {
		return false
	}
	first, bits := f.places(key)
	for range filterHashes {
		if f.bits[first+bits>>6&7].Load()&(1<<(bits&63)) == 0 {
			return true
		}
		bits >>= 9
	}
	return false
}

// fill reads all such keys that are stored, aside; until it is through, the filter says nothing. What is written
// meanwhile is added by its writer.
func (f *filter) fill(db *pebble.DB) {
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	f.done.Go(func() {
		for _, keys := range [...]pebble.IterOptions{{UpperBound: []byte{'o'}}, {LowerBound: []byte{'p' + 1}}} { // what lies between is not held
			if !f.read(ctx, db, keys) {
				return
			}
		}
		f.ready.Store(true)
	})
}

// read adds the keys in a range, and says whether it came through.
func (f *filter) read(ctx context.Context, db *pebble.DB, keys pebble.IterOptions) bool {
	keys.KeyTypes = pebble.IterKeyTypePointsOnly
	iter, err := db.NewIterWithContext(ctx, &keys)
	if err != nil {
		return false
	}
	for ok := iter.First(); ok && ctx.Err() == nil; ok = iter.Next() {
		f.add(iter.Key())
	}
	return iter.Close() == nil && ctx.Err() == nil
}

// close waits until the filling has ended.
func (f *filter) close() {
	f.stop()
	f.done.Wait()
}
