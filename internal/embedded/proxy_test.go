package embedded_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"oneorder/internal/embedded"
)

// pair is both ends of a connection.
func pair(t *testing.T) (near, far *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	dialed, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []net.Conn{dialed, accepted} {
		t.Cleanup(func() { _ = c.Close() })
		if err := c.SetDeadline(time.Now().Add(testWithin)); err != nil {
			t.Fatal(err)
		}
	}
	return dialed.(*net.TCPConn), accepted.(*net.TCPConn)
}

// relayed is a client and the engine's end, with a relay in between.
func relayed(t *testing.T) (client, engine *net.TCPConn, done <-chan struct{}) {
	t.Helper()
	client, clientFar := pair(t)
	engineFar, engine := pair(t)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		embedded.Relay(clientFar, engineFar)
	}()
	return client, engine, ended
}

func TestRelayCarriesBothWays(t *testing.T) {
	client, engine, done := relayed(t)
	question, answer := bytes.Repeat([]byte("q"), 1<<20), bytes.Repeat([]byte("a"), 1<<20)
	go func() {
		_, _ = client.Write(question)
		_ = client.CloseWrite()
	}()
	got, err := io.ReadAll(engine)
	if err != nil || !bytes.Equal(got, question) {
		t.Errorf("engine got %d bytes, %v, want %d", len(got), err, len(question))
	}
	go func() {
		_, _ = engine.Write(answer)
		_ = engine.Close()
	}()
	got, err = io.ReadAll(client)
	if err != nil || !bytes.Equal(got, answer) {
		t.Errorf("client got %d bytes, %v, want %d", len(got), err, len(answer))
	}
	<-done
}

func TestEngineSeesAnEndWhereTheClientResets(t *testing.T) {
	client, engine, done := relayed(t)
	if err := reset(client); err != nil {
		t.Fatal(err)
	}
	if n, err := engine.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("engine read %d, %v, want an end", n, err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	<-done
}

func TestReplyNobodyReadsIsDrained(t *testing.T) {
	client, engine, done := relayed(t)
	if _, err := engine.Write([]byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := readOne(client); err != nil {
		t.Fatal(err)
	}
	if err := reset(client); err != nil {
		t.Fatal(err)
	}
	// More than every buffer on the way holds.
	if _, err := io.CopyN(engine, zeros{}, 64<<20); err != nil {
		t.Errorf("engine's reply: %v", err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	<-done
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
