package embedded

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// probe asks an engine whether it answers, and whether it is the one meant.
type probe struct {
	Native, HTTP   string // its own addresses, not the proxy's
	User, Password string
	Instance       string
}

const probeWithin = 5 * time.Second

// overHTTP asks the engine at the address who it is.
func (p probe) overHTTP(ctx context.Context, addr string) error {
	answer, err := p.query(ctx, addr, "SELECT getMacro('instance')")
	if err == nil && answer != p.Instance {
		err = fmt.Errorf("ask the engine over HTTP: another engine answers at %s", addr)
	}
	return err
}

// query runs a query over HTTP and returns its answer, without the line end.
func (p probe) query(ctx context.Context, addr, text string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/", strings.NewReader(text))
	if err != nil {
		return "", fmt.Errorf("ask the engine over HTTP: %w", err)
	}
	req.Header.Set("X-ClickHouse-User", p.User)
	req.Header.Set("X-ClickHouse-Key", p.Password)
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return "", fmt.Errorf("ask the engine over HTTP: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end or of no use
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	answer := strings.TrimSpace(string(body))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, answer)
	}
	if err != nil {
		return "", fmt.Errorf("ask the engine over HTTP: %w", err)
	}
	return answer, nil
}

// Packets of the native protocol, and the revision we name in greeting: old
// enough for the server to answer it with its plainest Hello.
const (
	packetHello    = 0
	packetPing     = 4
	packetPong     = 4
	nativeRevision = 54060
)

// overNative greets the address and pings it.
func (p probe) overNative(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("ask the engine natively: %w", err)
	}
	defer conn.Close() //nolint:errcheck // the answer is all that counts
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	hello := []byte{packetHello}
	hello = appendText(hello, "oneorder")
	hello = binary.AppendUvarint(hello, 1)
	hello = binary.AppendUvarint(hello, 0)
	hello = binary.AppendUvarint(hello, nativeRevision)
	hello = appendText(hello, "")
	hello = appendText(hello, p.User)
	hello = appendText(hello, p.Password)
	if _, err := conn.Write(hello); err != nil {
		return fmt.Errorf("ask the engine natively: %w", err)
	}
	r := bufio.NewReader(conn)
	if err := readHello(r); err != nil {
		return fmt.Errorf("ask the engine natively: %w", err)
	}
	if _, err := conn.Write([]byte{packetPing}); err != nil {
		return fmt.Errorf("ask the engine natively: %w", err)
	}
	answer, err := binary.ReadUvarint(r)
	if err != nil {
		return fmt.Errorf("ask the engine natively: %w", err)
	}
	if answer != packetPong {
		return fmt.Errorf("ask the engine natively: packet %d in answer to a ping", answer)
	}
	return nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// readHello reads the server's Hello of [nativeRevision]: name, major, minor,
// revision, time zone.
func readHello(r *bufio.Reader) error {
	kind, err := binary.ReadUvarint(r)
	if err != nil {
		return err
	}
	if kind != packetHello {
		return fmt.Errorf("packet %d in answer to hello", kind)
	}
	if err := skipText(r); err != nil {
		return err
	}
	for range 3 {
		if _, err := binary.ReadUvarint(r); err != nil {
			return err
		}
	}
	return skipText(r)
}

func skipText(r *bufio.Reader) error {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return err
	}
	if n > 1<<10 {
		return errors.New("name too long in hello")
	}
	_, err = r.Discard(int(n))
	return err
}
