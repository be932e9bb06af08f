package stream

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is restored has the messages at their sequences and times, and goes on counting from there.
func TestAStreamComesBackAsItWas(t *testing.T) {
	before := startBroker(t)
	c := before.connect()
	var list []Outgoing
	for i := range 3000 { // several chunks
		list = append(list, Outgoing{Subject: "events.sitc.logistics.equipment.loaded", MsgID: fmt.Sprint("m", i), Data: bytes.Repeat([]byte{byte(i), byte(i >> 8), 0xA5}, 300)})
	}
	publish(t, c, list)
	var content bytes.Buffer
	described, err := c.Snapshot(t.Context(), Events, &content)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Snapshot(t.Context(), "NONE", &content); !errors.Is(err, ErrNoStream) {
		t.Errorf("of no stream: %v", err)
	}
	if err := c.Restore(t.Context(), Events, described, bytes.NewReader(content.Bytes())); !errors.Is(err, ErrStreamThere) {
		t.Errorf("over what is there: %v", err)
	}
	want := streamInfo(t, c)

	after := startBroker(t)
	c = bare(t, after)
	if err := c.Restore(t.Context(), Events, described, bytes.NewReader(content.Bytes())); err != nil {
		t.Fatal(err)
	}
	got := streamInfo(t, c)
	if got.Messages != 3000 {
		t.Errorf("%d messages came back", got.Messages)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if err := c.Ensure(t.Context(), Settings{}); err != nil {
		t.Fatal(err)
	}
	if again := publish(t, c, []Outgoing{{Subject: "events.sitc.logistics.equipment.loaded", MsgID: "new", Data: []byte("{}")}}); again[0].Err != nil || again[0].Sequence != 3001 {
		t.Errorf("the next message: %+v", again[0])
	}

	// What is damaged makes no stream.
	broken := bare(t, startBroker(t))
	if err := broken.Restore(t.Context(), Events, described, bytes.NewReader(content.Bytes()[:content.Len()/2])); err == nil {
		t.Error("half of it was restored")
	}
	if all, err := broken.Streams(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("half of it made %v, %v", all, err)
	}
}

func streamInfo(t *testing.T, c *Conn) StreamInfo {
	t.Helper()
	all, err := c.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Name == Events {
			s.Consumers = 0
			return s
		}
	}
	t.Fatal("there is no stream EVENTS")
	return StreamInfo{}
}

// bare is a connection to a broker that has no streams yet.
func bare(t *testing.T, b *broker) *Conn {
	t.Helper()
	c, err := Connect(t.Context(), Config{URL: b.url(), Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
