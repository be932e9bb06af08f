package warehouse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Format is a file format of Export.
type Format string

// The formats, as ClickHouse names them.
const (
	Parquet Format = "Parquet"
	CSV     Format = "CSVWithNames" // RFC 4180, with a line of names
	NDJSON  Format = "JSONEachRow"  // a JSON object a line
)

// ExportConfig says which ClickHouse to export from: its HTTP interface, which writes every format itself.
type ExportConfig struct {
	Addr           string // HTTP, host:port
	Database       string // oneorder
	User, Password string
}

// Export writes the answer to a query as it comes from ClickHouse, which may be longer than memory holds, and gives the number of
// bytes written. The query may only read. After an error what was written is not whole.
func Export(ctx context.Context, cfg ExportConfig, format Format, query string, to io.Writer) (written int64, err error) {
	if cfg.Database == "" {
		cfg.Database = "oneorder"
	}
	// The format of an empty answer, and of one that is no SELECT, is settled by default_format too.
	parameters := url.Values{"database": {cfg.Database}, "default_format": {string(format)}, "readonly": {"2"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+cfg.Addr+"/?"+parameters.Encode(), strings.NewReader(query))
	if err != nil {
		return 0, fmt.Errorf("export from %s: %w", cfg.Addr, err)
	}
	request.Header.Set("X-ClickHouse-User", cfg.User)
	request.Header.Set("X-ClickHouse-Key", cfg.Password)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("export from %s: %w", cfg.Addr, err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		// What had been made of the answer by then comes before the reason.
		refused := &tail{to: io.Discard}
		_, err := io.Copy(refused, response.Body)
		return 0, errors.Join(fmt.Errorf("export from %s: %s", cfg.Addr, refused.reason(response.Header.Get(exceptionTag))), err)
	}
	tail := &tail{to: to}
	written, err = io.Copy(tail, response.Body)
	if reason := tail.exception(response.Header.Get(exceptionTag)); reason != "" {
		return written, fmt.Errorf("export from %s, after %d bytes: %s", cfg.Addr, written, reason)
	}
	if err != nil {
		return written, fmt.Errorf("export from %s, after %d bytes: %w", cfg.Addr, written, err)
	}
	return written, nil
}

// exceptionTag is the header with what marks an exception in an answer.
const exceptionTag = "X-ClickHouse-Exception-Tag"

// tailBytes bounds what ClickHouse says of an error.
const tailBytes = 32 << 10

// tail passes on what is written and remembers the end of it.
type tail struct {
	to   io.Writer
	last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.last = append(t.last, p...)
	if n := len(t.last) - tailBytes; n > 0 {
		t.last = t.last[:copy(t.last, t.last[n:])]
	}
	return t.to.Write(p)
}

// exception is what ClickHouse says at the end of an answer that it could not bring to its end, or nothing. The tag is of
// this answer alone, so no data looks like it.
func (t *tail) exception(tag string) string {
	const mark = "__exception__\r\n"
	_, said, found := bytes.Cut(t.last, []byte(mark+tag+"\r\n"))
	if tag == "" || !found {
		return ""
	}
	said, _, _ = bytes.Cut(said, []byte("\r\n"))
	return string(bytes.TrimSpace(said))
}

// reason is the exception of an answer that was refused, or the end of whatever the answer says.
func (t *tail) reason(tag string) string {
	if said := t.exception(tag); said != "" {
		return said
	}
	text := string(t.last)
	if at := strings.LastIndex(text, "Code: "); at > 0 {
		text = text[at:]
	}
	return strings.TrimSpace(text)
}
