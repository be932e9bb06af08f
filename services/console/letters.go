package console

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

const (
	mostLetters = 200    // shown of those that a filter lets through, the newest
	mostRead    = 50_000 // looked at for one page
	defaultDays = 7
	keptDays    = 90 // that REJECTED keeps
)

// Letter is a message that was refused.
type Letter struct {
	ID       uint64       `json:"id"`
	At       time.Time    `json:"at"`
	Org      string       `json:"org"`
	Stage    string       `json:"stage"`
	Subject  string       `json:"subject"`
	Sequence uint64       `json:"sequence"`
	Bytes    int          `json:"bytes"`
	Faults   trade.Faults `json:"faults"`
	Resolved *time.Time   `json:"resolved"`
	By       string       `json:"resolved_by"` // subject and sequence of what was sent instead; "": nothing was
}

// Letters is what a filter lets through.
type Letters struct {
	Filter  letterFilter  `json:"filter"`
	Total   int           `json:"total"`   // that the filter lets through
	Letters []Letter      `json:"letters"` // the newest of them
	Orgs    []letterCount `json:"orgs"`    // whatever the filter says of organisation and code
	Codes   []letterCount `json:"codes"`   // of the organisation
	Partial bool          `json:"partial"` // there are more than are looked at
}

type letterCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// letterFilter says which letters are meant.
type letterFilter struct {
	Org  string `json:"org"`
	Code string `json:"code"`
	Days int    `json:"days"`
	All  bool   `json:"resolved"` // those that are resolved as well
	To   uint64 `json:"to"`       // up to this one; 0: all
}

func filterOf(r *http.Request) letterFilter {
	f := letterFilter{Org: r.FormValue("org"), Code: r.FormValue("code"), Days: defaultDays, All: r.FormValue("resolved") != ""}
	if days, err := strconv.Atoi(r.FormValue("days")); err == nil && days > 0 {
		f.Days = min(days, keptDays)
	}
	f.To, _ = strconv.ParseUint(r.FormValue("to"), 10, 64) // 0 when there is none
	if scope := callerOf(r).scope(); scope != "" {
		f.Org = scope
	}
	return f
}

// Query is the filter as the query of an address.
func (f letterFilter) Query() string {
	q := url.Values{"days": {strconv.Itoa(f.Days)}}
	for name, value := range map[string]string{"org": f.Org, "code": f.Code} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.All {
		q.Set("resolved", "1")
	}
	return q.Encode()
}

func (f letterFilter) has(l *Letter) bool {
	return (f.Org == "" || l.Org == f.Org) &&
		(f.Code == "" || l.Faults.Has(f.Code)) &&
		(f.All || l.Resolved == nil) && (f.To == 0 || l.ID <= f.To)
}

func letterOf(r *stream.Rejection, resolved stream.Resolutions) Letter {
	l := Letter{
		ID: r.ID, At: r.Time, Org: r.Org, Stage: r.Stage, Subject: r.Subject, Sequence: r.Sequence, Bytes: len(r.Data), Faults: r.Faults,
	}
	if by, ok := resolved.Of(r); ok {
		l.Resolved = &by.Time
		if by.Subject != "" {
			l.By = fmt.Sprintf("%s %d", by.Subject, by.Sequence)
		}
	}
	return l
}

// letters reads the rejections that the filter means; each, if there is one, is called with every one of them, oldest first.
func (s *Service) letters(ctx context.Context, f letterFilter, scope string, each func(stream.Rejection)) (Letters, error) {
	found := Letters{Filter: f, Letters: []Letter{}}
	org := cmp.Or(scope, "*")
	since := time.Now().AddDate(0, 0, -f.Days)
	resolved, err := s.stream.Resolved(ctx, org, since)
	if err != nil {
		return found, err
	}
	orgs, codes, read := map[string]int{}, map[string]int{}, 0
	for r, err := range s.stream.Rejected(ctx, org, since) {
		if err != nil {
			return found, err
		}
		if read++; read > mostRead {
			found.Partial = true
			break
		}
		l := letterOf(&r, resolved)
		if f.All || l.Resolved == nil {
			orgs[l.Org]++
			if f.Org == "" || l.Org == f.Org {
				for _, code := range codesOf(l.Faults) {
					codes[code]++
				}
			}
		}
		if !f.has(&l) {
			continue
		}
		found.Total++
		if found.Letters = append(found.Letters, l); len(found.Letters) > 2*mostLetters {
			found.Letters = slices.Delete(found.Letters, 0, len(found.Letters)-mostLetters)
		}
		if each != nil {
			each(r)
		}
	}
	slices.Reverse(found.Letters)
	found.Letters = found.Letters[:min(len(found.Letters), mostLetters)]
	found.Orgs, found.Codes = counted(orgs), counted(codes)
	return found, nil
}

