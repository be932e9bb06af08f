package main

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/refdata"
	"oneorder/internal/service"
	"oneorder/internal/warehouse"
	"oneorder/services/archive"
	"oneorder/services/chain"
)

// loadTables gives the reference data that the configuration names: the built-in, and what the folder adds.
func loadTables(c *service.Config) (*refdata.Tables, error) {
	return refdata.LoadFolder(c.RefdataFolder())
}

func newRefdata() *cobra.Command {
	c := &cobra.Command{
		Use: "refdata", Short: "Show, import and apply reference data: places, rates, corridors, factors",
		Long: "The built-in reference data can be added to, or replaced, by the files of a folder (ONEORDER_REFDATA; default: refdata in\n" +
			"the data folder). Services take them up when they start; `oneorder refdata apply` has what is stored say them too.",
	}
	return verbs(c, newRefdataShow(), newRefdataImport(), newRefdataApply())
}

func newRefdataShow() *cobra.Command {
	c := &cobra.Command{Use: "show", Short: "Show which reference data is in force", Args: noArguments, Example: "  oneorder refdata show"}
	config := environment(c, "data", "refdata")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(*cobra.Command, []string) error {
		tables, err := loadTables(config)
		if err != nil {
			return err
		}
		return tellTables(tables, config.RefdataFolder(), *asJSON)
	}
	return c
}

// shownTables is what show and import say of the tables.
type shownTables struct {
	Digest string         `json:"digest"`
	Folder string         `json:"folder"`
	Size   refdata.Extent `json:"size"`
}

func tellTables(tables *refdata.Tables, folder string, asJSON bool) error {
	shown := shownTables{tables.Digest(), folder, tables.Size()}
	if asJSON {
		return printJSON(shown)
	}
	s := shown.Size
	fmt.Printf("reference data %.16s: %d places, %d aliases, %d facilities, %d zones, %d currencies (%d rates of days), HS %d chapters, %d headings, corridors %s, factors %s; beside the built-in: %s\n",
		shown.Digest, s.Places, s.Aliases, s.Facilities, s.Zones, s.Currencies, s.DailyRates, s.HSChapters, s.HSHeadings, strings.Join(tables.Corridors(), " "), s.Factors, folder)
	return nil
}

func newRefdataImport() *cobra.Command {
	c := &cobra.Command{
		Use: "import [flags] [FILE...]", Short: "Take reference data into the folder",
		Long: "With --unlocode the files are the parts of the UN/LOCODE list as UNECE publishes it (comma-separated values, no header).\n" +
			"With --hs they are lists of the Harmonized System, of a later edition or with a country's own divisions: comma-separated values\n" +
			"under a header with a column code and a column name; they come to the chapters and headings that are built in.\n" +
			"Otherwise each is known by its name: " + strings.Join(refdata.FolderFiles(), ", ") + ".\n" +
			"Rates are added to those of the folder; of other files the last one stands. --fixed adds the rates that events\n" +
			"finance.rate.fixed in ClickHouse report. Nothing is written when anything is wrong.",
		Example: "  oneorder refdata import --unlocode 'UNLOCODE CodeListPart1.csv' 'UNLOCODE CodeListPart2.csv' 'UNLOCODE CodeListPart3.csv'\n" +
			"  oneorder refdata import --hs tariff.csv\n  oneorder refdata import rates.csv\n  oneorder refdata import --fixed",
	}
	config := environment(c, "data", "refdata", "clickhouse", "clickhouse-user")
	list := c.Flags().Bool("unlocode", false, "the files are parts of the UN/LOCODE list")
	hs := c.Flags().Bool("hs", false, "the files are lists of the Harmonized System")
	fixed := c.Flags().Bool("fixed", false, "add the rates that events report")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 && !*fixed {
			return usageError{errors.New("expected at least one FILE, or --fixed")}
		}
		if *list && *hs {
			return usageError{errors.New("--unlocode and --hs say two things of the same files: give one")}
		}
		folder, err := refdata.OpenFolder(config.RefdataFolder())
		if err != nil {
			return err
		}
		switch {
		case *list:
			err = importList(folder, args)
		case *hs:
			err = importHS(folder, args)
		default:
			err = importFiles(folder, args)
		}
		if err == nil && *fixed {
			err = importFixed(c.Context(), config, folder)
		}
		if err != nil {
			return err
		}
		tables, err := folder.Check()
		if err != nil {
			return err
		}
		if err := folder.Save(); err != nil {
			return err
		}
		return tellTables(tables, config.RefdataFolder(), *asJSON)
	}
	return c
}

// eachFile reads the files and hands each to add, until one fails.
func eachFile(files []string, add func(name string, data []byte) error) error {
	for _, file := range files {
		data, err := os.ReadFile(file) //nolint:gosec // the file that the user names
		if err != nil {
			return err
		}
		if err := add(file, data); err != nil {
			return err
		}
	}
	return nil
}

func importList(to *refdata.Folder, files []string) error {
	var list refdata.List
	if err := eachFile(files, list.Add); err != nil {
		return err
	}
	if list.Places() == 0 {
		return errors.New("no file has a location of the UN/LOCODE list")
	}
	to.PutUNLOCODE(&list)
	fmt.Fprintf(os.Stderr, "%d locations, %d codes that another takes the place of\n", list.Places(), list.Superseded())
	return nil
}

func importHS(to *refdata.Folder, files []string) error {
	var list refdata.HSList
	if err := eachFile(files, list.Add); err != nil {
		return err
	}
	if list.Codes() == 0 {
		return errors.New("no file has a code of the Harmonized System")
	}
	to.PutHS(&list)
	fmt.Fprintf(os.Stderr, "%d codes of the Harmonized System\n", list.Codes())
	return nil
}

