// Package finance is the finance leg: credits, collections, financing, payments, insurance. It takes
// canonical events of its domain at the desk, and the standard documents of its formats.
package finance

import (
	"oneorder/internal/intake"
	"oneorder/internal/trade"
)

// Service is the finance leg. It is a service.Component with routes and metrics.
type Service struct{ *intake.Domain }

// New opens the finance domain at the desk; nothing runs before Run.
func New(config Config, desk *intake.Desk) *Service {
	return &Service{desk.Open(trade.DomainFinance, newMetrics(), config.Formats, config.Endpoints)}
}