func codesOf(faults trade.Faults) []string {
	var codes []string
	for _, f := range faults {
		if !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

func counted(m map[string]int) []letterCount {
	all := make([]letterCount, 0, len(m))
	for name, n := range m {
		all = append(all, letterCount{name, n})
	}
	slices.SortFunc(all, func(a, b letterCount) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name)) })
	return all
}

type lettersView struct {
	frame
	Letters
	Days []int
	Act  string // bulk: retry or resolve
	Done *bulkDone
}

type bulkDone struct {
	Sent, Skipped int
	Errors        []string
}

const brokerAway = "The broker does not answer. The page works again as soon as it does."

func (s *Service) lettersPage(w http.ResponseWriter, r *http.Request) {
	view := lettersView{frame: s.frame(r, "Rejected"), Days: []int{1, 7, 30, 90}}
	view.Section = "rejected"
	s.showLetters(w, r, filterOf(r), view, "rejected")
}

func (s *Service) showLetters(w http.ResponseWriter, r *http.Request, f letterFilter, view lettersView, page string) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	found, err := s.letters(ctx, f, callerOf(r).scope(), nil)
	view.Letters = found
	status := http.StatusOK
	if err != nil {
		view.Failure, status = brokerAway, http.StatusServiceUnavailable
	}
	s.show(w, page, status, &view.frame, view)
}

// bulkPage shows what a filter means before anything is done to it.
func (s *Service) bulkPage(w http.ResponseWriter, r *http.Request) {
	view := lettersView{frame: s.frame(r, "Rejected"), Act: "resolve"}
	view.Section = "rejected"
	if r.FormValue("act") == "retry" {
		view.Act = "retry"
	}
	f := filterOf(r)
	f.All = false // to what is resolved nothing is done
	s.showLetters(w, r, f, view, "bulk")
}

const bulkWithin = 50 * time.Second // within the time that the server has for an answer

// bulk does to what a filter means what was seen in the preview: to none that came after it.
func (s *Service) bulk(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	view := lettersView{frame: s.frame(r, "Rejected"), Act: r.FormValue("act"), Done: &bulkDone{}}
	view.Section = "rejected"
	f := filterOf(r)
	if f.To == 0 || view.Act != "retry" && view.Act != "resolve" {
		s.refuse(w, r, false, service.Problem{Status: http.StatusBadRequest, Title: "the form is not whole"})
		return
	}
	f.All = false
	ctx, cancel := context.WithTimeout(r.Context(), bulkWithin)
	defer cancel()
	var meant []stream.Rejection
	found, err := s.letters(ctx, f, callerOf(r).scope(), func(one stream.Rejection) { meant = append(meant, one) })
	view.Letters = found
	if err != nil {
		meant = nil // all of them, or none
	}
	for i := range meant {
		one := &meant[i]
		var fault error
		if view.Act == "retry" {
			_, fault = s.send(ctx, callerOf(r), one)
		} else {
			fault = s.setAside(ctx, one)
		}
		if fault == nil {
			view.Done.Sent++
			continue
		}
		view.Done.Skipped++
		if len(view.Done.Errors) < 20 {
			view.Done.Errors = append(view.Done.Errors, fault.Error())
		}
	}
	status := http.StatusOK
	if err != nil {
		view.Failure, status = brokerAway, http.StatusServiceUnavailable
	}
	s.show(w, "bulk", status, &view.frame, view)
}

var errNotYours = errors.New("only an operator may send this again: it is not among the subjects of your organisation")

// maySend says why the caller may not send the rejection again. The console publishes with the rights of a service, so what an
// organisation may not publish at the broker must be refused here.
func maySend(c caller, r *stream.Rejection) error {
	org := c.scope()
	if org == "" {
		return nil
	}
	if r.Subject == "" && r.Org == org {
		return nil // an event over HTTP whose type could not be read: it cannot be sent before it has one, and is asked again then
	}
	for _, own := range []string{"events." + org + ".", "inbox." + org + "."} {
		if strings.HasPrefix(r.Subject, own) && !strings.HasPrefix(r.Subject, "events."+org+".trade.link.") {
			return nil
		}
	}
	return errNotYours
}

