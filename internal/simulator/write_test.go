package simulator

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/refdata"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func TestWriteWritesEventsAndTheirTruth(t *testing.T) {
	s, err := New(config(5, 60))
	if err != nil {
		t.Fatal(err)
	}
	var events, truth bytes.Buffer
	written, err := s.Write(t.Context(), &events, &truth)
	if err != nil {
		t.Fatal(err)
	}
	var wantEvents, wantTruth []byte
	distinct := 0
	all := run(t, config(5, 60))
	for _, r := range all {
		wantEvents = append(wire.Append(wantEvents, r.event), '\n')
		if !r.again {
			distinct++
			wantTruth = Truth{Source: r.event.Source, ID: r.event.ID, Chains: r.chains}.Append(wantTruth)
		}
	}
	if !bytes.Equal(events.Bytes(), wantEvents) || !bytes.Equal(truth.Bytes(), wantTruth) {
		t.Error("not what Next gives")
	}
	if diff := cmp.Diff(Written{len(all), distinct, 60}, written); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteStops(t *testing.T) {
	for name, test := range map[string]func(*Simulator) error{
		"cancelled": func(s *Simulator) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := s.Write(ctx, nil, nil)
			return err
		},
		"no room for events": func(s *Simulator) error { _, err := s.Write(t.Context(), full{}, nil); return err },
		"no room for truth":  func(s *Simulator) error { _, err := s.Write(t.Context(), nil, full{}); return err },
	} {
		s, err := New(config(5, 60))
		if err != nil {
			t.Fatal(err)
		}
		if err := test(s); !errors.Is(err, errFull) && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPlacesAreListed(t *testing.T) {
	tables, err := refdata.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range run(t, config(8, 1000)) {
		for _, p := range []trade.Place{r.event.Data.Place, {UNLOCODE: r.event.Data.Transport.From}, {UNLOCODE: r.event.Data.Transport.To}} {
			if p.UNLOCODE == "" {
				continue
			}
			if _, ok := tables.Place(p.UNLOCODE); !ok {
				t.Fatalf("%s (%s) is not listed", p.UNLOCODE, p.Name)
			}
		}
	}
}
