package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/authority"
	"oneorder/internal/embedded"
	"oneorder/internal/snapshot"
	"oneorder/internal/state"
)

func newBackup() *cobra.Command {
	c := &cobra.Command{
		Use: "backup FILE", Short: "Write all that a stopped `oneorder up` or `oneorder chain` has to one file", Args: exactly(1, "the file to write"),
		Long: "Writes the data folder to a file: streams, tables, joining state, organisations and the operator's token. The three stores are of one moment,\n" +
			"since nothing may run on the folder meanwhile: stop `oneorder up` first. Of a `oneorder chain` of its own the folder has the joining state. The file appears when it is whole; keep it as you keep the\n" +
			"tokens in it. `oneorder restore` makes a folder of it again.\n" +
			"With --broker it writes the streams of a broker of your own, ONEORDER_NATS, while it works. What is to be paused meanwhile, and how ClickHouse\n" +
			"is backed up: docs/operator.md.",
		Example: "  oneorder backup --data data /backups/oneorder-$(date +%F).tar.gz\n  oneorder backup --broker /backups/streams-$(date +%F).tar.gz",
	}
	config := environment(c, "data", "nats", "nats-user")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	broker := c.Flags().Bool("broker", false, "the streams of the broker that ONEORDER_NATS names, and nothing else")
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		began := time.Now()
		if *broker {
			m, err := backupBroker(c.Context(), config, args[0], began)
			if err != nil {
				return err
			}
			return sayKept(args[0], m, began, *asJSON)
		}
		folders, err := stores(config.Data)
		if err != nil {
			return err
		}
		free, err := holdAll(c.Context(), folders)
		if err != nil {
			return fmt.Errorf("%w (stop oneorder up, or the oneorder chain whose folder it is, before a backup)", err)
		}
		defer func() { err = errors.Join(err, free()) }()
		m, err := snapshot.Write(args[0], config.Data, version, began, ofAProcess)
		if err != nil {
			return err
		}
		return sayKept(args[0], m, began, *asJSON)
	}
	return c
}

func newRestore() *cobra.Command {
	c := &cobra.Command{
		Use: "restore FILE", Short: "Make a data folder again from a backup", Args: exactly(1, "the file of a backup"),
		Long: "Makes the data folder again from a file that `oneorder backup` wrote. The folder must be empty or not be there; it appears when all of it\n" +
			"is there and is as it was. A file that is damaged is refused.\n" +
			"With --broker it puts the streams that `oneorder backup --broker` wrote into the broker that ONEORDER_NATS names, which must have none of them.",
		Example: "  oneorder restore --data data /backups/oneorder-2026-09-11.tar.gz\n  oneorder up --data data",
	}
	config := environment(c, "data", "nats", "nats-user")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	broker := c.Flags().Bool("broker", false, "into the broker that ONEORDER_NATS names")
	c.RunE = func(c *cobra.Command, args []string) error {
		began := time.Now()
		if *broker {
			m, err := restoreBroker(c.Context(), config, args[0])
			if err != nil {
				return err
			}
			return sayKept(config.NATS, m, began, *asJSON)
		}
		m, err := snapshot.Restore(args[0], config.Data)
		if err != nil {
			return err
		}
		return sayKept(config.Data, m, began, *asJSON)
	}
	return c
}

// kept is what backup and restore say at their end.
type kept struct {
	Path    string    `json:"path"`
	Made    time.Time `json:"made"`
	Program string    `json:"program"`
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"`
	Seconds float64   `json:"seconds"`
}

func sayKept(path string, m snapshot.Manifest, began time.Time, asJSON bool) error {
	k := kept{Path: path, Made: m.Made, Program: m.Program, Files: len(m.Files), Bytes: m.Bytes, Seconds: time.Since(began).Seconds()}
	if asJSON {
		return printJSON(k)
	}
	fmt.Printf("%s: %d files, %s, as of %s, in %.1f s\n", k.Path, k.Files, bytesText(uint64(k.Bytes)), k.Made.Format(time.RFC3339), k.Seconds)
	return nil
}

// stores are the folders below the data folder that somebody may work in: the broker's, the engine's, and those of chains.
func stores(data string) ([]string, error) {
	entries, err := os.ReadDir(data)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if name := e.Name(); e.IsDir() && (name == "nats" || name == "clickhouse" || name == "chain" || strings.HasPrefix(name, secondChain)) {
			all = append(all, filepath.Join(data, name))
		}
	}
	// The broker's first: it tells who holds it.
	slices.Reverse(all)
	if _, err := os.Stat(authority.OperatorFile(data)); len(all) == 0 && err != nil {
		return nil, fmt.Errorf("%s is no data folder of oneorder up", data)
	}
	return all, nil
}

// holdAll keeps everybody out of the folders until they are freed.
func holdAll(ctx context.Context, folders []string) (free func() error, err error) {
	var held []io.Closer
	free = func() error {
		var all error
		for _, c := range held {
			all = errors.Join(all, c.Close())
		}
		return all
	}
	for _, folder := range folders {
		var c io.Closer
		if name := filepath.Base(folder); name == "nats" || name == "clickhouse" {
			c, err = embedded.Hold(ctx, folder)
		} else {
			c, err = state.Lock(folder)
		}
		if err != nil {
			return nil, errors.Join(err, free())
		}
		held = append(held, c)
	}
	return free, nil
}

// ofAProcess says whether a file of the data folder is of no use to another process: a lock.
func ofAProcess(name string) bool {
	base := name[strings.LastIndexByte(name, '/')+1:]
	return base == "lock" || base == "LOCK" || name == "orgs.json.lock"
}