type letterView struct {
	frame
	Letter Letter
	Header map[string]string
	Text   string // of the message, to be edited
	Binary bool   // it is no text
	May    bool   // who asks may send it again
	Fresh  trade.Faults
	Sent   string // subject and sequence
}

// letter finds one that who asks may see.
func (s *Service) letter(ctx context.Context, r *http.Request) (stream.Rejection, Letter, error) {
	id, err := strconv.ParseUint(r.PathValue("id"), 10, 64)
	if err != nil || id == 0 {
		return stream.Rejection{}, Letter{}, stream.ErrNoRejection
	}
	org := cmp.Or(callerOf(r).scope(), "*")
	one, err := s.stream.Rejection(ctx, org, id)
	if err != nil {
		return one, Letter{}, err
	}
	resolved, err := s.stream.Resolved(ctx, one.Org, one.Time)
	return one, letterOf(&one, resolved), err
}

func (s *Service) letterPage(w http.ResponseWriter, r *http.Request) {
	s.showLetter(w, r, func(context.Context, *letterView, *stream.Rejection) int { return http.StatusOK })
}

// showLetter finds a letter, does something with it and shows it.
func (s *Service) showLetter(w http.ResponseWriter, r *http.Request, do func(context.Context, *letterView, *stream.Rejection) int) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	one, letter, err := s.letter(ctx, r)
	switch {
	case errors.Is(err, stream.ErrNoRejection):
		s.refuse(w, r, false, service.Problem{Status: http.StatusNotFound, Title: "no such rejection"})
		return
	case err != nil:
		s.refuse(w, r, false, service.Problem{Status: http.StatusServiceUnavailable, Title: brokerAway})
		return
	}
	view := letterView{frame: s.frame(r, "Rejected"), Letter: letter, Header: one.Header, Text: editable(one.Data), Binary: !utf8.Valid(one.Data)}
	view.Section = "rejected"
	view.May = callerOf(r).Acts() && maySend(callerOf(r), &one) == nil
	status := do(ctx, &view, &one)
	s.show(w, "letter", status, &view.frame, view)
}

// editable is a message as it is best edited: JSON with a line for each member.
func editable(data []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, data, "", "  ") == nil {
		return out.String()
	}
	return string(data)
}

// edited is what was made of a message in a form, whose line ends a browser changes: the message itself, if nothing else was.
func edited(one *stream.Rejection, text string) []byte {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for _, same := range []string{editable(one.Data), string(one.Data)} {
		if text == strings.ReplaceAll(same, "\r\n", "\n") {
			return one.Data
		}
	}
	return []byte(text)
}

// faultsOf says what a message would be refused for again.
func faultsOf(one *stream.Rejection) trade.Faults {
	var faults trade.Faults
	errors.As(intake.Arrives(one), &faults)
	return faults
}

// act lets those act who may: operators, and organisations on what is their own.
func (s *Service) act(do http.HandlerFunc) http.HandlerFunc {
	return s.only(member, func(w http.ResponseWriter, r *http.Request) {
		if !callerOf(r).Acts() {
			s.refuse(w, r, strings.HasPrefix(r.URL.Path, "/api/"), service.Problem{Status: http.StatusForbidden, Title: "this is not for your role"})
			return
		}
		do(w, r)
	})
}

func (s *Service) retry(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, false, service.Problem{Status: http.StatusRequestEntityTooLarge, Title: "the message is too large to be edited here"})
		return
	}
	s.showLetter(w, r, func(ctx context.Context, view *letterView, one *stream.Rejection) int {
		if !view.Binary && r.Form.Has("text") {
			one.Data = edited(one, r.PostFormValue("text"))
		}
		view.Text = editable(one.Data)
		if view.Fresh = faultsOf(one); len(view.Fresh) > 0 && r.PostFormValue("anyway") == "" {
			return http.StatusUnprocessableEntity
		}
		receipt, err := s.send(ctx, callerOf(r), one)
		if err != nil {
			view.Failure = err.Error()
			return http.StatusConflict
		}
		now := time.Now()
		view.Letter.Resolved, view.Fresh = &now, nil
		view.Sent = fmt.Sprintf("%s %d", one.Subject, receipt.Sequence)
		return http.StatusOK
	})
}

// traceOf is the trace of whoever published the message.
func traceOf(one *stream.Rejection) string {
	header := make(map[string][]string, len(one.Header))
	for name, value := range one.Header {
		header[name] = []string{value}
	}
	return wire.TraceParent(header, one.Data)
}

