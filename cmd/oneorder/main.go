// Command oneorder is the one binary of OneOrder: every service and every tool is a verb of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"oneorder/internal/embedded"
	"oneorder/internal/service"
)

// version is set by the linker.
var version = "unknown"

// Exit codes, the same for every verb.
const (
	exitDone  = 0
	exitBad   = 1 // the input or the run was bad
	exitUsage = 2 // the command line was
)

func main() {
	// The engine's child takes no flags of ours: what follows is the engine's own command line.
	if len(os.Args) > 1 && os.Args[1] == "engine" {
		os.Exit(embedded.EngineMain(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run executes one command line and gives its exit code.
func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "oneorder: %v\nRun 'oneorder --help' for the verbs, 'oneorder VERB --help' for one of them.\n", err)
		return exitUsage
	case errors.Is(err, errTold):
		return exitBad
	default:
		fmt.Fprintf(os.Stderr, "oneorder: %v\n", err)
		return exitBad
	}
}

// usageError is a command line that makes no sense.
type usageError struct{ error }

// errTold ends a verb that has already said what is wrong.
var errTold = errors.New("told")

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "oneorder",
		Short: "Join what trade, customs, logistics and finance report about a consignment into one chain",
		Long: "OneOrder takes in what trade, customs, logistics and finance report about a consignment, joins it into one\n" +
			"record, the trade chain, and keeps the chains in ClickHouse. `oneorder demo` shows it on this machine.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no verb %q", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cobra.EnableCommandSorting = false
	root.SetUsageTemplate(strings.NewReplacer(
		"[command]", "VERB", "more information about a command", "more about a verb",
		"{{if .Runnable}}", "{{if and .Runnable (not .HasAvailableSubCommands)}}",
	).Replace(root.UsageTemplate()))
	for _, g := range []struct {
		id, title string
		verbs     []*cobra.Command
	}{
		{"machine", "Everything on this machine:", []*cobra.Command{newUp(), newDemo(), newBench(), newChaos()}},
		{"in", "Events and documents:", []*cobra.Command{newPublish(), newConvert(), newValidate(), newSimulate(), newLink(), newScore()}},
		{"out", "Chains:", []*cobra.Command{newLookup(), newExport(), newStatus(), newRejected()}},
		{"service", "One service, against servers of your own:", newServices()},
		{"more", "And:", []*cobra.Command{newOrg(), newRebuild(), newErase(), newRefdata(), newBackup(), newRestore(), newMigrate(), newReader(), newGap(), newVersion()}},
	} {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range g.verbs {
			c.GroupID = g.id
			root.AddCommand(c)
		}
	}
	root.SetHelpCommandGroupID("more")
	root.SetCompletionCommandGroupID("more")
	root.AddCommand(newHealth(), newBroker(), newBenchReader())
	root.InitDefaultCompletionCmd()
	strictCompletion(root)
	return root
}

// verbs makes c a verb that only has verbs of its own: without one it helps, and refuses one that there is not.
func verbs(c *cobra.Command, own ...*cobra.Command) *cobra.Command {
	names := make([]string, len(own))
	for i := range own {
		names[i] = own[i].Name()
	}
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return usageError{fmt.Errorf("there is no verb %q of %s; there are: %s", args[0], c.Name(), strings.Join(names, ", "))}
	}
	c.AddCommand(own...)
	return c
}

// exactly refuses any other number of arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("expected %s, got %d arguments", what, len(args))}
		}
		return nil
	}
}

func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("expected no argument, got %q", args[0])}
	}
	return nil
}

// environment reads the configuration and binds the named flags to it.
func environment(c *cobra.Command, flags ...string) *service.Config {
	config, err := service.FromEnvironment(os.LookupEnv)
	config.Bind(c.Flags(), flags...)
	inner := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if err != nil {
			return usageError{err}
		}
		if err := config.Validate(); err != nil {
			return usageError{err}
		}
		if err := logisticsConfig(&config).Validate(); err != nil {
			return usageError{fmt.Errorf("ONEORDER_DCSA_SECRET: %w", err)}
		}
		if err := tradeConfig(&config).Validate(); err != nil {
			return usageError{fmt.Errorf("ONEORDER_PINT_KEY: %w", err)}
		}
		if inner != nil {
			return inner(c, args)
		}
		return nil
	}
	return &config
}
