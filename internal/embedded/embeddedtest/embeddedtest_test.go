package embeddedtest_test

import (
	"testing"

	"go.uber.org/goleak"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEngineAnswersOverBothPorts(t *testing.T) {
	e := embeddedtest.StartEngine(t, embedded.EngineConfig{})
	if err := e.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestBrokerGivesItsAddress(t *testing.T) {
	if url := embeddedtest.Broker(t); url == "" {
		t.Fatal("no address")
	}
}
