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
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"oneorder/internal/service"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/*
var staticFiles embed.FS

//go:embed openapi.json
var openAPI []byte

// assets are the files that the pages load, by name.
var assets = readAssets()

type asset struct {
	media, tag string
	body       []byte
}

func readAssets() map[string]asset {
	all := map[string]asset{}
	for name, media := range map[string]string{
		"console.css": "text/css; charset=utf-8", "console.svg": "image/svg+xml", "console.js": "text/javascript; charset=utf-8",
	} {
		body, err := staticFiles.ReadFile("static/" + name)
		if err != nil {
			panic(err) // the file is part of the binary
		}
		all[name] = asset{media: media, tag: tagOf(body), body: body}
	}
	return all
}

func tagOf(body []byte) string {
	digest := sha256.Sum256(body)
	return hex.EncodeToString(digest[:8])
}

// href is the address of an asset. It changes with the content, so that browsers may keep it for ever.
func href(name string) string { return "/" + name + "?v=" + assets[name].tag }

// pages are the templates in each language. They are parsed when a console is made: most verbs of the program make none.
var pages = sync.OnceValue(readPages)

func readPages() map[string]*template.Template {
	all := make(map[string]*template.Template, len(languages))
	for _, l := range languages {
		t := template.New("").Funcs(l.functions()).Funcs(template.FuncMap{
			"asset": href, "pointer": func(t time.Time) *time.Time { return &t },
		})
		all[l.Code] = template.Must(t.ParseFS(templateFiles, "templates/*.html"))
	}
	return all
}

// maxNumber is the longest number that can stand in an event.
const maxNumber = 512

// policy lets the page load its own sheet, script and mark, ask its own server, send its own forms, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const timeAsked = "A time is written as 2026-09-11T08:15:00Z, or as a day."

const unanswered = "The warehouse does not answer. The page works again as soon as it does."

// Routes registers the pages and their JSON twins.
func (s *Service) Routes(mux *http.ServeMux) {
	for route, h := range map[string]struct {
		least role
		do    http.HandlerFunc
	}{
		"GET /{$}":                             {member, s.home},
		"GET /lookup":                          {member, s.lookup},
		"GET /chains/{id}":                     {member, s.order},
		"GET /operations":                      {viewer, s.operations},
		"GET /corridors":                       {viewer, s.corridorsPage},
		"GET /waiting":                         {member, s.waitingPage},
		"GET /api/v1/overview":                 {viewer, s.overviewJSON},
		"GET /api/v1/waiting":                  {member, s.waitingJSON},
		"GET /rejected":                        {member, s.lettersPage},
		"GET /rejected/{id}":                   {member, s.letterPage},
		"GET /api/v1/rejected":                 {member, s.lettersJSON},
		"GET /api/v1/rejected/{id}":            {member, s.oneJSON(letterJSON)},
		"GET /live":                            {viewer, s.live},
		"GET /api/v1/lookup":                   {member, s.lookupJSON},
		"GET /api/v1/suggest":                  {member, s.suggestJSON},
		"GET /api/v1/chains/{id}":              {member, s.orderJSON},
		"GET /api/v1/chains/{id}/events/{key}": {member, s.eventJSON},
		"GET /api/v1/corridors":                {viewer, s.corridorsJSON},
		"GET /api/v1/counts":                   {viewer, s.countsJSON},
		"GET /api/v1/operations":               {viewer, s.pictureJSON},
	} {
		mux.Handle(route, s.only(h.least, h.do))
	}
	for route, do := range map[string]http.HandlerFunc{
		"GET /rejected/bulk":                 s.bulkPage,
		"POST /rejected/bulk":                s.bulk,
		"POST /rejected/{id}/retry":          s.retry,
		"POST /rejected/{id}/resolve":        s.resolve,
		"POST /api/v1/rejected/{id}/retry":   s.oneJSON(s.retryJSON),
		"POST /api/v1/rejected/{id}/resolve": s.oneJSON(s.resolveJSON),
	} {
		mux.Handle(route, s.act(do))
	}
	for route, do := range map[string]http.HandlerFunc{
		"POST /operations/readers/{name}/pause":  s.pauseReader,
		"POST /operations/readers/{name}/resume": s.resumeReader,
		"POST /api/v1/readers/{name}/pause":      s.pauseJSON,
		"POST /api/v1/readers/{name}/resume":     s.resumeJSON,
	} {
		mux.Handle(route, s.only(operator, do))
	}
	mux.HandleFunc("GET /language", s.chooseLanguage)
	mux.HandleFunc("GET /sign-in", s.signInPage)
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.Handle("GET /api/v1/openapi.json", static(asset{media: service.JSONMedia, body: openAPI}))
	for name, a := range assets {
		mux.Handle("GET /"+name, static(a))
	}
}

// static answers with a file of the binary.
func static(a asset) http.Handler {
	if a.tag == "" {
		a.tag = tagOf(a.body)
	}
	tag := `"` + a.tag + `"`
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w)
		w.Header().Set("Cache-Control", "no-cache")
		if r.URL.Query().Get("v") == a.tag {
			w.Header().Set("Cache-Control", "max-age=31536000, immutable")
		}
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", a.media)
		_, _ = w.Write(a.body)
	})
}

func secure(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// frame is what every page has around it.
type frame struct {
	Title, Number, Section string
	L                      *language
	Languages              []*language
	Path                   string // of the page, to come back to
	Nav                    []link
	Failure                string // in English
	Who                    caller
}

type link struct{ Href, Text, Section string }

func (s *Service) frame(r *http.Request, title string) frame {
	l := languageOf(r)
	if title = l.say(title); title != "" {
		title += " · "
	}
	who := callerOf(r)
	f := frame{Title: title + "OneOrder", L: l, Languages: languages, Path: r.URL.RequestURI(), Who: who}
	if who.Role != 0 {
		f.Nav = append(f.Nav, link{"/", "Overview", "home"})
	}
	if who.Role >= viewer {
		f.Nav = append(f.Nav, link{"/corridors", "Corridors", "corridors"}, link{"/operations", "Operations", "operations"})
	}
	if who.Role != 0 {
		f.Nav = append(f.Nav, link{"/waiting", "Waiting", "waiting"})
		f.Nav = append(f.Nav, link{"/rejected", "Rejected", "rejected"})
	}
	return f
}

func queryEscape(s string) string { return url.QueryEscape(s) }

// chooseLanguage remembers a language and goes back to a page of ours.
func (s *Service) chooseLanguage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for _, l := range languages {
		if l.Code == q.Get("to") {
			http.SetCookie(w, &http.Cookie{ //nolint:gosec // it names a language and nothing else, and a page over HTTP needs it as well
				Name: languageCookie, Value: l.Code, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode,
			})
		}
	}
	secure(w)
	http.Redirect(w, r, ownPath(q.Get("back")), http.StatusSeeOther) //nolint:gosec // ownPath leaves nothing but a path of ours
}

// ownPath is the address if it is a page of this server, else that of the first page.
func ownPath(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n") {
		return "/"
	}
	return (&url.URL{Path: path.Clean(u.Path), RawQuery: u.RawQuery}).String()
}

type homeView struct {
	frame
	Counts                           *Counts
	Corridors                        []Corridor
	AsOf                             *time.Time // of what is oldest on the page; nil: now
	LongestTransit, LongestClearance float64
}

func (s *Service) home(w http.ResponseWriter, r *http.Request) {
	view := homeView{frame: s.frame(r, "")}
	view.Section = "home"
	if view.Who.scope() != "" { // the totals are everyone's
		s.show(w, "home", http.StatusOK, &view.frame, view)
		return
	}
	status := http.StatusOK
	if err := s.fillHome(r, &view); err != nil {
		view.Failure, status = unanswered, http.StatusServiceUnavailable
	}
	for _, c := range view.Corridors {
		view.LongestTransit = max(view.LongestTransit, value(c.TransitHours))
		view.LongestClearance = max(view.LongestClearance, value(c.ClearanceHours))
	}
	s.show(w, "home", status, &view.frame, view)
}

// fillHome asks for totals and corridors at once.
func (s *Service) fillHome(r *http.Request, view *homeView) error {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	var (
		totals    warehouse.Totals
		corridors []warehouse.Overview
	)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { totals, err = s.warehouse.Totals(ctx); return err })
	g.Go(func() (err error) { corridors, err = s.warehouse.Corridors(ctx); return err })
	err := g.Wait()
	s.asked("corridors", err)
	if err != nil {
		return err
	}
	counts := countsOf(totals)
	view.Counts, view.AsOf = &counts, counts.AsOf
	var at *time.Time
	if view.Corridors, at = corridorsOf(corridors); at != nil && (view.AsOf == nil || at.Before(*view.AsOf)) {
		view.AsOf = at
	}
	return nil
}

type lookupView struct {
	frame
	Chains []Chain
	Most   bool // there are more
}

func (s *Service) lookup(w http.ResponseWriter, r *http.Request) {
	number := strings.TrimSpace(r.URL.Query().Get("q"))
	if number == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	found, err := s.find(r, number)
	if len(found) == 1 {
		http.Redirect(w, r, "/chains/"+found[0].ID, http.StatusSeeOther) //nolint:gosec // an id of ours
		return
	}
	s.showFound(w, r, number, found, err)
}

// showFound shows the chains of a number when it is not one of one chain.
func (s *Service) showFound(w http.ResponseWriter, r *http.Request, number string, found []warehouse.ChainView, err error) {
	view := lookupView{frame: s.frame(r, number), Most: len(found) >= warehouse.MostFound}
	view.Number = number
	status := http.StatusOK
	switch {
	case errors.Is(err, errTime):
		view.Failure, status = timeAsked, http.StatusBadRequest
	case errors.Is(err, errNumber):
		view.Failure, status = "That is longer than any number: a number has at most 512 bytes.", http.StatusBadRequest
	case err != nil:
		view.Failure, status = unanswered, http.StatusServiceUnavailable
	case len(found) == 0 && r.PathValue("id") != "":
		status = http.StatusNotFound
	}
	for i := range found {
		chain := chainOf(&found[i])
		s.name(&chain)
		view.Chains = append(view.Chains, chain)
	}
	s.show(w, "lookup", status, &view.frame, view)
}

var errNumber = errors.New("a number has at most 512 bytes")

// sees says whether who asks may see a chain that these organisations reported of.
func sees(r *http.Request, orgs []string) bool {
	scope := callerOf(r).scope()
	return scope == "" || slices.Contains(orgs, scope)
}

// find asks the warehouse for the chains of a number that who asks may see, and counts.
func (s *Service) find(r *http.Request, number string) ([]warehouse.ChainView, error) {
	return s.findWith(r, number, s.warehouse.LookupFor)
}

// open is find with what is around the one chain that is found; nil where there are several, or the past is asked for.
func (s *Service) open(r *http.Request, number string) ([]warehouse.ChainView, *warehouse.Around, error) {
	if r.URL.Query().Has("as_of") {
		found, err := s.find(r, number)
		return found, nil, err
	}
	var around *warehouse.Around
	found, err := s.findWith(r, number, func(ctx context.Context, org, number string) (found []warehouse.ChainView, err error) {
		found, around, err = s.warehouse.OrderFor(ctx, org, number)
		return found, err
	})
	return found, around, err
}

func (s *Service) findWith(r *http.Request, number string, look func(ctx context.Context, org, number string) ([]warehouse.ChainView, error)) ([]warehouse.ChainView, error) {
	if len(number) > maxNumber {
		return nil, errNumber
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	found, err := look(ctx, callerOf(r).scope(), number)
	s.asked("lookup", err)
	// The warehouse has looked among theirs only; a second lock costs nothing.
	found = slices.DeleteFunc(found, func(c warehouse.ChainView) bool { return !sees(r, c.Orgs) })
	outcome := "found"
	switch {
	case err != nil:
		outcome = "failed"
	case len(found) == 0:
		outcome = "unknown"
	}
	s.metrics.lookups.WithLabelValues(outcome).Inc()
	return found, err
}

// own are the events whose content who asks may read. An organisation sees the record of its chains, and of the events that make it the
// content of its own only: what a bank or a rival wrote is theirs.
func own(r *http.Request, timeline []warehouse.TimelineRow) []warehouse.TimelineRow {
	scope := callerOf(r).scope()
	if scope == "" {
		return timeline
	}
	var kept []warehouse.TimelineRow
	for i := range timeline {
		if timeline[i].Org == scope {
			kept = append(kept, timeline[i])
		}
	}
	return kept
}

// read makes the one order of a chain. What is around it is asked for if it is nil.
func (s *Service) read(r *http.Request, chain *warehouse.ChainView, around *warehouse.Around) (Order, error) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	timeline := own(r, chain.Timeline)
	payloads := make(map[trade.EventKey][]byte, len(timeline))
	if around != nil {
		for i := range timeline {
			payloads[timeline[i].Event] = around.Payloads[timeline[i].Event]
		}
	} else {
		var err error
		payloads, err = s.warehouse.Payloads(ctx, timeline, chain.Upto)
		s.asked("payloads", err)
		if err != nil {
			return Order{}, err
		}
	}
	order := newOrder(chain, payloads, callerOf(r).scope())
	s.name(&order.Chain)
	return order, nil
}

// name gives the places and the goods their names.
func (s *Service) name(c *Chain) {
	c.HSNames = make([]string, len(c.HS))
	for i := range c.HS {
		if s.config.HSName != nil {
			c.HSNames[i] = s.config.HSName(c.HS[i])
		}
	}
	for i := range c.Timeline {
		c.Timeline[i].PlaceName = s.placeName(c.Timeline[i].Place)
	}
	c.OriginName, c.DestinationName = s.placeName(c.Origin), s.placeName(c.Destination)
}

func (s *Service) placeName(unlocode string) string {
	if s.config.PlaceName == nil {
		return ""
	}
	return s.config.PlaceName(unlocode)
}

// show answers with a page, made whole before the first byte of it goes out.
func (s *Service) show(w http.ResponseWriter, name string, status int, f *frame, view any) {
	var page bytes.Buffer
	if err := pages()[f.L.Code].ExecuteTemplate(&page, name, view); err != nil {
		s.log.Error("page not made", "page", name, "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	secure(w)
	w.Header().Set("Vary", "Cookie, Accept-Language")
	service.WriteBody(w, status, "text/html; charset=utf-8", page.Bytes())
}

// list is the slice, or an empty one: JSON readers count on an array.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// payloadOf gives one event of a chain in canonical JSON; nil if the chain has none of this key, or archive has not stored it.
func (s *Service) payloadOf(r *http.Request, chain *warehouse.ChainView, key string) ([]byte, error) {
	timeline := own(r, chain.Timeline)
	for i := range timeline {
		if timeline[i].Event.String() != key {
			continue
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
		defer cancel()
		payloads, err := s.warehouse.Payloads(ctx, timeline[i:i+1], chain.Upto)
		s.asked("payloads", err)
		return payloads[timeline[i].Event], err
	}
	return nil, nil
}
