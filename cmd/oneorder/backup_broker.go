package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"oneorder/internal/service"
	"oneorder/internal/snapshot"
	"oneorder/internal/stream"
)

// What a backup of the broker has of a stream: its description and its content, as the broker gives them.
const (
	descriptionSuffix = ".json"
	contentSuffix     = ".stream"
)

// backupBroker writes the streams of the broker to a file. Meanwhile they lie beside it, in a folder that is removed at the end.
func backupBroker(ctx context.Context, config *service.Config, file string, began time.Time) (m snapshot.Manifest, err error) {
	conn, err := connectStream(ctx, config, "backup", quiet())
	if err != nil {
		return m, err
	}
	defer conn.Close()
	folder, err := os.MkdirTemp(filepath.Dir(file), ".streams-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	found := 0
	for _, name := range stream.BackedUp() {
		err := keepStream(ctx, conn, folder, name)
		switch {
		case err == nil:
			found++
		case !errors.Is(err, stream.ErrNoStream):
			return m, err
		}
	}
	if found == 0 {
		return m, fmt.Errorf("the broker at %s has no streams of ours", config.NATS)
	}
	return snapshot.Write(file, folder, version, began, func(string) bool { return false })
}

// keepStream writes a stream into the folder.
func keepStream(ctx context.Context, conn *stream.Conn, folder, name string) error {
	path := filepath.Join(folder, name)
	content, err := os.OpenFile(path+contentSuffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // in a folder of our own
	if err != nil {
		return err
	}
	described, err := conn.Snapshot(ctx, name, content)
	if err := errors.Join(err, content.Close()); err != nil {
		return errors.Join(err, os.Remove(path+contentSuffix))
	}
	text, err := json.Marshal(described)
	if err != nil {
		return err
	}
	return os.WriteFile(path+descriptionSuffix, text, 0o600)
}

// restoreBroker puts the streams of a file into the broker, which must have none of them.
func restoreBroker(ctx context.Context, config *service.Config, file string) (m snapshot.Manifest, err error) {
	conn, err := connectStream(ctx, config, "restore", quiet())
	if err != nil {
		return m, err
	}
	defer conn.Close()
	there, err := conn.Streams(ctx)
	if err != nil {
		return m, err
	}
	if len(there) > 0 {
		return m, fmt.Errorf("the broker at %s has the stream %s already: restore into one that has none of ours", config.NATS, there[0].Name)
	}
	parent, err := os.MkdirTemp(filepath.Dir(file), ".streams-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(parent)) }()
	folder := filepath.Join(parent, "all")
	if m, err = snapshot.Restore(file, folder); err != nil {
		return m, err
	}
	restored := 0
	for _, name := range stream.BackedUp() {
		text, err := os.ReadFile(filepath.Join(folder, name+descriptionSuffix)) //nolint:gosec // in a folder of our own
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = putStream(ctx, conn, filepath.Join(folder, name+contentSuffix), name, text)
		}
		if err != nil {
			return m, err
		}
		restored++
	}
	if restored == 0 {
		return m, fmt.Errorf("%s is no backup of a broker: oneorder restore without --broker reads those of a data folder", file)
	}
	return m, nil
}

func putStream(ctx context.Context, conn *stream.Conn, path, name string, description []byte) (err error) {
	var described stream.Snapshot
	if err := json.Unmarshal(description, &described); err != nil {
		return fmt.Errorf("description of stream %s: %w", name, err)
	}
	content, err := os.Open(path) //nolint:gosec // in a folder of our own
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	return conn.Restore(ctx, name, described, content)
}
