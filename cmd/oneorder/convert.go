package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/refdata"
	"oneorder/internal/standard"
	"oneorder/internal/standard/dcsa"
	"oneorder/internal/standard/epcis"
	"oneorder/internal/standard/iso20022"
	"oneorder/internal/standard/onerecord"
	"oneorder/internal/standard/tradetrust"
	"oneorder/internal/standard/ubl"
	"oneorder/internal/standard/wco"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// formats lists the documents that this program reads.
func formats() []standard.Format {
	return slices.Concat(
		dcsa.Formats(),
		epcis.Formats(),
		onerecord.Formats(),
		tradetrust.Formats(),
		wco.Formats(),
		iso20022.Formats(),
		ubl.Formats(),
	)
}

func formatNamed(name string) (standard.Format, error) {
	for _, f := range formats() {
		if f.Name == name {
			return f, nil
		}
	}
	return standard.Format{}, usageError{fmt.Errorf("there is no format %q; there are: %s", name, strings.Join(formatNames(), ", "))}
}

func formatNames() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func newConvert() *cobra.Command {
	var format, org string
	var partial bool
	c := &cobra.Command{
		Use: "convert --format F [flags] FILE|-", Short: "Turn a standard document into canonical events, offline",
		Long: "Turns a standard document into canonical events, one a line, without broker or warehouse. A document that\n" +
			"is at fault gives every fault on standard error, nothing on standard output, and exit code 1.",
		Example: "  oneorder convert --format dcsa-tnt --org sitc notification.json",
		Args:    exactly(1, "one file, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			return convert(args[0], format, org, partial)
		},
	}
	c.Flags().StringVar(&format, "format", "", "`format` of the document, such as dcsa-tnt")
	c.Flags().StringVar(&org, "org", "local", "`organisation` that the events are from")
	c.Flags().BoolVar(&partial, "partial", false, "print the sound events of a document that is at fault in others")
	return c
}

func convert(file, format, org string, partial bool) (err error) {
	if format == "" {
		return usageError{errors.New("say which format it is: --format F")}
	}
	f, err := formatNamed(format)
	if err != nil {
		return err
	}
	if !trade.ValidOrg(org) {
		return usageError{fmt.Errorf("organisation %q: expected [a-z0-9][a-z0-9-]{1,30}", org)}
	}
	tables, err := refdata.Load()
	if err != nil {
		return err
	}
	data, err := readFile(file, standard.MaxDocumentBytes)
	if err != nil {
		return err
	}
	events, err := f.Convert(data, standard.Options{Org: org, Received: time.Now().UTC(), KnownPlace: known(tables)})
	var faults trade.Faults
	if err != nil && !errors.As(err, &faults) {
		return err
	}
	for _, fault := range faults {
		fmt.Fprintf(os.Stderr, "%s: %s\n", file, fault.Error())
	}
	if len(faults) == 0 || partial {
		if err := printEvents(events); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return errTold
	}
	return nil
}

func printEvents(events []*trade.Event) (err error) {
	out := bufio.NewWriter(os.Stdout)
	defer func() { err = errors.Join(err, out.Flush()) }()
	var line []byte
	for _, e := range events {
		line = append(wire.Append(line[:0], e), '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads a file or, named -, standard input, and refuses more than most bytes.
func readFile(name string, most int64) (data []byte, err error) {
	in, err := openFile(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	data, err = io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s: larger than %d bytes", name, most)
	}
	return data, err
}

func openFile(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(name) //nolint:gosec // the user names the file
}
