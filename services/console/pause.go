package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"oneorder/internal/service"
	"oneorder/internal/stream"
)

// operatorName is who pauses a reader, as far as the console knows: its operators share a token.
const operatorName = "operator"

// pauseReader and resumeReader let a reader rest and go on; the page shows it when they lead back to it.
func (s *Service) pauseReader(w http.ResponseWriter, r *http.Request) { s.restPage(w, r, s.pause) }

func (s *Service) resumeReader(w http.ResponseWriter, r *http.Request) { s.restPage(w, r, s.resume) }

func (s *Service) pauseJSON(w http.ResponseWriter, r *http.Request)  { s.restJSON(w, r, s.pause) }
func (s *Service) resumeJSON(w http.ResponseWriter, r *http.Request) { s.restJSON(w, r, s.resume) }

func (s *Service) pause(ctx context.Context, reader string) (*Paused, error) {
	p, err := s.stream.Pause(ctx, reader, operatorName, time.Now())
	if err != nil {
		return nil, err
	}
	s.log.Warn("reader paused", "reader", reader, "since", p.Since)
	return &Paused{Since: p.Since, By: p.By}, nil
}

func (s *Service) resume(ctx context.Context, reader string) (*Paused, error) {
	if err := s.stream.Resume(ctx, reader); err != nil {
		return nil, err
	}
	s.log.Warn("reader resumed", "reader", reader)
	return nil, nil
}

type rester func(ctx context.Context, reader string) (*Paused, error)

func (s *Service) restPage(w http.ResponseWriter, r *http.Request, do rester) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	if _, err := do(ctx, r.PathValue("name")); err != nil {
		s.refuse(w, r, false, restProblem(err))
		return
	}
	s.board.await(ctx, time.Now())
	secure(w)
	http.Redirect(w, r, "/operations", http.StatusSeeOther)
}

// Rested is the answer to a pause or a resumption.
type Rested struct {
	Name   string  `json:"name"`
	Paused *Paused `json:"paused"` // nil: it does not rest
}

func (s *Service) restJSON(w http.ResponseWriter, r *http.Request, do rester) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	paused, err := do(ctx, r.PathValue("name"))
	if err != nil {
		restProblem(err).Write(w)
		return
	}
	s.board.ask()
	answer(w, Rested{Name: r.PathValue("name"), Paused: paused}, nil)
}

func restProblem(err error) service.Problem {
	if errors.Is(err, stream.ErrNoReader) {
		return service.Problem{Status: http.StatusNotFound, Title: "no such reader"}
	}
	return service.Problem{Status: http.StatusServiceUnavailable, Title: brokerAway}
}

// ask has the picture taken anew now.
func (b *board) ask() {
	select {
	case b.renew <- struct{}{}:
	default:
	}
}

// await waits for a picture of after a moment, a few seconds at most: then the page shows the one there is.
func (b *board) await(ctx context.Context, moment time.Time) {
	ctx, cancel := context.WithTimeout(ctx, watchedEvery)
	defer cancel()
	b.ask()
	for {
		picture, changed := b.current()
		if picture != nil && picture.At.After(moment) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}
