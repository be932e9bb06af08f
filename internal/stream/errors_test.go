package stream

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"oneorder/internal/failure"
)

// Every row of the failure table that the broker or its client can answer with leads to what the table says.
func TestEveryFailureOfTheBroker(t *testing.T) {
	clients := map[string]error{}
	for _, err := range []error{
		nats.ErrTimeout, nats.ErrNoResponders, nats.ErrNoServers, nats.ErrDisconnected, nats.ErrConnectionClosed, nats.ErrStaleConnection,
		nats.ErrSlowConsumer, nats.ErrMaxPayload, nats.ErrAuthorization, nats.ErrAuthExpired, nats.ErrPermissionViolation,
	} {
		clients[err.Error()] = err
	}
	for _, row := range failure.BrokerRows {
		t.Run(fmt.Sprint(row.Code, " ", row.Name, " ", row.Says), func(t *testing.T) {
			err := clients[row.Name]
			if row.Code != 0 {
				err = &jetstream.APIError{Code: 400, ErrorCode: jetstream.ErrorCode(row.Code), Description: "provoked: " + row.Says}
			}
			if got := rowOf(fmt.Errorf("publish: %w", err)); got != row {
				t.Errorf("got %+v, want %+v", got, row)
			}
			if row.Code == 0 {
				return
			}
			if temporary(err) != (row.Class == failure.Retryable) {
				t.Errorf("sending again may help: %t, though it is %s", temporary(err), row.Class)
			}
			if said := refusal(err); !errors.Is(said, ErrStreamFull) && !errors.Is(said, ErrTooLarge) && !errors.Is(said, ErrRefused) {
				t.Errorf("the sender is told %v", said)
			}
		})
	}
}
