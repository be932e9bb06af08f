package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/spf13/cobra"

	"oneorder/internal/service"
)

func newUp() *cobra.Command {
	c := &cobra.Command{
		Use:   "up",
		Short: "Run everything on this machine: broker, ClickHouse engine and all services",
		Long: "Runs the broker, the ClickHouse engine and all services in one process and its child, until it is\n" +
			"interrupted. Prints a line NAME URL for each address, then ready. State stays in --data; one process at a time\n" +
			"may use it.\n\n" +
			"ONEORDER_NATS and ONEORDER_CLICKHOUSE name servers that run already: then up starts none of its own there,\n" +
			"unless --nats or --clickhouse asks for one.",
		Example: "  oneorder up\n" +
			"  oneorder up --data /tmp/try --nats 127.0.0.1:0 --clickhouse 127.0.0.1:0 --clickhouse-http 127.0.0.1:0 --http 127.0.0.1:0",
		Args: noArguments,
	}
	config := environment(c, "data", "nats-sync", "orgs", "log", "log-format", "org", "org-rate")
	at := bindPlace(c, config)
	c.RunE = func(c *cobra.Command, _ []string) error {
		in, err := startInstance(c.Context(), *config, *at, config.Logger(os.Stderr))
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(c.Context())
		var telling sync.WaitGroup
		err = in.run(ctx, func(string) {
			for _, line := range in.addresses() {
				fmt.Println(line)
			}
			telling.Go(func() {
				if in.awaitHealth(ctx) {
					fmt.Println("ready")
				}
			})
		})
		cancel()
		telling.Wait()
		return err
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
	f.StringVar(&at.nats, "nats", at.nats, "`address` for the broker to listen on; port 0 for a free one")
	f.StringVar(&at.clickhouse, "clickhouse", at.clickhouse, "`address` for ClickHouse to listen on, native protocol")
	f.StringVar(&at.clickhouseHTTP, "clickhouse-http", at.clickhouseHTTP, "`address` for ClickHouse to listen on, HTTP")
	f.StringVar(&at.http, "http", at.http, "`address` for the services to listen on: intake, page, /metrics, /healthz")
	c.PreRunE = chainRun(c.PreRunE, func(c *cobra.Command, _ []string) error {
		// A flag asks for a server of our own, whatever the environment says.
		at.outerNATS = at.outerNATS && !c.Flags().Changed("nats")
		at.outerClickHouse = at.outerClickHouse && !c.Flags().Changed("clickhouse")
		return at.validate()
	})
	return at
}

// validate refuses addresses that nothing can listen on.
func (p *place) validate() error {
	listening := []string{p.http}
	if !p.outerNATS {
		listening = append(listening, p.nats)
	}
	if !p.outerClickHouse {
		listening = append(listening, p.clickhouse, p.clickhouseHTTP)
	}
	for _, address := range listening {
		if _, _, err := splitAddress(address); err != nil {
			return err
		}
	}
	return nil
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
