package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/embedded"
)

// The verbs that need a few lines only.

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			fmt.Printf("oneorder %s %s %s/%s\n", versionOf(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// versionOf is what the linker was told, else what the module system knows.
func versionOf() string {
	if info, ok := debug.ReadBuildInfo(); version == "unknown" && ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return version
}

func newMigrate() *cobra.Command {
	c := &cobra.Command{
		Use: "migrate", Short: "Bring the ClickHouse schema to this program's version", Args: noArguments,
	}
	config := environment(c, "clickhouse", "clickhouse-user")
	retention := c.Flags().String("retention", "", "`file` with how long ClickHouse keeps what it has (deploy/retention.yaml)")
	c.RunE = func(c *cobra.Command, _ []string) (err error) {
		w, err := openWarehouse(c.Context(), config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.Close()) }()
		before, _, err := w.SchemaVersion(c.Context())
		if err != nil {
			return err
		}
		if err := w.Migrate(c.Context()); err != nil {
			return err
		}
		if err := retain(c.Context(), w, *retention); err != nil {
			return err
		}
		has, _, err := w.SchemaVersion(c.Context())
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "schema version %d, was %d\n", has, before)
		return nil
	}
	return c
}

// strictCompletion makes the verb completion, which the library brings, refuse wrong use as the others do.
func strictCompletion(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Args = func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no completion for %q", args[0])}
			}
			return nil
		}
		c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		for _, shell := range c.Commands() {
			shell.Args = noArguments
		}
	}
}

// newHealth gives the hidden verb that a container's health check runs: the image has no other program.
func newHealth() *cobra.Command {
	return &cobra.Command{
		Use: "health URL", Short: "Ask a service for its health", Hidden: true, Args: exactly(1, "the URL of a /healthz"),
		RunE: func(c *cobra.Command, args []string) (err error) {
			client := http.Client{Timeout: 5 * time.Second}
			request, err := http.NewRequestWithContext(c.Context(), http.MethodGet, args[0], nil)
			if err != nil {
				return usageError{err}
			}
			response, err := client.Do(request)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, response.Body.Close()) }()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			body, err := io.ReadAll(io.LimitReader(response.Body, 4096))
			return errors.Join(fmt.Errorf("%s: %s", response.Status, body), err)
		},
	}
}

// newBroker gives the hidden verb that runs the broker alone, in a process of its own: bench measures it so.
func newBroker() *cobra.Command {
	c := &cobra.Command{Use: "broker", Short: "Run the broker alone", Hidden: true, Args: noArguments}
	config := environment(c, "data", "nats-sync", "log", "log-format")
	var address string
	c.Flags().StringVar(&address, "listen", "127.0.0.1:4222", "`host:port` to listen on")
	c.RunE = func(c *cobra.Command, _ []string) error {
		host, port, err := splitAddress(address)
		if err != nil {
			return err
		}
		b, err := embedded.StartBroker(c.Context(), embedded.BrokerConfig{
			Dir: config.Data, Host: host, Port: port, Logger: config.Logger(os.Stderr), SyncAlways: config.SyncAlways(),
		})
		if err != nil {
			return err
		}
		fmt.Println("nats " + b.URL())
		<-c.Context().Done()
		b.Stop()
		return nil
	}
	return c
}

// printJSON writes a value for a program to read.
func printJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
