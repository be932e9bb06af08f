package state

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/go-cmp/cmp"
)

// A state in which values and consignments had letters of their own is changed when it is opened, also where that was cut off
// before.
func TestFormatApart(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	write(t, s, 7, "nbl\x00A\x00SITC", "number")
	write(t, s, 8, "fevent", "fact")
	long := fmt.Sprintf("%0100000d", 1)
	want := map[string]string{"nbl\x00A\x00SITC": "number", "fevent": "fact", "nbl\x00A": "value", "nbl\x00A\x00SITC\x00": "consignment"}
	old := map[string]string{"vbl\x00A": "value", "gbl\x00A\x00SITC": "consignment"}
	for i := range 30 { // more than goes into one batch
		old[fmt.Sprintf("vbl\x00B%d", i)] = long
		want[fmt.Sprintf("nbl\x00B%d", i)] = long
	}
	for key, value := range old {
		if err := s.db.Set([]byte(key), []byte(value), pebble.NoSync); err != nil {
			t.Fatal(err)
		}
	}
	for _, half := range []bool{true, false} {
		if half { // cut off
			if err := s.underNumbers('v', ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.db.Set(markFormat, []byte{formatApart}, pebble.Sync); err != nil {
			t.Fatal(err)
		}
		closed(t, s)
		s = open(t, folder)
		got := make(map[string]string)
		iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{'a'}})
		if err != nil {
			t.Fatal(err)
		}
		for ok := iter.First(); ok; ok = iter.Next() {
			if held(iter.Key()) {
				got[string(iter.Key())] = string(iter.Value())
			}
		}
		if err := iter.Close(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("half done: %v (-want +got):\n%s", half, diff)
		}
		if applied, epoch := s.Applied(); applied != 8 || epoch != 7 {
			t.Errorf("applied %d of epoch %d, want 8 of 7", applied, epoch)
		}
	}
	closed(t, s)
}