// send sends the message again, if the caller may.
func (s *Service) send(ctx context.Context, c caller, one *stream.Rejection) (stream.Receipt, error) {
	if err := maySend(c, one); err != nil {
		return stream.Receipt{}, err
	}
	receipt, err := s.stream.Retry(ctx, *one)
	if err == nil {
		s.log.Info("rejection sent again", "id", one.ID, "org", one.Org, "subject", one.Subject, "sequence", receipt.Sequence, "traceparent", traceOf(one))
		s.metrics.letters.WithLabelValues("retry").Inc()
	}
	return receipt, err
}

// setAside says that nothing is sent instead of the message.
func (s *Service) setAside(ctx context.Context, one *stream.Rejection) error {
	err := s.stream.Resolve(ctx, one.Org, one.ID, stream.Resolution{})
	if err == nil {
		s.metrics.letters.WithLabelValues("resolve").Inc()
	}
	return err
}

func (s *Service) resolve(w http.ResponseWriter, r *http.Request) {
	s.showLetter(w, r, func(ctx context.Context, view *letterView, one *stream.Rejection) int {
		if err := s.setAside(ctx, one); err != nil {
			view.Failure = brokerAway
			return http.StatusServiceUnavailable
		}
		now := time.Now()
		view.Letter.Resolved = &now
		return http.StatusOK
	})
}

func (s *Service) lettersJSON(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
	defer cancel()
	found, err := s.letters(ctx, filterOf(r), callerOf(r).scope(), nil)
	if err != nil {
		brokerProblem.Write(w)
		return
	}
	answer(w, found, nil)
}

var (
	brokerProblem = service.Problem{Status: http.StatusServiceUnavailable, Title: "the broker does not answer"}
	noLetter      = service.Problem{Status: http.StatusNotFound, Title: "no such rejection"}
)

// FullLetter is a letter with the message as it came.
type FullLetter struct {
	Letter
	Header   map[string]string `json:"header"`
	Original string            `json:"original"`
}

// oneJSON finds a letter and answers with what do makes of it.
func (s *Service) oneJSON(do func(context.Context, *http.Request, *stream.Rejection, Letter) (any, *service.Problem)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		ctx, cancel := context.WithTimeout(r.Context(), s.config.AnswerWithin)
		defer cancel()
		one, letter, err := s.letter(ctx, r)
		switch {
		case errors.Is(err, stream.ErrNoRejection):
			noLetter.Write(w)
			return
		case err != nil:
			brokerProblem.Write(w)
			return
		}
		body, problem := do(ctx, r, &one, letter)
		if problem != nil {
			problem.Write(w)
			return
		}
		answer(w, body, nil)
	}
}

func letterJSON(_ context.Context, _ *http.Request, one *stream.Rejection, letter Letter) (any, *service.Problem) {
	return FullLetter{Letter: letter, Header: one.Header, Original: string(one.Data)}, nil
}

// Retried is the answer to sending a letter again.
type Retried struct {
	Subject  string `json:"subject"`
	Sequence uint64 `json:"sequence"`
}

// retryJSON sends a letter again: with the body of the request, if it has one, in the place of the message.
func (s *Service) retryJSON(ctx context.Context, r *http.Request, one *stream.Rejection, _ Letter) (any, *service.Problem) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, &service.Problem{Status: http.StatusRequestEntityTooLarge, Title: "the message is too large"}
	}
	if len(body) > 0 {
		one.Data = body
	}
	if faults := faultsOf(one); len(faults) > 0 {
		return nil, &service.Problem{Status: http.StatusUnprocessableEntity, Title: "it would be refused again", Faults: faults}
	}
	receipt, err := s.send(ctx, callerOf(r), one)
	if errors.Is(err, errNotYours) {
		return nil, &service.Problem{Status: http.StatusForbidden, Title: err.Error()}
	}
	if err != nil {
		return nil, &service.Problem{Status: http.StatusConflict, Title: err.Error()}
	}
	return Retried{one.Subject, receipt.Sequence}, nil
}

func (s *Service) resolveJSON(ctx context.Context, _ *http.Request, one *stream.Rejection, letter Letter) (any, *service.Problem) {
	if err := s.setAside(ctx, one); err != nil {
		return nil, &brokerProblem
	}
	now := time.Now().UTC()
	letter.Resolved = &now
	return letter, nil
}
