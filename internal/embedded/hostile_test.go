package embedded_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
)

// A hostile client does to a connection what a broken or malicious one does.
type hostile struct {
	name string
	act  func(c *net.TCPConn) error
}

var hostileNative = []hostile{
	{"noise", say(noise(4096))},
	{"noise that begins like a hello", say(append([]byte{0, 8}, noise(4096)...))},
	{"an HTTP request", say([]byte("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"))},
	{"nothing", say(nil)},
	{"half a hello", say(hello()[:7])},
	{"a hello with an endless name", say(append([]byte{0}, bytes.Repeat([]byte{0xff}, 64)...))},
	{"a hello, then noise", then(greet, say(noise(4096)))},
	{"a hello, then a reset", then(greet, reset)},
	{"a query, then a reset", then(greet, say(selectAll()), reset)},
	{"a query, and leaves with the answer unread", then(greet, say(selectAll()), readOne, reset)},
	{"a query, and closes with the answer unread", then(greet, say(selectAll()), readOne)},
	{"half a query", then(greet, say(selectAll()[:20]), reset)},
	{"an insert left in the middle", then(greet, say(nativeQuery("INSERT INTO FUNCTION null('x UInt64') VALUES")), readOne, say([]byte{2, 0, 1, 0}), reset)},
}

var hostileHTTP = []hostile{
	{"noise", say(noise(4096))},
	{"noise after a method", say(append([]byte("GET "), noise(4096)...))},
	{"a TLS hello", say([]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"))},
	{"nothing", say(nil)},
	{"half a head", say([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Le"))},
	{"a native hello", say(hello())},
	{"a head without an end", say(append([]byte("GET / HTTP/1.1\r\n"), bytes.Repeat([]byte("X: y\r\n"), 20_000)...))},
	{"a request, then noise on the same connection", then(say([]byte("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")), readOne, say(noise(4096)))},
	{"a request, then a reset of the idle connection", then(say([]byte("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n")), readOne, reset)},
	{"a query, and leaves with the answer unread", then(say(httpSelectAll()), readOne, reset)},
	{"a query, and closes with the answer unread", then(say(httpSelectAll()), readOne)},
	{"a query, then a reset", then(say(httpSelectAll()), reset)},
	{"half an insert", then(say([]byte("POST /?query=INSERT+INTO+FUNCTION+null('x+UInt64')+FORMAT+CSV HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n1\n2\n")), reset)},
	{"half a chunked insert", say([]byte("POST /?query=INSERT+INTO+FUNCTION+null('x+UInt64')+FORMAT+CSV HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n1\n2\n"))},
}

func TestHostileClientsDoNoHarm(t *testing.T) {
	for _, tc := range []struct {
		name   string
		cfg    embedded.EngineConfig
		direct bool
	}{
		{name: "at the proxy", cfg: embedded.EngineConfig{}},
		{name: "at the engine itself, on a terminal", cfg: embedded.EngineConfig{}, direct: true},
		{name: "at the proxy, engine on a pipe", cfg: embedded.EngineConfig{}.OnPipe()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var said talk
			tc.cfg.Stderr = &said
			e := embeddedtest.StartEngine(t, tc.cfg)
			native, http := e.NativeAddr(), e.HTTPAddr()
			if tc.direct {
				native, http = e.Behind()
			}
			pid := e.PID()
			for addr, clients := range map[string][]hostile{native: hostileNative, http: hostileHTTP} {
				for _, h := range clients {
					act(t, addr, h)
					settled(t, e, h.name)
					if e.PID() != pid || e.Restarts() != 0 {
						t.Fatalf("after %s: engine died: %v\n%s", h.name, e.Err(), said.String())
					}
				}
			}
			if err := e.Health(t.Context()); err != nil {
				t.Error(err)
			}
			if err := e.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			if words := strings.TrimSpace(said.String()); words != "" {
				t.Errorf("engine said: %s", words)
			}
		})
	}
}

// settled waits until the engine has done with every connection but the one
// that asks.
func settled(t *testing.T, e *embedded.Engine, after string) {
	t.Helper()
	eventually(t, func() error {
		const count = "SELECT sum(value) FROM system.metrics WHERE metric IN ('TCPConnection', 'HTTPConnection')"
		n, err := query(t.Context(), e.HTTPAddr(), "default", count)
		if err != nil {
			return fmt.Errorf("after %s: %w", after, err)
		}
		if n != "1" {
			return fmt.Errorf("after %s: %s connections", after, n)
		}
		return nil
	})
}

func act(t *testing.T, addr string, h hostile) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(testWithin)); err != nil {
		t.Fatal(err)
	}
	if err := h.act(conn.(*net.TCPConn)); err != nil {
		t.Logf("%s: %v", h.name, err) // refused in the middle of it, as it should
	}
}

type step = func(*net.TCPConn) error

func then(steps ...step) step {
	return func(c *net.TCPConn) error {
		for _, s := range steps {
			if err := s(c); err != nil {
				return err
			}
		}
		return nil
	}
}

func say(b []byte) step {
	return func(c *net.TCPConn) error {
		_, err := c.Write(b)
		return err
	}
}

func greet(c *net.TCPConn) error {
	if _, err := c.Write(hello()); err != nil {
		return err
	}
	return readOne(c)
}

func readOne(c *net.TCPConn) error {
	_, err := io.ReadAtLeast(c, make([]byte, 1024), 1)
	return err
}

func reset(c *net.TCPConn) error {
	if err := c.SetLinger(0); err != nil {
		return err
	}
	return c.Close()
}

func noise(n int) []byte {
	random := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	_, _ = random.Read(b)
	b[0] = 0xff
	return b
}

const revision = 54060

func hello() []byte {
	b := []byte{0}
	b = text(b, "client")
	b = append(b, 1, 0)
	b = binary.AppendUvarint(b, revision)
	for _, s := range []string{"", "default", ""} {
		b = text(b, s)
	}
	return b
}

func selectAll() []byte { return nativeQuery("SELECT number FROM numbers(5000000)") }

func httpSelectAll() []byte {
	return []byte("GET /?query=SELECT+number+FROM+numbers(5000000) HTTP/1.1\r\nHost: x\r\n\r\n")
}

// nativeQuery is a Query packet and the empty block that ends its external tables.
func nativeQuery(q string) []byte {
	b := text([]byte{1}, "") // no query id
	b = append(b, 1)         // the first query, not one on another's behalf
	for _, s := range []string{"", "", "[::ffff:127.0.0.1]:0"} {
		b = text(b, s)
	}
	b = append(b, 1) // over TCP
	for _, s := range []string{"", "", "client"} {
		b = text(b, s)
	}
	b = append(b, 1, 0)
	b = binary.AppendUvarint(b, revision)
	b = text(b, "")     // quota key
	b = text(b, "")     // end of settings
	b = append(b, 2, 0) // complete, not compressed
	b = text(b, q)
	b = text(append(b, 2), "") // data, no table
	b = append(b, 1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0)
	return append(b, 0, 0)
}

func text(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
