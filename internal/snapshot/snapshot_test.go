package snapshot_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/snapshot"
)

var now = time.Date(2026, 9, 11, 8, 15, 0, 0, time.UTC)

// contents are the files and links of a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(folder, path)
		switch {
		case entry.IsDir():
			all[name] = "folder"
		case entry.Type()&fs.ModeSymlink != 0:
			all[name], err = os.Readlink(path)
		default:
			var text []byte
			text, err = os.ReadFile(path)
			all[name] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func fill(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	noise := make([]byte, 500_000) // what a bit turned over in is another
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	for name, text := range map[string]string{"nats/streams/1.blk": string(noise), "clickhouse/store/a/data.bin": "rows", "orgs.json": "{}", "nats/lock": "17"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(folder, "clickhouse", "empty"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("store/a", filepath.Join(folder, "clickhouse", "table")); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestAFolderComesBackAsItWas(t *testing.T) {
	folder := fill(t)
	file := filepath.Join(t.TempDir(), "snapshot.tar.gz")
	written, err := snapshot.Write(file, folder, "v1", now, func(name string) bool { return name == "nats/lock" })
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, folder)
	delete(want, "nats/lock")
	back := filepath.Join(t.TempDir(), "back")
	read, err := snapshot.Restore(file, back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, contents(t, back)); diff != "" {
		t.Errorf("(-as it was +as it is):\n%s", diff)
	}
	if diff := cmp.Diff(written, read); diff != "" || len(read.Files) != 3 || read.Program != "v1" || !read.Made.Equal(now) {
		t.Errorf("what it says of itself: %+v\n%s", read, diff)
	}
	if _, err := snapshot.Restore(file, back); !errors.Is(err, snapshot.ErrExists) {
		t.Errorf("over what is there: %v", err)
	}
	if entries, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*.partial")); entries != nil {
		t.Errorf("left over: %v", entries)
	}
}

func TestWhatIsDamagedIsNotRestored(t *testing.T) {
	folder := fill(t)
	file := filepath.Join(t.TempDir(), "snapshot.tar.gz")
	if _, err := snapshot.Write(file, folder, "v1", now, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"cut short": whole[:len(whole)-20], "cut in half": whole[:len(whole)/2], "nothing": {}, "no snapshot": []byte("{}"),
		"a bit turned over":     func() []byte { b := bytes.Clone(whole); b[len(b)/2] ^= 4; return b }(),
		"a file that leads out": packed(t, "../evil", 0), "an absolute one": packed(t, "/tmp/evil", 0), "a link that leads out": packed(t, "link", tar.TypeSymlink),
		"a file too many, and no list": packed(t, "file", 0),
	} {
		t.Run(name, func(t *testing.T) {
			damaged := filepath.Join(t.TempDir(), "damaged.tar.gz")
			if err := os.WriteFile(damaged, text, 0o600); err != nil {
				t.Fatal(err)
			}
			below := t.TempDir()
			if _, err := snapshot.Restore(damaged, filepath.Join(below, "data")); !errors.Is(err, snapshot.ErrDamaged) {
				t.Errorf("%v", err)
			}
			if left := contents(t, below); len(left) != 1 {
				t.Errorf("it left %d files", len(left)-1)
			}
		})
	}
}

// packed is an archive with one entry.
func packed(t *testing.T, name string, kind byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	header := &tar.Header{Name: name, Typeflag: tar.TypeReg, Size: 4, Mode: 0o600}
	if kind != 0 {
		header.Typeflag, header.Size, header.Linkname = kind, 0, "../../evil"
	}
	if err := w.WriteHeader(header); err != nil {
		t.Fatal(err)
	}
	if kind == 0 {
		if _, err := w.Write([]byte("evil")); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestALinkOutOfTheFolderIsNotWritten(t *testing.T) {
	folder := fill(t)
	if err := os.Symlink("/etc", filepath.Join(folder, "etc")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "snapshot.tar.gz")
	if _, err := snapshot.Write(file, folder, "v1", now, nil); err == nil || !strings.Contains(err.Error(), "leads out of the folder") {
		t.Errorf("%v", err)
	}
	if left, _ := filepath.Glob(file + "*"); left != nil {
		t.Errorf("it left %v", left)
	}
}
