package console

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"oneorder/internal/service"
)

// Door says who may look, and at what. The zero Door knows nobody: it lets this machine in, and nobody else.
type Door struct {
	// Token is the operator's, who may see everything and act; "": there is none.
	Token string
	// Viewer is the token of those who may see everything and change nothing; "": there is none.
	Viewer string
	// Org gives the organisation whose token this is; nil: nobody is registered.
	Org func(token string) (org string, ok bool)
	// Registered says whether anyone is; nil: nobody. While nobody is, and the operator has no token, a caller on this
	// machine needs none.
	Registered func() bool
	// Own is an operator's as well, and does not count as one that was chosen: that of the data folder. "": there is none.
	Own string
}

// role is what a caller may do. A higher one may do what a lower one may.
type role uint8

const (
	member   role = iota + 1 // of an organisation: sees the chains that it reported of, and what of its own was refused
	viewer                   // sees everything
	operator                 // acts
)

// caller is who makes a request.
type caller struct {
	Role role
	Org  string // of a member
	Open bool   // on this machine, without a token
}

// Operator says whether the caller may act on what is everyone's.
func (c caller) Operator() bool { return c.Role == operator }

// Acts says whether the caller may act at all: a viewer may not.
func (c caller) Acts() bool { return c.Role == operator || c.Role == member }

// Signed says whether the caller showed a token, and so can sign out.
func (c caller) Signed() bool { return !c.Open && c.Role != 0 }

// scope is the organisation to whose chains the caller is kept; "": to none.
func (c caller) scope() string { return c.Org }

func (d Door) open() bool {
	return d.Token == "" && (d.Registered == nil || !d.Registered())
}

// of says who shows the token.
func (d Door) of(token string) (caller, bool) {
	if token == "" {
		return caller{}, false
	}
	for _, own := range []string{d.Token, d.Own} {
		if own != "" && service.SameSecret(token, own) {
			return caller{Role: operator}, true
		}
	}
	if d.Viewer != "" && service.SameSecret(token, d.Viewer) {
		return caller{Role: viewer}, true
	}
	if d.Org != nil {
		if org, ok := d.Org(token); ok {
			return caller{Role: member, Org: org}, true
		}
	}
	return caller{}, false
}

// Admit implements service.Doorkeeper: beyond loopback somebody must have a token.
func (s *Service) Admit(local bool) error {
	s.local = local
	if !local && s.config.Door.open() {
		return errors.New("beyond loopback those who look need a token: set ONEORDER_HTTP_TOKEN, register an organisation (`oneorder org add ORG`), or listen on 127.0.0.1")
	}
	return nil
}

const (
	sessionCookie = "oneorder_session"
	sessionLasts  = 12 * time.Hour
	mostSessions  = 10_000
)

// sessions remember which token a browser signed in with, so that the cookie holds no secret of longer life. They are asked for
// their token at every request: who is removed from the register is out at once.
type sessions struct {
	mu    sync.Mutex
	known map[string]session
}

type session struct {
	token string
	until time.Time
}

// begin makes a session. When there are too many, those that have run out go first, then any.
func (s *sessions) begin(token string, now time.Time) string {
	id := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]session{}
	}
	if len(s.known) >= mostSessions {
		for old, held := range s.known {
			if now.After(held.until) {
				delete(s.known, old)
			}
		}
		for old := range s.known {
			if len(s.known) < mostSessions {
				break
			}
			delete(s.known, old)
		}
	}
	s.known[id] = session{token, now.Add(sessionLasts)}
	return id
}

func (s *sessions) token(id string, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, ok := s.known[id]
	if !ok || now.After(held.until) {
		delete(s.known, id)
		return ""
	}
	return held.token
}

func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, id)
}

// rates bound how often one caller asks.
type rates struct {
	mu    sync.Mutex
	each  rate.Limit
	burst int
	known map[string]*rate.Limiter
}

// mostCallers bounds the limiters kept. Past it all begin anew, which gives every caller one burst more.
const mostCallers = 10_000

func newRates(each float64, burst int) *rates {
	return &rates{each: rate.Limit(each), burst: burst, known: map[string]*rate.Limiter{}}
}

