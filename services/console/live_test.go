package console

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"oneorder/internal/warehouse"
)

// loads answers with one load, or not.
type loads struct {
	Warehouse
	load warehouse.Load
	err  error
}

func (l *loads) Load(context.Context) (warehouse.Load, error) { return l.load, l.err }

func TestTheRateOfInsertsIsOverTheTimeSinceTheLastAnswer(t *testing.T) {
	store := &loads{err: errors.New("away")}
	p := &poller{service: New(Default(), slog.New(slog.DiscardHandler), store, nil), readings: map[string][]float64{}}
	p.takeLoad(t.Context())
	store.load, store.err = warehouse.Load{Inserts: 100, InsertedRows: 1_000_000}, nil
	p.takeLoad(t.Context())
	if p.inserts.RowRate != 0 || p.inserts.InsertRate != 0 {
		t.Errorf("what was inserted before the first answer counts: %+v", p.inserts)
	}
	p.loadAt = p.loadAt.Add(-100 * time.Second)
	store.err = errors.New("away again")
	p.takeLoad(t.Context())
	store.load.InsertedRows, store.err = 1_001_000, nil
	p.takeLoad(t.Context())
	if p.inserts.RowRate < 5 || p.inserts.RowRate > 10 {
		t.Errorf("1000 rows in 100 s: %v a second", p.inserts.RowRate)
	}
}
