package embedded_test

import (
	"testing"

	"oneorder/internal/embedded"
	"oneorder/internal/embedded/embeddedtest"
)

// What the proxy costs: 128 MiB read from the engine, with it and without.
func BenchmarkRead(b *testing.B) {
	e := embeddedtest.StartEngine(b, embedded.EngineConfig{})
	_, behind := e.Behind()
	for name, addr := range map[string]string{"through the proxy": e.HTTPAddr(), "from the engine itself": behind} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				body, err := fetch(b.Context(), "http://"+addr+"/?query=SELECT+number+FROM+numbers(16777216)+FORMAT+RowBinary")
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(body)))
			}
		})
	}
}

// From nothing to an engine that answers, and to its end.
func BenchmarkStart(b *testing.B) {
	cfg := embedded.EngineConfig{Dir: b.TempDir(), Executable: embeddedtest.Binary(b)}
	for b.Loop() {
		e, err := embedded.StartEngine(b.Context(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		if err := e.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
