// Package snapshot writes a folder to one file and makes the folder again from it, whole or not at all.
//
// The file is a gzipped tar. Its last entry lists the others with their digests: a file that was cut short, or of which a bit
// has changed, is not restored.
package snapshot

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Manifest is what a snapshot says of itself.
type Manifest struct {
	Program string           `json:"program"` // version of the one that wrote it
	Made    time.Time        `json:"made"`
	Bytes   int64            `json:"bytes"`
	Files   map[string]Entry `json:"files"` // by their names below the folder, with slashes
}

// Entry is one file.
type Entry struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

const (
	manifestName = "oneorder-snapshot.json"
	partial      = ".partial"
)

// What Restore may answer.
var (
	ErrDamaged = errors.New("the snapshot is damaged")
	ErrExists  = errors.New("there is something already")
)

// Write writes the folder to the file, which appears when it is whole and on the disk. Nobody may change the folder meanwhile. What skip
// says true of, by its name below the folder, is left out.
func Write(file, folder, program string, now time.Time, skip func(name string) bool) (m Manifest, err error) {
	out, err := os.OpenFile(file+partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the caller names it
	if err != nil {
		return m, fmt.Errorf("snapshot: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("snapshot of %s: %w", folder, errors.Join(err, out.Close(), os.Remove(file+partial)))
		}
	}()
	buffered := bufio.NewWriterSize(out, 1<<20)
	packed, err := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	if err != nil {
		return m, err
	}
	w := writer{folder: folder, tar: tar.NewWriter(packed), skip: skip, manifest: Manifest{Program: program, Made: now.UTC().Truncate(time.Second), Files: map[string]Entry{}}}
	if err := filepath.WalkDir(folder, w.add); err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(w.manifest, "", " ")
	if err != nil {
		return m, err
	}
	if err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: manifestName, Mode: 0o600, Size: int64(len(text)), ModTime: w.manifest.Made}); err != nil {
		return m, err
	}
	if _, err := w.tar.Write(text); err != nil {
		return m, err
	}
	for _, f := range []func() error{w.tar.Close, packed.Close, buffered.Flush, out.Sync} {
		if err := f(); err != nil {
			return m, err
		}
	}
	if err := out.Close(); err != nil {
		return m, err
	}
	return w.manifest, os.Rename(file+partial, file)
}

type writer struct {
	folder   string
	tar      *tar.Writer
	skip     func(name string) bool
	manifest Manifest
}

func (w *writer) add(path string, entry fs.DirEntry, err error) error {
	if err != nil || path == w.folder {
		return err
	}
	name, err := filepath.Rel(w.folder, path)
	if err != nil {
		return err
	}
	name = filepath.ToSlash(name)
	if w.skip != nil && w.skip(name) {
		if entry.IsDir() {
			return filepath.SkipDir
		}
		return nil
	}
	info, err := entry.Info()
	if err != nil {
		return err
	}
	link := ""
	switch mode := info.Mode(); {
	case mode.IsRegular(), mode.IsDir():
	case mode&fs.ModeSymlink != 0:
		if link, err = os.Readlink(path); err != nil {
			return err
		}
		if !within(name, link) {
			return fmt.Errorf("%s leads out of the folder, to %s", name, link)
		}
	default:
		return nil // a socket or a pipe is of a process
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	header.Name, header.Uname, header.Gname, header.Uid, header.Gid = name, "", "", 0, 0
	if err := w.tar.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	return w.content(path, name, info.Size())
}

func (w *writer) content(path, name string, size int64) (err error) {
	in, err := os.Open(path) //nolint:gosec // below the folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	digest := sha256.New()
	n, err := io.Copy(io.MultiWriter(w.tar, digest), in)
	if err == nil && n != size {
		err = fmt.Errorf("%s has changed meanwhile: somebody works in the folder", name)
	}
	w.manifest.Bytes += n
	w.manifest.Files[name] = entryOf(n, digest)
	return err
}

func entryOf(n int64, digest hash.Hash) Entry {
	return Entry{Bytes: n, SHA256: hex.EncodeToString(digest.Sum(nil))}
}

// within says whether a link at name stays in the folder.
func within(name, link string) bool {
	return !filepath.IsAbs(link) && filepath.IsLocal(filepath.Join(filepath.Dir(filepath.FromSlash(name)), link))
}

// Restore makes the folder from the file. The folder must be empty or not be there; it appears when all of it is there, checked and on the
// disk.
func Restore(file, folder string) (m Manifest, err error) {
	if list, err := os.ReadDir(folder); err == nil && len(list) > 0 {
		return m, fmt.Errorf("restore to %s: %w: name another folder, or move it away", folder, ErrExists)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("restore: %w", err)
	}
	folder = filepath.Clean(folder)
	fresh := folder + partial
	if err := os.RemoveAll(fresh); err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s: %w", file, errors.Join(err, os.RemoveAll(fresh)))
		}
	}()
	in, err := os.Open(file) //nolint:gosec // the caller names it
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if m, err = unpack(bufio.NewReaderSize(in, 1<<20), fresh); err != nil {
		return m, err
	}
	if err := os.Remove(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, err
	}
	return m, os.Rename(fresh, folder)
}

func unpack(in io.Reader, folder string) (m Manifest, err error) {
	packed, err := gzip.NewReader(in)
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return m, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	whole := damageable{packed}
	r, found := tar.NewReader(whole), map[string]Entry{}
	for {
		header, err := r.Next()
		if err == io.EOF {
			return m, fmt.Errorf("%w: it has no list of its files at its end", ErrDamaged)
		}
		if err != nil {
			return m, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if header.Name == manifestName {
			if err := json.NewDecoder(r).Decode(&m); err != nil {
				return m, fmt.Errorf("%w: its list of files: %w", ErrDamaged, err)
			}
			// Its end tells whether it was cut short.
			if _, err := io.Copy(io.Discard, whole); err != nil {
				return m, err
			}
			return m, compare(m.Files, found)
		}
		if err := place(root, header, r, found); err != nil {
			return m, err
		}
	}
}

// damageable says of what cannot be read that the snapshot is damaged.
type damageable struct{ io.Reader }

func (d damageable) Read(b []byte) (int, error) {
	n, err := d.Reader.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // as readers give it
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

// place makes one entry. The root keeps it in the folder, whatever its name is.
func place(root *os.Root, header *tar.Header, r io.Reader, found map[string]Entry) error {
	name := strings.TrimSuffix(header.Name, "/")
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%w: it has a file %q", ErrDamaged, header.Name)
	}
	switch header.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o750)
	case tar.TypeSymlink:
		if !within(name, header.Linkname) {
			return fmt.Errorf("%w: %q leads out of the folder", ErrDamaged, name)
		}
		return root.Symlink(header.Linkname, name)
	case tar.TypeReg:
	default:
		return fmt.Errorf("%w: %q is no file", ErrDamaged, name)
	}
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, header.FileInfo().Mode().Perm()&0o755|0o600)
	if err != nil {
		return err
	}
	digest := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, digest), r)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	found[name] = entryOf(n, digest)
	return nil
}

// compare says what is not as it was written.
func compare(want, got map[string]Entry) error {
	for name, entry := range want {
		if got[name] != entry {
			return fmt.Errorf("%w: %s is not as it was", ErrDamaged, name)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%w: it has %d files, and lists %d", ErrDamaged, len(got), len(want))
	}
	return nil
}
