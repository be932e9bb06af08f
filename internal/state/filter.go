package state

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// filter is a Bloom filter over the keys of the store: most keys that are asked for are new, and asking
// Pebble for a key that it does not have costs a look into every level. It has a fixed size; past some tens
// of millions of keys it says less, but never anything wrong.
type filter struct {
	seed  maphash.Seed
	bits  []atomic.Uint64
	ready atomic.Bool // every stored key is in it

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

// fill reads all keys that are stored, aside; until it is through, the filter says nothing. What is written
// meanwhile is added by its writer.
func (f *filter) fill(db *pebble.DB) {
	ctx, stop := context.WithCancel(context.Background())
	f.stop = stop
	f.done.Go(func() {
		iter, err := db.NewIterWithContext(ctx, &pebble.IterOptions{KeyTypes: pebble.IterKeyTypePointsOnly})
		if err != nil {
			return
		}
		complete := true
		for ok := iter.First(); ok; ok = iter.Next() {
			f.add(iter.Key())
			if ctx.Err() != nil {
				complete = false
				break
			}
		}
		if iter.Error() == nil && iter.Close() == nil && complete {
			f.ready.Store(true)
		}
	})
}

// close waits until the filling has ended.
func (f *filter) close() {
	f.stop()
	f.done.Wait()
}
