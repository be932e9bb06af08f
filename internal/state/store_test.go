package state

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// Pebble leaves its disk watcher behind when it cannot open a folder.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/cockroachdb/pebble/v2/vfs.(*diskHealthCheckingFS).startTickerLocked.func1"))
}

func open(t *testing.T, folder string) *Store {
	t.Helper()
	s, err := Open(folder, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closed(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

var received = time.Date(2026, 9, 11, 8, 20, 11, 12345, time.UTC)

// write commits one batch that ends at a sequence.
func write(t *testing.T, s *Store, sequence uint64, key, value string) {
	t.Helper()
	b := s.Begin()
	for _, err := range []error{
		b.Set([]byte(key), []byte(value)),
		b.Keep(sequence, received, []byte("payload of "+key)),
		b.Emit(sequence, []byte("changed "+key)),
		b.Commit(sequence, 7),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func outbox(t *testing.T, s *Store, after uint64) map[uint64]string {
	t.Helper()
	got := make(map[uint64]string)
	if err := s.Outbox(after, func(sequence uint64, entry []byte) error {
		got[sequence] = string(entry)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCommitted(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	write(t, s, 10, "nfirst", "1")
	write(t, s, 25, "nsecond", "2")
	discarded := s.Begin()
	if err := discarded.Set([]byte("nthird"), []byte("3")); err != nil {
		t.Fatal(err)
	}
	if err := discarded.Discard(); err != nil {
		t.Fatal(err)
	}
	closed(t, s)

	s = open(t, folder)
	defer closed(t, s)
	if applied, epoch := s.Applied(); applied != 25 || epoch != 7 {
		t.Errorf("applied %d of epoch %d, want 25 of 7", applied, epoch)
	}
	for key, want := range map[string]string{"nfirst": "1", "nsecond": "2", "nthird": "", "nnever": ""} {
		got, err := s.Load([]byte(key))
		if err != nil || string(got) != want {
			t.Errorf("%s is %q, %v; want %q", key, got, err, want)
		}
	}
	payload, at, err := s.Payload(25)
	if err != nil || string(payload) != "payload of nsecond" || !at.Equal(received) {
		t.Errorf("payload %q of %s, %v", payload, at, err)
	}
	if payload, _, err := s.Payload(24); err != nil || payload != nil {
		t.Errorf("a payload that was never kept: %q, %v", payload, err)
	}
	if diff := cmp.Diff(map[uint64]string{10: "changed nfirst", 25: "changed nsecond"}, outbox(t, s, 0)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[uint64]string{25: "changed nsecond"}, outbox(t, s, 10)); diff != "" {
		t.Errorf("outbox after 10 (-want +got):\n%s", diff)
	}
	if err := s.Trim(10); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[uint64]string{25: "changed nsecond"}, outbox(t, s, 0)); diff != "" {
		t.Errorf("outbox when trimmed (-want +got):\n%s", diff)
	}
}

func TestForget(t *testing.T) {
	s := open(t, t.TempDir())
	defer closed(t, s)
	write(t, s, 1, "nfirst", "1")
	b := s.Begin()
	if err := b.Forget(1); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete([]byte("nfirst")); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(2, 7); err != nil {
		t.Fatal(err)
	}
	if payload, _, err := s.Payload(1); err != nil || payload != nil {
		t.Errorf("a forgotten payload: %q, %v", payload, err)
	}
	if got, err := s.Load([]byte("nfirst")); err != nil || got != nil {
		t.Errorf("a deleted key: %q, %v", got, err)
	}
}

func TestRefusals(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	if other, err := Open(folder, Options{}); err == nil {
		t.Error("opened twice")
		closed(t, other)
	} else if !strings.Contains(err.Error(), folder) {
		t.Errorf("%v does not name the folder", err)
	}
	if err := s.db.Set(markFormat, []byte{format + 1}, pebble.Sync); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	_, err := Open(folder, Options{})
	if err == nil || !strings.Contains(err.Error(), "format") {
		t.Errorf("a store of a later format: %v", err)
	}
}

// TestFilter: a key that is stored is never said to be lacking, before and after the filter is filled.
func TestFilter(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	keys := make([]string, 1000)
	b := s.Begin()
	for i := range keys {
		keys[i] = "n" + strings.Repeat("k", i%7) + string(rune('a'+i%26)) + time.Duration(i).String()
		if err := b.Set([]byte(keys[i]), []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Commit(1, 0); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	s = open(t, folder)
	defer closed(t, s)
	for range 2 {
		for _, key := range keys {
			if got, err := s.Load([]byte(key)); err != nil || got == nil {
				t.Fatalf("%s is lacking (filled: %t), %v", key, s.filter.ready.Load(), err)
			}
		}
		s.filter.done.Wait()
		if !s.filter.ready.Load() {
			t.Fatal("the filter was not filled")
		}
	}
	lacking := 0
	for _, key := range keys {
		if s.filter.lacks([]byte(key + "?")) {
			lacking++
		}
	}
	if lacking < 990 {
		t.Errorf("of 1000 unknown keys the filter knows only %d to be lacking", lacking)
	}
}

func TestLoadedIsWhatWasWrittenLast(t *testing.T) {
	for _, size := range []int{0, 1, 500, mostRecent, mostRecent + 1, 100 << 10} {
		for _, pairs := range []int{1, 300} { // of which the larger ones are more than a memtable takes
			t.Run(fmt.Sprintf("%d values of %d bytes", pairs, size), func(t *testing.T) {
				s := open(t, t.TempDir())
				defer closed(t, s)
				put := func(sequence uint64, set map[string]string, deleted ...string) {
					t.Helper()
					b := s.Begin()
					for key, value := range set {
						if err := b.Set([]byte(key), []byte(value)); err != nil {
							t.Fatal(err)
						}
					}
					for _, key := range deleted {
						if err := b.Delete([]byte(key)); err != nil {
							t.Fatal(err)
						}
					}
					if err := b.Commit(sequence, 1); err != nil {
						t.Fatal(err)
					}
				}
				loaded := func(key, want string, there bool) {
					t.Helper()
					for range 2 { // from the database, then from what is recent
						got, err := s.Load([]byte(key))
						if err != nil || string(got) != want || (got != nil) != there {
							t.Fatalf("%s: got %d bytes %.20q, %v, want %d bytes %.20q", key, len(got), got, err, len(want), want)
						}
					}
				}
				old, short, long := make(map[string]string), make(map[string]string), make(map[string]string)
				for i := range pairs {
					key := fmt.Sprintf("n%d", i)
					old[key], short[key], long[key] = strings.Repeat("o", size), strings.Repeat("s", size/2), strings.Repeat("l", size)+"l"
				}
				for sequence, set := range []map[string]string{old, long, short, long} {
					put(uint64(sequence)+1, set)
					for key, value := range set {
						loaded(key, value, true)
					}
				}
				put(9, nil, "n0")
				loaded("n0", "", false)
				put(10, map[string]string{"n0": old["n0"]})
				loaded("n0", old["n0"], true)
			})
		}
	}
}

// What one reads while another writes is the value of before or of after, and after the write it is that of after.
func TestLoadWhileOthersWrite(t *testing.T) {
	s := open(t, t.TempDir())
	defer closed(t, s)
	s.recent.close() // so that the first read of each finds it in the database
	const keys = 200
	for round := range uint64(50) {
		b := s.Begin()
		for i := range keys {
			if err := b.Set(fmt.Appendf(nil, "n%d", i), fmt.Appendf(nil, "%d", round)); err != nil {
				t.Fatal(err)
			}
		}
		s.recent.close()
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for i := range keys {
					got, err := s.Load(fmt.Appendf(nil, "n%d", i))
					if want := fmt.Sprint(round); err != nil || string(got) != want && round > 0 && string(got) != fmt.Sprint(round-1) {
						t.Errorf("n%d: got %q, %v, want %s or the one before", i, got, err, want)
					}
				}
			})
		}
		if err := b.Commit(round+1, 1); err != nil {
			t.Fatal(err)
		}
		readers.Wait()
		for i := range keys {
			if got, err := s.Load(fmt.Appendf(nil, "n%d", i)); err != nil || string(got) != fmt.Sprint(round) {
				t.Fatalf("n%d after the write: got %q, %v, want %d", i, got, err, round)
			}
		}
	}
}
