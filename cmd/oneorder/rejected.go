package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
)

func newRejected() *cobra.Command {
	c := &cobra.Command{
		Use: "rejected VERB", Short: "The dead letters: list them, look at one, send it again mended",
		Long: "Reads what was refused, by whichever way it came, from the stream REJECTED, which keeps it for 90 days. With an\n" +
			"organisation's user these are its own.",
	}
	return verbs(c, newRejectedList(), newRejectedShow(), newRejectedRetry())
}

// letters says which rejections are meant.
type letters struct {
	org, code string
	since     time.Duration
	resolved  bool // those that have been resolved as well
}

func (l *letters) bind(c *cobra.Command) {
	c.Flags().StringVar(&l.org, "org", "", "of this `organisation` only")
	c.Flags().StringVar(&l.code, "code", "", "with a fault of this `code` only")
	c.Flags().DurationVar(&l.since, "since", 0, "of this `time` back from now only, such as 24h")
}

// owner is the organisation to ask for: that of the user, if it has one.
func owner(conn *stream.Conn, asked string) (string, error) {
	own := conn.Org()
	switch {
	case asked != "" && !trade.ValidOrg(asked):
		return "", usageError{fmt.Errorf("organisation %q: expected [a-z0-9][a-z0-9-]{1,30}", asked)}
	case own != "" && asked != "" && asked != own:
		return "", fmt.Errorf("--org %s: the broker's user %s reads its own only", asked, own)
	case own != "":
		return own, nil
	}
	return orText(asked, "*"), nil
}

// each gives every rejection that is meant, oldest first, and how it was resolved, if it was.
func (l *letters) each(ctx context.Context, conn *stream.Conn, do func(stream.Rejection, *stream.Resolution) error) error {
	org, err := owner(conn, l.org)
	if err != nil {
		return err
	}
	var since time.Time
	if l.since > 0 {
		since = time.Now().Add(-l.since)
	}
	resolved, err := conn.Resolved(ctx, org, since)
	if err != nil {
		return err
	}
	for r, err := range conn.Rejected(ctx, org, since) {
		if err != nil {
			return err
		}
		var by *stream.Resolution
		if found, ok := resolved.Of(&r); ok {
			by = &found
		}
		if by != nil && !l.resolved || l.code != "" && !r.Faults.Has(l.code) {
			continue
		}
		if err := do(r, by); err != nil {
			return err
		}
	}
	return nil
}

// letter is a rejection as --json prints it.
type letter struct {
	ID       uint64            `json:"id"`
	Time     time.Time         `json:"time"`
	Org      string            `json:"org"`
	Stage    string            `json:"stage"`
	Subject  string            `json:"subject"`
	Sequence uint64            `json:"sequence"`
	Resolved *time.Time        `json:"resolved"`
	Faults   trade.Faults      `json:"faults"`
	Header   map[string]string `json:"header,omitempty"`
	Original string            `json:"original,omitempty"`
}

func letterOf(r stream.Rejection, by *stream.Resolution) letter {
	l := letter{ID: r.ID, Time: r.Time, Org: r.Org, Stage: r.Stage, Subject: r.Subject, Sequence: r.Sequence, Faults: r.Faults}
	if by != nil {
		l.Resolved = &by.Time
	}
	return l
}

func newRejectedList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List what was refused and is not resolved, a line each", Args: noArguments}
	config := environment(c, "data", "nats", "nats-user")
	var l letters
	l.bind(c)
	c.Flags().BoolVar(&l.resolved, "all", false, "those that have been resolved as well")
	asJSON := c.Flags().Bool("json", false, "print JSON, an object a line")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return withBroker(c.Context(), config, func(ctx context.Context, conn *stream.Conn) error {
			out := json.NewEncoder(os.Stdout)
			t := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', 0)
			if !*asJSON {
				fmt.Fprintln(t, "ID\tTIME (UTC)\tORG\tSTAGE\tFAULT\tAT\tSUBJECT")
			}
			err := l.each(ctx, conn, func(r stream.Rejection, by *stream.Resolution) error {
				if *asJSON {
					return out.Encode(letterOf(r, by))
				}
				fault := r.Code
				if len(r.Faults) > 1 {
					fault += fmt.Sprintf(" +%d", len(r.Faults)-1)
				}
				if by != nil {
					fault += " (resolved)"
				}
				fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Time.Format(time.DateTime), r.Org, r.Stage, fault, orText(r.Pointer, "/"), r.Subject)
				return nil
			})
			if err != nil || *asJSON {
				return err
			}
			return t.Flush()
		})
	}
	return c
}

func withBroker(ctx context.Context, config *service.Config, do func(context.Context, *stream.Conn) error) error {
	conn, err := connectStream(ctx, config, "rejected", quiet())
	if err != nil {
		return err
	}
	defer conn.Close()
	return do(ctx, conn)
}

// one finds a rejection by the number that list shows.
func one(ctx context.Context, conn *stream.Conn, text string) (stream.Rejection, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id == 0 {
		return stream.Rejection{}, usageError{fmt.Errorf("%q is no number of a rejection: `oneorder rejected list` shows them", text)}
	}
	org, err := owner(conn, "")
	if err != nil {
		return stream.Rejection{}, err
	}
	return conn.Rejection(ctx, org, id)
}

