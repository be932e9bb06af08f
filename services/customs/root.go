// Package customs is the customs leg: declarations, controls, duties, permits, manifests, transit. It takes
// canonical events of its domain at the desk, and the standard documents of its formats.
package customs

import (
	"oneorder/internal/intake"
	"oneorder/internal/trade"
)

// Service is the customs leg. It is a service.Component with routes and metrics.
type Service struct{ *intake.Domain }

// New opens the customs domain at the desk; nothing runs before Run.
func New(config Config, desk *intake.Desk) *Service {
	return &Service{desk.Open(trade.DomainCustoms, newMetrics(), config.Formats, config.Endpoints)}
}
