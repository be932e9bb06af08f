// Package trade is the trade leg: orders, invoices, titles and their movements, certificates, warehousing. It takes
// canonical events of its domain at the desk, and the standard documents of its formats.
package trade

import (
	"oneorder/internal/intake"
	"oneorder/internal/trade"
)

// Service is the trade leg. It is a service.Component with routes and metrics.
type Service struct{ *intake.Domain }

// New opens the trade domain at the desk; nothing runs before Run.
func New(config Config, desk *intake.Desk) *Service {
	return &Service{desk.Open(trade.DomainTrade, newMetrics(), config.Formats, config.Endpoints)}
}
