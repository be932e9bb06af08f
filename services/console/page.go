package console

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"oneorder/internal/service"
	"oneorder/internal/warehouse"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static/console.css
var sheet []byte

//go:embed static/console.svg
var mark []byte

var pages = template.Must(template.New("").Funcs(words).ParseFS(templates, "templates/*.html"))

// maxNumber is the longest number that can stand in an event.
const maxNumber = 512

// policy lets the page load its own sheet and mark, send its own form, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mostOpen is how many chains are shown with all they have; of more, each is opened by a click.
const mostOpen = 3

const unanswered = "The warehouse does not answer. The page works again as soon as it does."

// Routes registers the pages and their JSON twins.
func (s *Service) Routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /lookup", s.lookup)
	mux.HandleFunc("GET /api/v1/lookup", s.lookupJSON)
	mux.HandleFunc("GET /api/v1/corridors", s.corridorsJSON)
	mux.HandleFunc("GET /api/v1/counts", s.countsJSON)
	mux.Handle("GET /console.css", static("text/css; charset=utf-8", sheet))
	mux.Handle("GET /console.svg", static("image/svg+xml", mark))
}

// static answers with a file of the binary; the tag spares a second transfer.
func static(media string, body []byte) http.Handler {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(body)
	})
}

func secure(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func (s *Service) home(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	view := homeView{}
	counts, err := s.warehouse.Counts(ctx)
	if err == nil {
		shown := countsOf(counts)
		view.Counts = &shown
		var corridors []warehouse.Corridor
		corridors, err = s.warehouse.Corridors(ctx)
		view.Corridors = corridorsOf(corridors)
	}
	s.asked("corridors", err)
	status := http.StatusOK
	if err != nil {
		view.Failure, status = unanswered, http.StatusServiceUnavailable
	}
	for _, c := range view.Corridors {
		view.LongestTransit = max(view.LongestTransit, value(c.TransitHours))
		view.LongestClearance = max(view.LongestClearance, value(c.ClearanceHours))
	}
	s.show(w, "home", status, view)
}

func (s *Service) lookup(w http.ResponseWriter, r *http.Request) {
	number := strings.TrimSpace(r.URL.Query().Get("q"))
	if number == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	view := lookupView{Number: number, Heading: number + " · OneOrder"}
	chains, err := s.find(r, number)
	status := http.StatusOK
	switch {
	case errors.Is(err, errNumber):
		view.Failure, status = "That is longer than any number: "+errNumber.Error()+".", http.StatusBadRequest
	case err != nil:
		view.Failure, status = unanswered, http.StatusServiceUnavailable
	}
	for i := range chains {
		view.Chains = append(view.Chains, newChainView(&chains[i], len(chains) <= mostOpen))
	}
	s.show(w, "lookup", status, view)
}

var errNumber = errors.New("a number has at most 512 bytes")

// find asks the warehouse, and counts.
func (s *Service) find(r *http.Request, number string) ([]Chain, error) {
	if len(number) > maxNumber {
		return nil, errNumber
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	found, err := s.warehouse.Lookup(ctx, number)
	s.asked("lookup", err)
	outcome := "found"
	switch {
	case err != nil:
		outcome = "failed"
	case len(found) == 0:
		outcome = "unknown"
	}
	s.metrics.lookups.WithLabelValues(outcome).Inc()
	chains := make([]Chain, len(found))
	for i := range found {
		chains[i] = chainOf(&found[i])
		if name := s.config.PlaceName; name != nil {
			for j := range chains[i].Timeline {
				chains[i].Timeline[j].PlaceName = name(chains[i].Timeline[j].Place)
			}
			chains[i].OriginName, chains[i].DestinationName = name(chains[i].Origin), name(chains[i].Destination)
		}
	}
	return chains, err
}

// show answers with a page, made whole before the first byte of it goes out.
func (s *Service) show(w http.ResponseWriter, name string, status int, view any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, view); err != nil {
		s.log.Error("page not made", "page", name, "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	secure(w)
	service.WriteBody(w, status, "text/html; charset=utf-8", page.Bytes())
}

// Found is the answer of /api/v1/lookup.
type Found struct {
	Number string  `json:"number"`
	Chains []Chain `json:"chains"`
}

func (s *Service) lookupJSON(w http.ResponseWriter, r *http.Request) {
	number := strings.TrimSpace(r.URL.Query().Get("q"))
	if number == "" {
		service.Problem{Status: http.StatusBadRequest, Title: "which number?", Detail: "/api/v1/lookup?q=NUMBER"}.Write(w)
		return
	}
	chains, err := s.find(r, number)
	if errors.Is(err, errNumber) {
		service.Problem{Status: http.StatusBadRequest, Title: errNumber.Error()}.Write(w)
		return
	}
	answer(w, Found{Number: number, Chains: chains}, err)
}

func (s *Service) corridorsJSON(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	corridors, err := s.warehouse.Corridors(ctx)
	s.asked("corridors", err)
	answer(w, struct {
		Corridors []Corridor `json:"corridors"`
	}{corridorsOf(corridors)}, err)
}

func (s *Service) countsJSON(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	counts, err := s.warehouse.Counts(ctx)
	s.asked("counts", err)
	answer(w, countsOf(counts), err)
}

// list is the slice, or an empty one: JSON readers count on an array.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func answer(w http.ResponseWriter, body any, err error) {
	if err != nil {
		service.Problem{Status: http.StatusServiceUnavailable, Title: "the warehouse does not answer"}.Write(w)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	service.WriteJSON(w, http.StatusOK, service.JSONMedia, body)
}
