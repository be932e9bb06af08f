package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pressly/goose/v3"

	"oneorder/schemas"
)

// Migrate creates the database if it is missing and brings its schema to this program's version. Every
// step is safe to repeat, so a migration that was cut short goes on where it was.
func (w *Warehouse) Migrate(ctx context.Context) error {
	if err := w.admin.Exec(ctx, "CREATE DATABASE IF NOT EXISTS `"+w.cfg.Database+"` ENGINE = Atomic"); err != nil {
		return fmt.Errorf("create database %s: %w", w.cfg.Database, err)
	}
	return w.withMigrations(func(p *goose.Provider) error {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate %s: %w", w.cfg.Database, err)
		}
		return nil
	})
}

// SchemaVersion is the version that the database has and the one that this program wants. A database that
// does not exist has version 0.
func (w *Warehouse) SchemaVersion(ctx context.Context) (has, wants int64, err error) {
	err = w.withMigrations(func(p *goose.Provider) error {
		sources := p.ListSources()
		wants = sources[len(sources)-1].Version
		var exists uint64
		row := w.admin.QueryRow(ctx, "SELECT count() FROM system.tables WHERE database = $1 AND name = $2",
			w.cfg.Database, goose.DefaultTablename)
		if err := row.Scan(&exists); err != nil {
			return fmt.Errorf("look for %s: %w", goose.DefaultTablename, err)
		}
		if exists == 0 {
			return nil
		}
		has, err = p.GetDBVersion(ctx)
		if err != nil {
			return fmt.Errorf("schema version of %s: %w", w.cfg.Database, err)
		}
		return nil
	})
	return has, wants, err
}

// schemaPoll is how often AwaitSchema looks.
const schemaPoll = 500 * time.Millisecond

// AwaitSchema waits until the database has the version that this program wants, or a later one, and refuses
// tables that would not remember the tokens of inserts: there a retry would double what it repeats.
func (w *Warehouse) AwaitSchema(ctx context.Context) error {
	ticker := time.NewTicker(schemaPoll)
	defer ticker.Stop()
	for {
		has, wants, err := w.SchemaVersion(ctx)
		if err == nil && has >= wants {
			return w.checkWindows(ctx)
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("schema of %s is at version %d, not %d: run oneorder migrate: %w",
				w.cfg.Database, has, wants, ctx.Err()), err)
		case <-ticker.C:
		}
	}
}

func (w *Warehouse) checkWindows(ctx context.Context) error {
	var tables []string
	err := w.rowsOf(ctx, "without_window", func(scan func(...any) error) error {
		var table string
		err := scan(&table)
		tables = append(tables, table)
		return err
	})
	if err == nil && len(tables) > 0 {
		err = fmt.Errorf("tables %s of %s have no deduplication window: set non_replicated_deduplication_window = 10000",
			strings.Join(tables, ", "), w.cfg.Database)
	}
	return err
}

func (w *Warehouse) withMigrations(do func(*goose.Provider) error) (err error) {
	files, err := fs.Sub(schemas.ClickHouse, "clickhouse")
	if err != nil {
		return fmt.Errorf("embedded migrations: %w", err)
	}
	db := clickhouse.OpenDB(w.cfg.queryOptions(w.cfg.Database))
	db.SetMaxOpenConns(2)
	p, err := goose.NewProvider(goose.DialectClickHouse, db, files, goose.WithAllowOutofOrder(true))
	if err != nil {
		return errors.Join(fmt.Errorf("embedded migrations: %w", err), db.Close())
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	return do(p)
}
