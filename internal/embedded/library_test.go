package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oneorder/internal/embedded"
)

// place makes an empty file of that path below a new folder, which it returns.
func place(t *testing.T, path string) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	file = filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, file
}

func TestFindLibrary(t *testing.T) {
	const installed = "deploy/engine/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"
	t.Run("beside the binary", func(t *testing.T) {
		dir, want := place(t, "libchdb.so")
		if got, err := embedded.FindLibraryFor("linux/amd64", dir, t.TempDir()); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	})
	t.Run("installed above the working directory", func(t *testing.T) {
		dir, want := place(t, installed)
		if got, err := embedded.FindLibraryFor("linux/amd64", t.TempDir(), filepath.Join(dir, "a", "b")); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	})
	t.Run("installed above the binary", func(t *testing.T) {
		dir, want := place(t, installed)
		if got, err := embedded.FindLibraryFor("linux/amd64", filepath.Join(dir, "bin"), t.TempDir()); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	})
	t.Run("installed for another platform", func(t *testing.T) {
		dir, _ := place(t, installed)
		if got, err := embedded.FindLibraryFor("linux/arm64", t.TempDir(), dir); !errors.Is(err, embedded.ErrLibrary) {
			t.Errorf("got %s, %v, want %v", got, err, embedded.ErrLibrary)
		}
	})
	t.Run("nowhere", func(t *testing.T) {
		_, err := embedded.FindLibraryFor("linux/amd64", t.TempDir(), t.TempDir())
		if !errors.Is(err, embedded.ErrLibrary) || !strings.Contains(err.Error(), "make engine") {
			t.Errorf("got %v, want %v and what to do", err, embedded.ErrLibrary)
		}
	})
	t.Run("platform without a build", func(t *testing.T) {
		_, err := embedded.FindLibraryFor("linux/riscv64", t.TempDir(), t.TempDir())
		if !errors.Is(err, embedded.ErrPlatform) || !strings.Contains(err.Error(), "linux/riscv64") {
			t.Errorf("got %v, want %v naming it", err, embedded.ErrPlatform)
		}
	})
	t.Run("where the variable points", func(t *testing.T) {
		_, want := place(t, "elsewhere/engine.so")
		t.Setenv(embedded.LibraryVariable, want)
		if got, err := embedded.FindLibrary(); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	})
	t.Run("where the variable points wrongly", func(t *testing.T) {
		t.Setenv(embedded.LibraryVariable, filepath.Join(t.TempDir(), "engine.so"))
		if _, err := embedded.FindLibrary(); !errors.Is(err, embedded.ErrLibrary) || !strings.Contains(err.Error(), embedded.LibraryVariable) {
			t.Errorf("got %v, want %v naming the variable", err, embedded.ErrLibrary)
		}
	})
}
