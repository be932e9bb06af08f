package chain

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A standby has the state that the one that works had at one of its batches' ends, never at an end of its own: the
// rows of a batch say what changed between its two ends, so whoever goes on for another must go on from an end
// that the other had. Two things see to that. A standby reads up to what the record says is written and no
// further. And the state is saved only up to batches that are in the record, so that a deposed writer, which becomes a standby, has
// applied nothing that its successor might cut otherwise.

// claims tells how far the batches that the reader has prepared are in the record.
type claims struct{ signal chan uint64 }

func newClaims() claims { return claims{make(chan uint64, 1)} }

// put says that everything up to a message is in the record.
func (c claims) put(last uint64) {
	for {
		select {
		case c.signal <- last:
			return
		case <-c.signal: // nobody looked at the one before
		}
	}
}

// await waits until everything up to a message is in the record.
func (c claims) await(ctx context.Context, last uint64) error {
	for {
		select {
		case claimed := <-c.signal:
			if claimed >= last {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// saveClaimed saves the state, when that is due, once what it holds is in the record. The reader hands the last batch to its
// writer before it asks for another, so this waits for one put at most.
func (s *sink) saveClaimed(ctx context.Context) error {
	if !s.due() || s.unsaved.applied == s.unsaved.saved {
		return nil
	}
	if !s.claimed() {
		if err := s.claims.await(ctx, s.unsaved.applied); err != nil {
			return err
		}
		s.known = s.unsaved.applied
	}
	return s.save()
}

// claimed says whether all that is applied is known to be in the record.
func (s *sink) claimed() bool { return s.unsaved.applied <= max(s.known, s.committed.Load()) }

// Follow implements stream.Follower.
func (s *sink) Follow(written, safe uint64) error {
	s.committed.Store(written)
	s.safe.Store(safe)
	if !s.due() {
		return nil
	}
	return s.save()
}

// leave saves the state at a stop, if it may be: what was prepared and never recorded is made again.
func (s *sink) leave() error {
	if !s.claimed() {
		return nil
	}
	return s.save()
}

// member names the state folder among those of several chains, for as long as the folder lives.
func member(folder string) (string, error) {
	name := filepath.Join(folder, "member")
	text, err := os.ReadFile(name) //nolint:gosec // in the folder of the state
	if err == nil && strings.TrimSpace(string(text)) != "" {
		return strings.TrimSpace(string(text)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("name of the state folder: %w", err)
	}
	made := rand.Text()
	if err := os.WriteFile(name, []byte(made+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("name of the state folder: %w", err)
	}
	return made, nil
}
