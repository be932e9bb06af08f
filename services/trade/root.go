// Package trade is the trade leg: orders, invoices, titles and their movements, certificates, warehousing. It takes
// canonical events of its domain at the desk, and the standard documents of its formats.
package trade

import (
	"net/http"

	"oneorder/internal/intake"
	"oneorder/internal/trade"
)

// Service is the trade leg. It is a service.Component with routes and metrics.
type Service struct {
	*intake.Domain
	transfers transfers
}

// New opens the trade domain at the desk; nothing runs before Run.
func New(config Config, desk *intake.Desk) *Service {
	titles := newTitles()
	domain := desk.Open(trade.DomainTrade, newMetrics(), config.Formats, titles.claims(config.Endpoints))
	domain.OnStored(titles.stored)
	return &Service{domain, transfers{keys: config.keys(), domain: domain, known: intake.NewRecent[*transfer](maxTransfers)}}
}

// Routes registers the document routes, and those by which eBL platforms transfer bills.
func (s *Service) Routes(mux *http.ServeMux) {
	s.Domain.Routes(mux)
	s.transfers.routes(mux)
}
