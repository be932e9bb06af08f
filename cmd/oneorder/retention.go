package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"oneorder/deploy"
	"oneorder/internal/refdata"
	"oneorder/internal/warehouse"
)

// retain puts in force how long the warehouse keeps what it has: as the file says, or without one as is built in.
func retain(ctx context.Context, w *warehouse.Warehouse, file string) error {
	text := deploy.Retention
	if file != "" {
		var err error
		if text, err = os.ReadFile(file); err != nil { //nolint:gosec // the file that the user names
			return err
		}
	}
	var r warehouse.Retention
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&r); err != nil {
		return fmt.Errorf("retention %s: %w", file, err)
	}
	tables, err := refdata.Load()
	if err != nil {
		return err
	}
	if err := r.Validate(func(id string) bool { return id == refdata.Other || slices.Contains(tables.Corridors(), id) }); err != nil {
		return err
	}
	return w.Retain(ctx, r)
}

// ownRetention is the retention.yaml of a data folder; empty: it has none.
func ownRetention(data string) (string, error) {
	file := filepath.Join(data, "retention.yaml")
	_, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return file, err
}
