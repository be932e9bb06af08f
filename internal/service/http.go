package service

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Time a client has. A document of some megabytes over a slow line fits; a connection that only lingers
// does not.
const (
	headerTimeout = 5 * time.Second
	bodyTimeout   = time.Minute
	answerTimeout = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
)

func (sh Shell) serve(l net.Listener, handler http.Handler) *http.Server {
	return &http.Server{
		Addr:              l.Addr().String(),
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(sh.Logger.Handler(), slog.LevelWarn),
	}
}

// handler is everything the process answers: /healthz and /metrics to anyone who can reach the address,
// the components' routes to those who may.
func (sh Shell) handler() (http.Handler, error) {
	components := append(append([]Component(nil), sh.Intake...), sh.Readers...)
	address := sh.Address
	if sh.Listener != nil {
		address = sh.Listener.Addr().String()
	}
	local := Loopback(address)
	metrics := newMetrics()
	rooms, doors := http.NewServeMux(), http.NewServeMux()
	routed := false
	for _, c := range components {
		switch r := c.(type) {
		case Doorkeeper:
			if err := r.Admit(local); err != nil {
				return nil, fmt.Errorf("serve http on %s: %w", address, err)
			}
			r.Routes(doors)
		case Router:
			r.Routes(rooms)
			routed = true
		}
		if m, ok := c.(Measured); ok {
			if err := metrics.register(c.Name(), m.Collectors()); err != nil {
				return nil, err
			}
		}
	}
	if routed && !local && sh.Token == "" {
		return nil, errors.New("serve http on " + address + ": beyond loopback callers need a credential: set ONEORDER_HTTP_TOKEN, or listen on 127.0.0.1")
	}
	crossOrigin := http.NewCrossOriginProtection()
	guarded, open := crossOrigin.Handler(guard(sh.Token, local, rooms)), crossOrigin.Handler(ownHost(local, doors))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics.registry, promhttp.HandlerOpts{Registry: metrics.registry}))
	mux.Handle("GET /healthz", healthz(components))
	mux.Handle("/", metrics.count(func(r *http.Request) (string, http.Handler) {
		if _, route := doors.Handler(r); route != "" {
			return route, open
		}
		_, route := rooms.Handler(r)
		if route == "" && !routed {
			return route, open // to say which methods there are
		}
		return route, guarded
	}))
	return mux, nil
}

// guard lets a request through that shows the token, as a bearer token or as the password of basic
// authentication. Without a token only this machine can ask, and not on behalf of a web page: a foreign
// Host (a rebound name) is refused.
func guard(token string, local bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, shown := Shown(r)
		switch {
		case token == "" && local && !Loopback(r.Host):
			Problem{Status: http.StatusMisdirectedRequest, Title: "this address answers to localhost only"}.Write(w)
		case token != "" && !SameSecret(shown, token):
			w.Header().Set("WWW-Authenticate", `Basic realm="oneorder", charset="UTF-8"`)
			Problem{Status: http.StatusUnauthorized, Title: "a token is needed", Detail: "send Authorization: Bearer TOKEN"}.Write(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// ownHost refuses, at an address of this machine only, what a web page asks for under a name that it had rebound. Who shows
// a credential is left to the Doorkeeper to judge.
func ownHost(local bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if local && !Loopback(r.Host) && r.Header.Get("Authorization") == "" {
			Problem{Status: http.StatusMisdirectedRequest, Title: "this address answers to localhost only"}.Write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// SameSecret compares two secrets in a time that tells nothing of either.
func SameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Shown is the credential of a request: a bearer token, or name and password of basic authentication; the token is "" when there is none.
func Shown(r *http.Request) (user, token string) {
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return "", strings.TrimSpace(token)
	}
	user, token, _ = r.BasicAuth()
	return user, token
}

// The media types of the answers.
const (
	JSONMedia    = "application/json"
	ProblemMedia = "application/problem+json" // RFC 9457
)

// Problem is an error answer: RFC 9457 problem details.
type Problem struct {
	Type   string `json:"type,omitempty"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Faults any    `json:"faults,omitempty"` // extension member: what is wrong with the body, each with its place
}

// Write answers with the problem.
func (p Problem) Write(w http.ResponseWriter) {
	WriteJSON(w, p.Status, ProblemMedia, p)
}

// WriteJSON answers with a value as JSON, of which no cache keeps a copy.
func WriteJSON(w http.ResponseWriter, status int, media string, value any) {
	begin(w, status, media)
	_ = json.NewEncoder(w).Encode(value) // the client has gone; there is nobody to tell
}

// WriteBody answers with a body as it is, of which no cache keeps a copy.
func WriteBody(w http.ResponseWriter, status int, media string, body []byte) {
	begin(w, status, media)
	_, _ = w.Write(body) // the client has gone; there is nobody to tell
}

func begin(w http.ResponseWriter, status int, media string) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
}

// Condition is the health of one component.
type Condition struct {
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"` // what there is to know of a component that is well
}

// Health is the answer of /healthz: 200 when every component is well, else 503.
type Health struct {
	OK         bool                 `json:"ok"`
	Components map[string]Condition `json:"components"`
}

func healthz(components []Component) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		status := http.StatusOK
		health := Health{OK: true, Components: make(map[string]Condition, len(components))}
		for _, c := range components {
			condition := Condition{OK: true}
			if err := c.Health(); err != nil {
				condition = Condition{Reason: err.Error()}
				health.OK = false
				status = http.StatusServiceUnavailable
			}
			if n, ok := c.(Noted); ok {
				condition.Note = n.Note()
			}
			health.Components[c.Name()] = condition
		}
		WriteJSON(w, status, JSONMedia, health)
	})
}