func (r *rates) allow(who string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.known[who]
	if l == nil {
		if len(r.known) >= mostCallers {
			clear(r.known)
		}
		l = rate.NewLimiter(r.each, r.burst)
		r.known[who] = l
	}
	return l.Allow()
}

// address is where a request comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

type callerKey struct{}

// callerOf is who makes the request; only() has found it out.
func callerOf(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey{}).(caller)
	return c
}

// who finds out who makes the request; wrong: a token was shown that is nobody's.
func (s *Service) who(r *http.Request) (c caller, wrong bool) {
	if _, token := service.Shown(r); token != "" {
		c, known := s.config.Door.of(token)
		return c, !known
	}
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if c, known := s.config.Door.of(s.sessions.token(cookie.Value, time.Now())); known {
			return c, false
		}
	}
	if s.local && service.Loopback(r.Host) && s.config.Door.open() {
		return caller{Role: operator, Open: true}, false
	}
	return caller{}, false
}

// only lets those in who have at least the role. Who has none is asked for a token; a page leads to where it is asked for.
func (s *Service) only(least role, do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, wrong := s.who(r)
		program := strings.HasPrefix(r.URL.Path, "/api/") || r.Header.Get("Authorization") != ""
		switch {
		case wrong && !s.attempts.allow(address(r)), !s.requests.allow(address(r) + " " + c.Org):
			w.Header().Set("Retry-After", "1")
			s.refuse(w, r, program, service.Problem{Status: http.StatusTooManyRequests, Title: "too many requests"})
		case c.Role == 0 && program:
			w.Header().Set("WWW-Authenticate", `Bearer realm="oneorder", Basic realm="oneorder", charset="UTF-8"`)
			s.refuse(w, r, program, service.Problem{Status: http.StatusUnauthorized, Title: "a token is needed", Detail: "send Authorization: Bearer TOKEN"})
		case c.Role == 0:
			secure(w)
			http.Redirect(w, r, "/sign-in?back="+queryEscape(r.URL.RequestURI()), http.StatusSeeOther) //nolint:gosec // a path of ours
		case c.Role < least:
			s.refuse(w, r, program, service.Problem{Status: http.StatusForbidden, Title: "this is not for your role"})
		default:
			do(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
		}
	}
}

func (s *Service) refuse(w http.ResponseWriter, r *http.Request, program bool, p service.Problem) {
	if program {
		p.Write(w)
		return
	}
	view := lookupView{frame: s.frame(r, "")}
	view.Failure = p.Title
	s.show(w, "refused", p.Status, &view.frame, view)
}

type signInView struct {
	frame
	Back string
}

func (s *Service) signInPage(w http.ResponseWriter, r *http.Request) {
	view := signInView{frame: s.frame(r, "Sign in"), Back: ownPath(r.URL.Query().Get("back"))}
	s.show(w, "sign-in", http.StatusOK, &view.frame, view)
}

// maxForm bounds what a form may send.
const maxForm = 2 << 20

// signIn begins a session with a token. No script reads its cookie, and no form of another site sends it; a link from elsewhere does, so that
// an address can be shared.
func (s *Service) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	view := signInView{frame: s.frame(r, "Sign in"), Back: ownPath(r.PostFormValue("back"))}
	token := strings.TrimSpace(r.PostFormValue("token"))
	if !s.attempts.allow(address(r)) {
		w.Header().Set("Retry-After", "10")
		view.Failure = "Too many attempts. Wait a little."
		s.show(w, "sign-in", http.StatusTooManyRequests, &view.frame, view)
		return
	}
	if _, known := s.config.Door.of(token); !known {
		view.Failure = "This token is nobody's. It may have been rotated or removed."
		s.show(w, "sign-in", http.StatusForbidden, &view.frame, view)
		return
	}
	s.setSession(w, r, s.sessions.begin(token, time.Now()), int(sessionLasts.Seconds()))
	secure(w)
	http.Redirect(w, r, view.Back, http.StatusSeeOther)
}

func (s *Service) signOut(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		s.sessions.end(cookie.Value)
	}
	s.setSession(w, r, "", -1)
	secure(w)
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// setSession sets the cookie; it is kept from plain HTTP wherever the request came by TLS, here or at a proxy.
func (s *Service) setSession(w http.ResponseWriter, r *http.Request, id string, age int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where there is TLS; on loopback there is none
		Name: sessionCookie, Value: id, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
	})
}
