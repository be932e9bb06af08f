package embedded_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"oneorder/internal/embedded"
)

// The environment of a process that a test starts to be killed.
const (
	parentDir    = "EMBEDDED_TEST_PARENT_DIR"
	parentBinary = "EMBEDDED_TEST_PARENT_BINARY"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentDir); dir != "" {
		os.Exit(beParent(dir))
	}
	goleak.VerifyTestMain(m)
}

// beParent runs an engine until it is killed.
func beParent(dir string) int {
	e, err := embedded.StartEngine(context.Background(), embedded.EngineConfig{Dir: dir, Executable: os.Getenv(parentBinary)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(e.PID(), e.HTTPAddr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

const testWithin = 30 * time.Second

// query runs a query over HTTP as the user (NAME or NAME:PASSWORD) and returns
// the answer, without the line end.
func query(ctx context.Context, addr, user, text string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/", strings.NewReader(text))
	if err != nil {
		return "", err
	}
	name, password, _ := strings.Cut(user, ":")
	req.Header.Set("X-ClickHouse-User", name)
	req.Header.Set("X-ClickHouse-Key", password)
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or of no use
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	answer := strings.TrimSpace(string(body))
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return answer, nil
}

func mustQuery(t *testing.T, addr, text string) string {
	t.Helper()
	answer, err := query(t.Context(), addr, "default", text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return answer
}

// eventually polls until the check passes, and fails with its last error.
func eventually(t *testing.T, check func() error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.NewTimer(testWithin)
	defer late.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late.C:
			t.Fatal(err)
		}
	}
}

// talk collects what several goroutines write.
type talk struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *talk) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *talk) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

func fetch(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or of no use
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, resp.Status)
	}
	return string(body), err
}
