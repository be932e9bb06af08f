package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"oneorder/internal/refdata"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func newValidate() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "validate [flags] FILE|-", Short: "Check canonical events, one a line, offline",
		Long: "Checks canonical events, one a line (or one in a file, or a JSON array of them, which are counted instead of lines),\n" +
			"without broker or warehouse, and prints every fault: LINE POINTER CODE MESSAGE. The pointer of what is wrong with the event as a whole is / (in JSON the empty string, RFC 6901); in\n" +
			"names, white space and % are percent-encoded. What only looks wrong, such as a check digit, or a place or tariff code that the built-in tables do not have, is no\n" +
			"fault: it is counted on standard error. Blank lines, CR LF and a byte order mark are taken as they come. Exit code 1 on any fault, and where there is no event at all.",
		Example: "  oneorder validate events.ndjson\n  oneorder convert --format dcsa-tnt notification.json | oneorder validate -",
		Args:    exactly(1, "one file, or - for standard input"),
		RunE:    func(_ *cobra.Command, args []string) error { return validate(args[0], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, `an object a fault, a line each: {"line","pointer","code","value","message"}`)
	return c
}

func validate(file string, asJSON bool) (err error) {
	in, err := openFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out := bufio.NewWriter(os.Stdout)
	defer func() { err = errors.Join(err, out.Flush()) }()
	tables, err := refdata.Load()
	if err != nil {
		return err
	}
	v := validator{out: out, tables: tables, flags: make(map[string]int)}
	if asJSON {
		v.json = json.NewEncoder(out)
		v.json.SetEscapeHTML(false)
	}
	if err := v.run(in); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", file, err), out.Flush())
	}
	v.summary(os.Stderr)
	if v.faults > 0 {
		return errTold
	}
	return nil
}

// validator is one run of the verb.
type validator struct {
	out    *bufio.Writer
	json   *json.Encoder // nil: text
	tables *refdata.Tables

	events, wrong, faults int
	flags                 map[string]int // events by what looks wrong with them
}

func (v *validator) run(in io.Reader) error {
	var decoder wire.Decoder
	var e trade.Event
	err := eachEvent(bufio.NewReaderSize(in, 64<<10), func(line wire.Line) error {
		v.events++
		faults := line.Faults
		if faults == nil {
			if err := decoder.Decode(line.Text, &e); err != nil && !errors.As(err, &faults) {
				return fmt.Errorf("line %d: %w", line.Number, err)
			}
		}
		if faults != nil {
			v.wrong++
			return v.tell(line.Number, faults)
		}
		for _, name := range (e.Flags | v.tables.Enrich(&e).Flags).Names() {
			v.flags[name]++
		}
		return nil
	})
	if err == nil && v.events == 0 {
		return v.tell(1, noEvents)
	}
	return err
}

// noEvents is what is wrong with an input that has no event.
var noEvents = trade.Faults{{Code: "empty", Message: "one event or more, a line each"}}

func (v *validator) tell(line int, faults trade.Faults) error {
	v.faults += len(faults)
	for _, f := range faults {
		if v.json == nil {
			tellFault(v.out, line, f)
			continue
		}
		err := v.json.Encode(struct {
			Line int `json:"line"`
			trade.Fault
		}{line, f})
		if err != nil {
			return err
		}
	}
	// Whoever reads along sees a line's faults before the next line is read.
	return v.out.Flush()
}

// tellFault writes a fault of a line for a person: LINE POINTER CODE MESSAGE.
func tellFault(w io.Writer, line int, f trade.Fault) {
	found := ""
	if f.Value != "" {
		found = " (found " + f.Value + ")"
	}
	fmt.Fprintf(w, "%d %s %s %s%s\n", line, oneWord(f.Pointer), f.Code, f.Message, found)
}

// oneWord writes a pointer so that it is a word of its line: that of the whole event as /, and in names what would
// end the word, which strangers may have written there, as in a URI (RFC 6901, 6).
func oneWord(pointer string) string {
	if pointer == "" {
		return "/"
	}
	var b strings.Builder
	for i, c := range pointer {
		if c == '%' || !unicode.IsGraphic(c) || unicode.IsSpace(c) {
			for _, octet := range []byte(pointer[i : i+utf8.RuneLen(c)]) {
				fmt.Fprintf(&b, "%%%02X", octet)
			}
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

func (v *validator) summary(w io.Writer) {
	fmt.Fprintf(w, "%d events, %d of them wrong, %d faults\n", v.events, v.wrong, v.faults)
	if len(v.flags) == 0 {
		return
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(v.flags)) {
		list = append(list, fmt.Sprintf("%s %d", name, v.flags[name]))
	}
	fmt.Fprintf(w, "kept, but flagged: %s\n", strings.Join(list, ", "))
}
