package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/stream"
)

// newReader gives the verbs that let a reader rest and go on.
func newReader() *cobra.Command {
	c := &cobra.Command{
		Use: "reader VERB", Short: "Let a reader rest, and go on",
		Long: "Lets a reader of the broker rest, and go on: archive, archive-rejections, chain. A pause holds across restarts and takeovers.\n" +
			"Nothing is lost meanwhile: EVENTS keeps what is unread, and refuses publishers when it is full. `oneorder status` shows who rests.",
	}
	return verbs(
		c,
		newReaderVerb("pause READER", "Let a reader finish its batch, and rest", func(ctx context.Context, conn *stream.Conn, reader string) (string, error) {
			p, err := conn.Pause(ctx, reader, "operator", time.Now())
			return p.String(), err
		}),
		newReaderVerb("resume READER", "Let a reader that rests go on", func(ctx context.Context, conn *stream.Conn, reader string) (string, error) {
			return "goes on", conn.Resume(ctx, reader)
		}),
	)
}

func newReaderVerb(use, short string, do func(ctx context.Context, conn *stream.Conn, reader string) (string, error)) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: exactly(1, "one reader, such as archive or chain")}
	config := environment(c, "data", "nats", "nats-user")
	c.RunE = func(c *cobra.Command, args []string) error {
		conn, err := connectStream(c.Context(), config, "reader", quiet())
		if err != nil {
			return err
		}
		defer conn.Close()
		said, err := do(c.Context(), conn, args[0])
		if errors.Is(err, stream.ErrNoReader) {
			return fmt.Errorf("%w: oneorder status lists those that there are", err)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", args[0], said)
		return nil
	}
	return c
}