func newRejectedShow() *cobra.Command {
	c := &cobra.Command{
		Use: "show ID", Short: "Show one: the message as it came on standard output, its faults on standard error", Args: exactly(1, "the number of one"),
	}
	config := environment(c, "data", "nats", "nats-user")
	asJSON := c.Flags().Bool("json", false, "print both as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		return withBroker(c.Context(), config, func(ctx context.Context, conn *stream.Conn) error {
			r, err := one(ctx, conn, args[0])
			if err != nil {
				return err
			}
			if *asJSON {
				l := letterOf(r, nil)
				l.Header, l.Original = r.Header, string(r.Data)
				return printJSON(l)
			}
			fmt.Fprintf(os.Stderr, "rejection %d of %s by %s, %s UTC\n  subject %s, %s\n", r.ID, r.Org, r.Stage, r.Time.Format(time.DateTime), orText(r.Subject, "unknown"), message(r.Sequence))
			for name, value := range r.Header {
				fmt.Fprintf(os.Stderr, "  header %s: %s\n", name, value)
			}
			for _, f := range r.Faults {
				fmt.Fprintf(os.Stderr, "  %s\n", f.Error())
			}
			_, err = os.Stdout.Write(r.Data)
			return err
		})
	}
	return c
}

// message tells where the message is that was refused.
func message(sequence uint64) string {
	if sequence == 0 {
		return "over HTTP"
	}
	return fmt.Sprintf("message %d", sequence)
}

func newRejectedRetry() *cobra.Command {
	c := &cobra.Command{
		Use: "retry ID [--file F|- | --unchanged] | retry --all", Short: "Send one again, mended, or all that are meant as they were; they count as resolved",
		Long: "Sends a refused message again under the subject that it came under, or that of its type if it came over HTTP, for the\n" +
			"organisation that it came from. Opens it in\n" +
			"$VISUAL or $EDITOR and sends what you save; with --file what is in the file; with --unchanged as it was, which helps where\n" +
			"the reason has gone. With --all every one that --org, --code and --since mean is sent as it was. What is wrong with it now\n" +
			"comes back as a new rejection.",
		Args: cobra.MaximumNArgs(1),
	}
	c.Example = "  oneorder rejected retry 17\n  oneorder rejected show 17 | sed s/REQ/PLN/ | oneorder rejected retry 17 --file -"
	config := environment(c, "data", "nats", "nats-user")
	var l letters
	l.bind(c)
	file := c.Flags().String("file", "", "`file` with the mended message, or - for standard input")
	unchanged := c.Flags().Bool("unchanged", false, "send it as it was, without an editor")
	all := c.Flags().Bool("all", false, "every one that is meant, as it was")
	dry := c.Flags().Bool("dry-run", false, "say what would be sent, and send nothing")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *all == (len(args) == 1) || *all && *file != "" || *unchanged && *file != "" {
			return usageError{errors.New("expected the number of one, with --file or --unchanged or neither, or --all without --file")}
		}
		return withBroker(c.Context(), config, func(ctx context.Context, conn *stream.Conn) error {
			if *all {
				return againAll(ctx, conn, &l, *dry)
			}
			r, err := one(ctx, conn, args[0])
			if err != nil {
				return err
			}
			send := func(r stream.Rejection) error { return again(ctx, conn, r, *dry) }
			switch {
			case *unchanged:
				return send(r)
			case *file == "":
				return edit(ctx, r, send)
			}
			if r.Data, err = readFile(*file, conn.MaxPayload()); err != nil {
				return err
			}
			return send(r)
		})
	}
	return c
}

// againAll sends all that are meant, also beside some that cannot be sent as they are.
func againAll(ctx context.Context, conn *stream.Conn, l *letters, dry bool) error {
	failed := false
	err := l.each(ctx, conn, func(r stream.Rejection, _ *stream.Resolution) error {
		err := again(ctx, conn, r, dry)
		if errors.Is(err, errUnaddressed) || errors.Is(err, stream.ErrNotKept) {
			failed = true
			fmt.Fprintln(os.Stderr, err)
			return nil
		}
		return err
	})
	if err == nil && failed {
		return errTold
	}
	return err
}

var errUnaddressed = errors.New("it has no type that there is, and so no subject; nothing was sent: mend it with --file")

// again sends the message under its subject, and says on the record that the rejection is resolved.
func again(ctx context.Context, conn *stream.Conn, r stream.Rejection, dry bool) error {
	intake.Address(&r)
	if r.Subject == "" {
		return fmt.Errorf("rejection %d: %w\n%w", r.ID, errUnaddressed, intake.Arrives(&r))
	}
	if dry {
		fmt.Fprintf(os.Stderr, "%d would go to %s, %d bytes\n", r.ID, r.Subject, len(r.Data))
		return nil
	}
	receipt, err := conn.Retry(ctx, r)
	if errors.Is(err, stream.ErrNotKept) {
		return fmt.Errorf("%w: send it with --file", err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d sent again: message %d on %s\n", r.ID, receipt.Sequence, r.Subject)
	return nil
}
