package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// StreamInfo is the state of one stream.
type StreamInfo struct { //nolint:revive // beside ReaderInfo, Info alone would not say of what
	Name        string
	Messages    uint64
	Bytes       uint64
	MaxBytes    int64 // -1: no limit
	First, Last uint64
	FirstTime   time.Time
	LastTime    time.Time
	Replicas    int
	Consumers   int
}

// ReaderInfo is the shared record of one reader, and how far behind it is.
type ReaderInfo struct {
	Name, Stream      string
	Owner             string // changes with each Run
	Epoch, Generation uint64
	Written           uint64
	Safe              uint64 // of what is written, what the store cannot lose any more
	First, Last       uint64 // under way, possibly done; 0, 0: nothing
	Fingerprint       string
	Updated           time.Time
	Lag               uint64    // messages of the stream after Written
	OldestUnread      time.Time // when the first of them was stored; zero: none

	Paused *Pause // nil: it does not rest

	// Of a reader with a lease: who has it, when that one last renewed it, and who stands by.
	Holder   string
	Renewed  time.Time
	Standbys []string
}

// What a standby says of itself in the bucket of records, that operations see it.
const (
	standbyPrefix = "standby."
	standbyEvery  = 5 * time.Second
	standbyLasts  = 4 * standbyEvery // it is taken to be gone after this time without a word
)

func standbyKey(reader, member string) string { return standbyPrefix + reader + "." + member }

// announce says every few seconds that the member stands by, until ctx ends. That it cannot be said hurts nobody.
func (r *Reader) announce(ctx context.Context) {
	key := standbyKey(r.cfg.Name, r.cfg.Member)
	tick := time.NewTicker(standbyEvery)
	defer tick.Stop()
	var kv jetstream.KeyValue // opened once
	for {
		attempt, done := r.conn.attempt(ctx)
		if kv == nil {
			kv, _ = r.conn.js.KeyValue(attempt, Readers)
		}
		if kv != nil {
			_, _ = kv.PutString(attempt, key, r.cfg.Member)
		}
		done()
		select {
		case <-ctx.Done():
			if kv != nil {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseSalvage)
				defer cancel()
				_ = kv.Purge(ctx, key)
			}
			return
		case <-tick.C:
		}
	}
}

// readLease tells who has the reader's lease, and who stands by: of all keys of the bucket.
func readLease(ctx context.Context, kv jetstream.KeyValue, keys []string, info *ReaderInfo) error {
	for _, key := range keys {
		lease, standby := key == leasePrefix+info.Name, strings.HasPrefix(key, standbyKey(info.Name, ""))
		if !lease && !standby {
			continue
		}
		entry, err := kv.Get(ctx, key)
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		var held leaseEntry
		switch {
		case standby && time.Since(entry.Created()) < standbyLasts:
			info.Standbys = append(info.Standbys, string(entry.Value()))
		case lease && json.Unmarshal(entry.Value(), &held) == nil:
			info.Holder, info.Renewed = held.Member, entry.Created().UTC()
		}
	}
	return nil
}

// Streams tells the state of each of our streams that exists, in the order of the flow.
func (c *Conn) Streams(ctx context.Context) ([]StreamInfo, error) {
	var infos []StreamInfo
	for _, name := range []string{Inbox, Events, Rejected, Chains} {
		st, err := c.js.Stream(ctx, name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
		info := st.CachedInfo()
		infos = append(infos, StreamInfo{
			Name: name, Messages: info.State.Msgs, Bytes: info.State.Bytes, MaxBytes: info.Config.MaxBytes,
			First: info.State.FirstSeq, Last: info.State.LastSeq, FirstTime: info.State.FirstTime, LastTime: info.State.LastTime,
			Replicas: info.Config.Replicas, Consumers: info.State.Consumers,
		})
	}
	return infos, nil
}

// Readers tells the record and the lag of every reader there has been, by name.
func (c *Conn) Readers(ctx context.Context) ([]ReaderInfo, error) {
	kv, err := c.records(ctx)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	keys, err := kv.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list bucket %s: %w", Readers, err)
	}
	slices.Sort(keys)
	var infos []ReaderInfo
	for _, key := range keys {
		if !validName(key) { // a lease, who stands by, a pause, the list of erasures
			continue
		}
		info, err := c.reader(ctx, kv, key)
		if err == nil {
			err = readLease(ctx, kv, keys, &info)
		}
		if err == nil && slices.Contains(keys, pausedPrefix+key) {
			var p Pause
			var paused bool
			if p, paused, err = pauseOf(ctx, kv, key); paused {
				info.Paused = &p
			}
		}
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reader %s: %w", key, err)
		}
		infos = append(infos, info)
	}
	return infos, nil
}

func (c *Conn) reader(ctx context.Context, kv jetstream.KeyValue, name string) (ReaderInfo, error) {
	entry, err := kv.Get(ctx, name)
	if err != nil {
		return ReaderInfo{}, err
	}
	var rec record
	if err := json.Unmarshal(entry.Value(), &rec); err != nil {
		return ReaderInfo{}, fmt.Errorf("record: %w", err)
	}
	info := ReaderInfo{
		Name: name, Stream: rec.Stream, Owner: rec.Owner, Epoch: rec.Epoch, Generation: rec.Generation,
		Written: rec.Written, Safe: rec.safe(), First: rec.First, Last: rec.Last, Fingerprint: rec.Fingerprint, Updated: entry.Created().UTC(),
	}
	st, err := c.js.Stream(ctx, rec.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return info, nil
	}
	if err != nil {
		return ReaderInfo{}, err
	}
	state := st.CachedInfo().State
	if state.LastSeq <= rec.Written {
		return info, nil
	}
	info.Lag = state.LastSeq - rec.Written
	msg, err := st.GetMsg(ctx, max(rec.Written+1, state.FirstSeq))
	if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		return ReaderInfo{}, err
	}
	if err == nil {
		info.OldestUnread = msg.Time.UTC()
	}
	return info, nil
}
