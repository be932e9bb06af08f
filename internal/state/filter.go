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

const (
	filterBits   = 1 << 28 // 32 MiB
	filterHashes = 4
)

func newFilter() *filter {
	return &filter{seed: maphash.MakeSeed(), bits: make([]atomic.Uint64, filterBits/64), stop: func() {}}
}

// add puts a key in.
func (f *filter) add(key []byte) {
	h := maphash.Bytes(f.seed, key)
	step := h>>32 | 1
	for range filterHashes {
		at := h % filterBits
		f.bits[at/64].Or(1 << (at % 64))
		h += step
	}
}

// lacks says that the key is surely not stored.
func (f *filter) lacks(key []byte) bool {
	if !f.ready.Load() {
		return false
	}
	h := maphash.Bytes(f.seed, key)
	step := h>>32 | 1
	for range filterHashes {
		at := h % filterBits
		if f.bits[at/64].Load()&(1<<(at%64)) == 0 {
			return true
		}
		h += step
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
