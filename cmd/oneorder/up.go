package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"oneorder/internal/service"
)

func newUp() *cobra.Command {
	c := &cobra.Command{
		Use:   "up",
		Short: "Run everything on this machine: broker, ClickHouse engine and all services",
		Long: "Runs the broker, the ClickHouse engine and all services in one process and its child, until it is\n" +
			"interrupted. Prints a line NAME URL for each address, then ready.\n\n" +
			"ONEORDER_NATS and ONEORDER_CLICKHOUSE name servers that run already; then none is started for them.",
		Args: noArguments,
	}
	config := environment(c, "data", "log", "log-format", "org")
	at := bindPlace(c, config)
	c.RunE = func(c *cobra.Command, _ []string) error {
		in, err := startInstance(c.Context(), *config, *at, config.Logger(os.Stderr))
		if err != nil {
			return err
		}
		return in.run(c.Context(), func(string) {
			for _, line := range in.addresses() {
				fmt.Println(line)
			}
			fmt.Println("ready")
		})
	}
	return c
}

// bindPlace adds the flags that say where to listen. A server that the environment names is used instead.
func bindPlace(c *cobra.Command, config *service.Config) *place {
	defaults := service.Default()
	at := &place{
		nats: "127.0.0.1:4222", clickhouse: defaults.ClickHouse, clickhouseHTTP: defaults.ClickHouseHTTP, http: config.HTTP,
	}
	if outer := os.Getenv("ONEORDER_NATS"); outer != "" {
		at.nats, at.outerNATS = outer, true
	}
	if outer := os.Getenv("ONEORDER_CLICKHOUSE"); outer != "" {
		at.clickhouse, at.clickhouseHTTP, at.outerClickHouse = outer, config.ClickHouseHTTP, true
	}
	f := c.Flags()
	f.StringVar(&at.nats, "nats", at.nats, "`host:port` for the broker to listen on; port 0 for a free one")
	f.StringVar(&at.clickhouse, "clickhouse", at.clickhouse, "`host:port` for the engine's native protocol")
	f.StringVar(&at.clickhouseHTTP, "clickhouse-http", at.clickhouseHTTP, "`host:port` for the engine's HTTP interface")
	f.StringVar(&at.http, "http", at.http, "`host:port` for the services: intake, console, /metrics, /healthz")
	c.PreRunE = chainRun(c.PreRunE, func(c *cobra.Command, _ []string) error {
		// A flag asks for a server of our own, whatever the environment says.
		at.outerNATS = at.outerNATS && !c.Flags().Changed("nats")
		at.outerClickHouse = at.outerClickHouse && !c.Flags().Changed("clickhouse")
		return nil
	})
	return at
}

type runFunc = func(*cobra.Command, []string) error

func chainRun(first, second runFunc) runFunc {
	return func(c *cobra.Command, args []string) error {
		if err := first(c, args); err != nil {
			return err
		}
		return second(c, args)
	}
}
