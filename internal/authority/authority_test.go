package authority_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"oneorder/internal/authority"
	"oneorder/internal/service"
)

var _ service.Component = (*authority.Live)(nil)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var at = time.Date(2026, 9, 11, 8, 15, 0, 0, time.UTC)

func update(t *testing.T, path string, change func(*authority.Register) error) {
	t.Helper()
	if err := authority.Update(path, change); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, path, org string) (token string) {
	t.Helper()
	update(t, path, func(r *authority.Register) (err error) {
		token, err = r.Add(org, at)
		return err
	})
	return token
}

func TestATokenIsShownOnceAndKeptAsHashes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "orgs.json")
	token := add(t, path, "sitc")
	for _, file := range []string{path, authority.AccountsFile(path)} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), token) || !strings.Contains(string(text), "sitc") {
			t.Errorf("%s:\n%s", file, text)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the register: %v, %v", info.Mode(), err)
	}
	live, err := authority.Open(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if org, ok := live.Org(token); !ok || org != "sitc" {
		t.Errorf("the token is of %q", org)
	}
	if org, ok := live.Org(token + "x"); ok {
		t.Errorf("another token is of %q", org)
	}
	// In force at once, without anybody following the file.
	var rotated string
	update(t, path, func(r *authority.Register) (err error) {
		rotated, err = r.Rotate("sitc", at.Add(time.Hour))
		return err
	})
	if _, ok := live.Org(rotated); !ok {
		t.Error("the new token is not known")
	}
	if _, ok := live.Org(token); ok {
		t.Error("the old token is still known")
	}
}

func TestWhatCannotBeRegistered(t *testing.T) {
	var r authority.Register
	if _, err := r.Add("sitc", at); err != nil {
		t.Fatal(err)
	}
	for org, want := range map[string]error{
		"sitc": authority.ErrKnown, "SITC": authority.ErrOrg, "a": authority.ErrOrg, "": authority.ErrOrg, "a.b": authority.ErrOrg,
		"all": authority.ErrReserved, "operator": authority.ErrReserved, "customs": authority.ErrReserved, "services": authority.ErrReserved,
	} {
		if _, err := r.Add(org, at); !errors.Is(err, want) {
			t.Errorf("%q: %v", org, err)
		}
	}
	if _, err := r.Rotate("psa", at); !errors.Is(err, authority.ErrUnknown) {
		t.Errorf("rotate: %v", err)
	}
	if err := r.Remove("psa"); !errors.Is(err, authority.ErrUnknown) {
		t.Errorf("remove: %v", err)
	}
}

func TestChangesAtOnceAreAllKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orgs.json")
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			err := authority.Update(path, func(r *authority.Register) error {
				_, err := r.Add(fmt.Sprintf("org-%d", i), at)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r, err := authority.Read(path)
	if err != nil || len(r.Organisations) != 10 {
		t.Errorf("%d registered, %v", len(r.Organisations), err)
	}
}

func TestADamagedRegisterIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orgs.json")
	add(t, path, "psa")
	add(t, path, "sitc")
	sound, err := authority.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(*authority.Register){
		"an organisation that cannot be":   func(r *authority.Register) { r.Organisations[0].Org = "P.S.A" },
		"a hash cut short":                 func(r *authority.Register) { r.Organisations[0].Token = "ab" },
		"no hash for the broker":           func(r *authority.Register) { r.Organisations[0].Broker = `" }` },
		"an organisation that is in twice": func(r *authority.Register) { r.Organisations[1].Org = "psa" },
	} {
		t.Run(name, func(t *testing.T) {
			r := authority.Register{Organisations: append([]authority.Organisation(nil), sound.Organisations...)}
			damage(&r)
			text, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := authority.Read(path); err == nil {
				t.Error("it is read")
			}
			if err := authority.Update(path, func(*authority.Register) error { return nil }); err == nil {
				t.Error("it is written over")
			}
		})
	}
}

func TestWhoFollowsIsToldOfEachChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orgs.json")
	told := make(chan []string, 10)
	failing := true
	live, err := authority.Open(path, slog.New(slog.DiscardHandler), func(_ context.Context, r authority.Register) error {
		names := []string{}
		for _, o := range r.Organisations {
			names = append(names, o.Org)
		}
		told <- names
		if failing = !failing; failing { // the second time
			return errors.New("not now")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := live.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	next := func() []string {
		select {
		case names := <-told:
			return names
		case <-time.After(20 * time.Second):
			t.Fatal("not told")
			return nil
		}
	}
	if diff := cmp.Diff([]string{}, next()); diff != "" {
		t.Errorf("at the start (-want +got):\n%s", diff)
	}
	if live.Any() {
		t.Error("somebody is registered")
	}
	add(t, path, "sitc")
	if !live.Any() {
		t.Error("nobody is registered")
	}
	for _, when := range []string{"at once", "and again, since it did not work"} {
		if diff := cmp.Diff([]string{"sitc"}, next()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	// A register that is lost must not open the doors.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); live.Health() == nil; {
		if time.Now().After(deadline) {
			t.Fatal("nobody says that the register is gone")
		}
		live.Org("look again")
	}
	if !live.Any() {
		t.Error("nobody is registered any more")
	}
}

func TestTheOperatorsTokenIsMadeOnceAndIsItsOwnersOnly(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first, err := authority.OperatorToken(data)
	if err != nil {
		t.Fatal(err)
	}
	second, err := authority.OperatorToken(data)
	if err != nil || first != second || len(first) < 40 {
		t.Errorf("%q, then %q, %v", first, second, err)
	}
	if info, err := os.Stat(authority.OperatorFile(data)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