func importFiles(to *refdata.Folder, files []string) error {
	return eachFile(files, func(file string, data []byte) error {
		name := filepath.Base(file)
		if name != "rates.csv" {
			return to.Put(name, data)
		}
		rows, err := refdata.ReadRates(name, data)
		if err != nil {
			return err
		}
		to.AddRates(rows)
		return nil
	})
}

// importFixed takes the rates that events report.
func importFixed(ctx context.Context, config *service.Config, to *refdata.Folder) (err error) {
	w, err := openWarehouse(ctx, config)
	if err != nil {
		return err
	}
	return errors.Join(takeFixed(ctx, w, to), w.Close())
}

// takeFixed puts the rates that stored events report into the folder. One of two other currencies counts by the rate of the second to the US dollar that is known for the
// day; one of which none is known is passed over.
func takeFixed(ctx context.Context, w *warehouse.Warehouse, to *refdata.Folder) error {
	fixed, err := w.RatesFixed(ctx)
	if err != nil {
		return err
	}
	tables, err := to.Check()
	if err != nil {
		return err
	}
	rows := ratesFixed(tables, fixed)
	to.AddRates(rows)
	fmt.Fprintf(os.Stderr, "%d rates of days from %d events\n", len(rows), len(fixed))
	return nil
}

func ratesFixed(tables *refdata.Tables, fixed []warehouse.RateFixed) (rows []refdata.RateRow) {
	perUSD := make(map[[2]string]*big.Rat) // by currency and day
	add := func(f *warehouse.RateFixed, currency string, rate *big.Rat) {
		perUSD[[2]string{currency, f.Day}] = rate
		rows = append(rows, refdata.RateRow{Currency: currency, Of: f.Day, PerUSD: rate.FloatString(8), Source: "rate fixed by " + f.Org})
	}
	// Those to the dollar first: by them the others are known.
	for _, toDollar := range []bool{true, false} {
		for i := range fixed {
			f := &fixed[i]
			first, second, _ := strings.Cut(strings.ToUpper(strings.ReplaceAll(f.Pair, " ", "")), "/")
			rate, ok := new(big.Rat).SetString(f.Rate)
			if !ok || rate.Sign() <= 0 || len(first) != 3 || len(second) != 3 || first == second || (first == "USD" || second == "USD") != toDollar {
				continue
			}
			switch {
			case first == "USD":
				add(f, second, rate)
			case second == "USD":
				add(f, first, new(big.Rat).Inv(rate))
			default:
				known := perUSD[[2]string{second, f.Day}]
				if at, err := time.Parse(time.DateOnly, f.Day); known == nil && err == nil {
					if r, ok := tables.Rate(second, at); ok {
						known = big.NewRat(r.PerUSD, 100_000_000)
					}
				}
				if known != nil {
					add(f, first, new(big.Rat).Quo(known, rate))
				}
			}
		}
	}
	return slices.DeleteFunc(rows, func(r refdata.RateRow) bool { return strings.Trim(r.PerUSD, "0.") == "" })
}

func newRefdataApply() *cobra.Command {
	c := &cobra.Command{
		Use: "apply", Short: "Have what is stored say what the reference data says now", Args: noArguments,
		Long: "Writes the country of their places and the remark on their HS codes to the stored events anew, and joins all events again, as rebuild does: records, rates,\n" +
			"corridors, due times, emissions and findings are then those of the reference data in force. The same input and\n" +
			"the same reference data give the same rows.\n\n" +
			"With --fixed the rates that events finance.rate.fixed report are taken into the folder first, as import --fixed does.\n\n" +
			"Neither archive nor chain may run meanwhile: stop the services, or `oneorder up`, first.",
		Example: "  oneorder refdata apply --data data\n  oneorder refdata apply --data data --fixed",
	}
	config := environment(c, "data", "refdata", "nats-user", "clickhouse-user", "log", "log-format")
	fixed := c.Flags().Bool("fixed", false, "take the rates that events report into the folder first")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		in := &instance{config: *config, logger: config.Logger(os.Stderr)}
		a, err := in.apply(c.Context(), *fixed)
		if err = errors.Join(err, in.stop()); err != nil {
			return err
		}
		if *asJSON {
			return printJSON(a)
		}
		fmt.Printf("reference data %.16s: %d of %d places are told otherwise, in %d stored events, and the goods of %d; joined %d messages again: %d chains, %.1f s\n",
			a.Digest, a.Events.Changed, a.Events.Places, a.Events.Events, a.Events.Goods, a.Joined.Messages, a.Joined.Chains, a.Joined.Seconds)
		return nil
	}
	return c
}

// applied is what apply says at its end.
type applied struct {
	Digest string          `json:"digest"`
	Events archive.Applied `json:"events"`
	Joined rebuilt         `json:"joined"`
}

func (in *instance) apply(ctx context.Context, fixed bool) (a applied, err error) {
	folder, err := refdata.OpenFolder(in.config.RefdataFolder())
	if err != nil {
		return a, err
	}
	tables, err := folder.Check()
	if err != nil {
		return a, err
	}
	if err := in.reach(ctx, "refdata", "reference data is applied"); err != nil {
		return a, err
	}
	if err := in.alone(); err != nil {
		return a, err
	}
	if fixed {
		if err := takeFixed(ctx, in.warehouse, folder); err != nil {
			return a, err
		}
		if tables, err = folder.Check(); err != nil {
			return a, err
		}
		if err := folder.Save(); err != nil {
			return a, err
		}
	}
	a.Digest = tables.Digest()
	if a.Events, err = archive.Apply(ctx, in.archiveConfig(tables)); err != nil {
		return a, err
	}
	a.Joined, err = in.joinAgain(ctx, tables, chain.FromEither)
	return a, err
}
