package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// Place gives a reader that does not run a record of its own making: it will go on behind message written, as if it had
// let everything up to there take effect. What record it had before is gone.
func (c *Conn) Place(ctx context.Context, reader string, epoch, written uint64, fingerprint string) error {
	if err := c.Forget(ctx, reader); err != nil {
		return err
	}
	kv, err := c.records(ctx)
	if err != nil {
		return err
	}
	data, err := json.Marshal(record{
		Stream: Events, Owner: nuid.Next(), Epoch: epoch, Generation: 1, Written: written, Fingerprint: fingerprint,
	})
	if err != nil {
		return err
	}
	if _, err := kv.Create(ctx, reader, data); err != nil {
		return fmt.Errorf("make record of %s: %w", reader, err)
	}
	return nil
}

// Rebase lets a reader go on where another stands, in the next generation of its own, and forgets the other. Neither
// may run: the reader, if it did, would find itself fenced.
func (c *Conn) Rebase(ctx context.Context, reader, from string) error {
	kv, err := c.records(ctx)
	if err != nil {
		return err
	}
	rec, _, err := readRecord(ctx, kv, from)
	if err != nil {
		return err
	}
	old, rev, err := readRecord(ctx, kv, reader)
	if err != nil && !errors.Is(err, jetstream.ErrKeyNotFound) {
		return err
	}
	rec.Generation, rec.Owner = old.Generation+1, nuid.Next()
	data, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	if rev == 0 {
		_, err = kv.Create(ctx, reader, data)
	} else {
		_, err = kv.Update(ctx, reader, data, rev)
	}
	if err != nil {
		return fmt.Errorf("put record of %s: %w", reader, err)
	}
	return c.Forget(ctx, from)
}

func readRecord(ctx context.Context, kv jetstream.KeyValue, reader string) (rec record, rev uint64, err error) {
	entry, err := kv.Get(ctx, reader)
	if err != nil {
		return rec, 0, fmt.Errorf("read record of %s: %w", reader, err)
	}
	if err := json.Unmarshal(entry.Value(), &rec); err != nil {
		return rec, 0, fmt.Errorf("record of %s: %w", reader, err)
	}
	return rec, entry.Revision(), nil
}

// Forget removes what the broker has of a reader that does not run: its record, its lease, its pause and its consumer. To forget
// what is not there is no error.
func (c *Conn) Forget(ctx context.Context, reader string) error {
	kv, err := c.records(ctx)
	if err != nil {
		return err
	}
	for _, key := range []string{reader, leasePrefix + reader, pausedPrefix + reader} {
		if err := kv.Purge(ctx, key); err != nil && !errors.Is(err, jetstream.ErrKeyNotFound) {
			return fmt.Errorf("forget reader %s: %w", reader, err)
		}
	}
	if err := c.js.DeleteConsumer(ctx, Events, reader); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("forget reader %s: %w", reader, err)
	}
	return nil
}
