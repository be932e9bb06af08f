package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"oneorder/internal/service"
	"oneorder/internal/warehouse"
)

// exportFormats are the formats of export, by the ending of a file.
var exportFormats = map[string]warehouse.Format{"parquet": warehouse.Parquet, "csv": warehouse.CSV, "ndjson": warehouse.NDJSON}

func newExport() *cobra.Command {
	c := &cobra.Command{
		Use: "export [flags] VIEW|QUERY", Short: "Write a view, or the answer to a query, as Parquet, CSV or NDJSON",
		Long: "Writes a whole view, or the answer to a query, as it comes from ClickHouse: any size. The format is that of --format, else of\n" +
			"the ending of --out, else CSV. A file is there when it is whole, or not at all. A query may only read; docs/analyst.md lists the\n" +
			"views. With --clickhouse-user and ONEORDER_CLICKHOUSE_PASSWORD an organisation exports what is there for it.",
		Example: "  oneorder export --out corridors.parquet corridor_transit\n" +
			"  oneorder export \"SELECT * FROM chain WHERE corridor = 'land-sea'\" > chains.csv",
		Args: exactly(1, "a view or a query"),
	}
	config := environment(c, "clickhouse-http", "clickhouse-user")
	f := c.Flags()
	format := f.String("format", "", "`format`: parquet, csv, ndjson")
	out := f.String("out", "-", "`file` to write, or - for standard output")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *format == "" {
			*format = "csv"
			if ending := strings.TrimPrefix(filepath.Ext(*out), "."); exportFormats[ending] != "" {
				*format = ending
			}
		}
		as, known := exportFormats[*format]
		if !known {
			return usageError{fmt.Errorf("there is no format %q; there are: parquet, csv, ndjson", *format)}
		}
		if *out == "-" {
			return export(c.Context(), config, as, args[0], os.Stdout)
		}
		return exportFile(c.Context(), config, as, args[0], *out)
	}
	return c
}

// viewName is a view of its own, and no query.
var viewName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func export(ctx context.Context, c *service.Config, as warehouse.Format, what string, to io.Writer) error {
	if viewName.MatchString(what) {
		what = "SELECT * FROM `" + what + "`"
	}
	_, err := warehouse.Export(ctx, warehouse.ExportConfig{Addr: c.ClickHouseHTTP, User: c.ClickHouseUser, Password: c.ClickHousePassword}, as, what, to)
	return err
}

// exportFile writes beside the file and puts it in its place when it is whole.
func exportFile(ctx context.Context, c *service.Config, as warehouse.Format, what, path string) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	buffered := bufio.NewWriterSize(file, 1<<20)
	err = export(ctx, c, as, what, buffered)
	if err := errors.Join(err, buffered.Flush(), file.Chmod(0o644), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
