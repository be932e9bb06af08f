package embedded_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"oneorder/internal/embedded"
)

func startBroker(t *testing.T, cfg embedded.BrokerConfig) *embedded.Broker {
	t.Helper()
	b, err := embedded.StartBroker(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	return b
}

func TestAtomicBatchesOutliveTheBroker(t *testing.T) {
	dir := t.TempDir()
	b := startBroker(t, embedded.BrokerConfig{Dir: dir, SyncAlways: true})
	c := dialBroker(t, b.URL())
	var created struct{ Error any }
	c.ask(t, "$JS.API.STREAM.CREATE.S", "", `{"name": "S", "subjects": ["s.>"], "storage": "file", "allow_atomic": true}`, &created)
	if created.Error != nil {
		t.Fatal(created.Error)
	}
	c.send(t, "s.1", "", "Nats-Batch-Id: b\r\nNats-Batch-Sequence: 1\r\n", "one")
	c.send(t, "s.2", "", "Nats-Batch-Id: b\r\nNats-Batch-Sequence: 2\r\n", "two")
	var ack struct {
		Seq   uint64
		Count int
		Error any
	}
	c.ask(t, "s.3", "Nats-Batch-Id: b\r\nNats-Batch-Sequence: 3\r\nNats-Batch-Commit: 1\r\n", "three", &ack)
	if ack.Error != nil || ack.Count != 3 || ack.Seq != 3 {
		t.Fatalf("acknowledgement of the batch: got %+v, want 3 up to 3", ack)
	}
	b.Stop()

	c = dialBroker(t, startBroker(t, embedded.BrokerConfig{Dir: dir}).URL())
	var info struct {
		State struct{ Messages int }
	}
	c.ask(t, "$JS.API.STREAM.INFO.S", "", "", &info)
	if info.State.Messages != 3 {
		t.Errorf("messages after a restart: got %d, want 3", info.State.Messages)
	}
}

func TestBrokerListensOnLoopbackOnly(t *testing.T) {
	b := startBroker(t, embedded.BrokerConfig{Dir: t.TempDir()})
	if !strings.HasPrefix(b.URL(), "nats://127.0.0.1:") {
		t.Errorf("got %s, want an address of 127.0.0.1", b.URL())
	}
}

func TestBrokerFaults(t *testing.T) {
	dir := t.TempDir()
	first := startBroker(t, embedded.BrokerConfig{Dir: dir})
	_, text, err := net.SplitHostPort(strings.TrimPrefix(first.URL(), "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		cfg  embedded.BrokerConfig
		want error
	}{
		{"taken port", embedded.BrokerConfig{Dir: t.TempDir(), Port: port}, embedded.ErrPortTaken},
		{"folder of another broker", embedded.BrokerConfig{Dir: dir}, embedded.ErrFolderInUse},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, err := embedded.StartBroker(t.Context(), tc.cfg)
			if err == nil {
				b.Stop()
			}
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

// natsConn speaks as much of the broker's protocol as these tests need.
type natsConn struct {
	net.Conn
	r *bufio.Reader
}

func dialBroker(t *testing.T, url string) *natsConn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(testWithin)); err != nil {
		t.Fatal(err)
	}
	c := &natsConn{Conn: conn, r: bufio.NewReader(conn)}
	c.write(t, "CONNECT {\"verbose\": false, \"headers\": true}\r\nSUB answers 1\r\n")
	return c
}

func (c *natsConn) write(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func (c *natsConn) send(t *testing.T, subject, reply, header, body string) {
	t.Helper()
	head := "NATS/1.0\r\n" + header + "\r\n"
	c.write(t, fmt.Sprintf("HPUB %s %s %d %d\r\n%s%s\r\n", subject, reply, len(head), len(head)+len(body), head, body))
}

// ask sends a message and decodes the answer to it.
func (c *natsConn) ask(t *testing.T, subject, header, body string, answer any) {
	t.Helper()
	c.send(t, subject, "answers", header, body)
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "INFO" || words[0] == "+OK":
		case words[0] == "PING":
			c.write(t, "PONG\r\n")
		case words[0] == "MSG":
			n, err := strconv.Atoi(words[len(words)-1])
			if err != nil {
				t.Fatal(err)
			}
			text := make([]byte, n)
			if _, err := io.ReadFull(c.r, text); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, answer); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			return
		default:
			t.Fatalf("broker said %s", line)
		}
	}
}
