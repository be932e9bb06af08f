package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"
)

// newGap gives the verb that lets a reader go on behind messages that were removed unread.
func newGap() *cobra.Command {
	c := &cobra.Command{
		Use: "gap READER FIRST LAST", Short: "Accept that messages of EVENTS were removed unread",
		Long: "Says on the record of a reader, archive or chain, that the messages FIRST to LAST are lost to it, as its error\n" +
			"stream_gap names them. Started again it goes on after them, under a new generation. What else has them can be\n" +
			"published again.",
		Example: "  oneorder gap archive 101 200",
		Args:    exactly(3, "a reader and the first and last sequence of the gap"),
	}
	config := environment(c, "nats", "nats-user")
	c.RunE = func(c *cobra.Command, args []string) error {
		var ends [2]uint64
		for i, text := range args[1:] {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				return usageError{fmt.Errorf("sequence %q: want a whole number", text)}
			}
			ends[i] = n
		}
		conn, err := connectStream(c.Context(), config, "gap", quiet())
		if err != nil {
			return err
		}
		defer conn.Close()
		if err := conn.AcceptGap(c.Context(), args[0], ends[0], ends[1]); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s goes on after message %d\n", args[0], ends[1])
		return nil
	}
	return c
}
