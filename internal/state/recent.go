package state

import (
	"github.com/VictoriaMetrics/fastcache"
	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/batchrepr"
)

// recent holds what was written or read lately, each value by its key and nothing around it. Pebble's cache holds blocks: of the
// ten or so values in one, all but the one that was asked for belong to consignments that nobody asks for. It lies outside of the heap,
// so that the garbage collector neither walks through it nor counts it.
//
// What it has under a key is what the database has, always.
type recent struct{ cache *fastcache.Cache }

// mostRecent is the longest value that is held. The library takes no pair of more than 64 KiB.
const mostRecent = 16 << 10

func newRecent(most int) recent { return recent{fastcache.New(most)} }

// held says whether keys like this one are held: what linkage knows. Events are too many, and hardly ever read again.
func held(key []byte) bool {
	return key[0] != 'p' && key[0] != 'o' && key[0] != 'm'
}

// get gives the value under a key that is held, or nil. It is the caller's.
func (r recent) get(key []byte) []byte {
	value, ok := r.cache.HasGet(nil, key)
	if ok && value == nil {
		value = []byte{}
	}
	return value
}

// put holds what the database has under a key.
func (r recent) put(key, value []byte) {
	switch {
	case !held(key):
	case len(value) > mostRecent:
		r.cache.Del(key)
	default:
		r.cache.Set(key, value)
	}
}

// wrote follows a batch that was committed.
func (r recent) wrote(batch batchrepr.Reader) error {
	for {
		kind, key, value, ok, err := batch.Next()
		switch {
		case err != nil || !ok:
			return err
		case kind == pebble.InternalKeyKindSet:
			r.put(key, value)
		case held(key):
			r.cache.Del(key)
		}
	}
}

// close gives the memory back.
func (r recent) close() { r.cache.Reset() }
