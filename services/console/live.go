package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// How often the broker and the warehouse are asked: while somebody watches, and else. One poller serves every page.
const (
	watchedEvery   = 2 * time.Second
	unwatchedEvery = 15 * time.Second
	loadEvery      = 10 * time.Second // the warehouse
	historyPoints  = 150
	mostWatchers   = 1000
	beatEvery      = 20 * time.Second // a comment to a page of which nothing changed, so that no proxy closes it
	sendWithin     = 10 * time.Second
)

// Picture is the state of streams, readers and warehouse at one moment.
type Picture struct {
	At        time.Time       `json:"at"`
	Streams   []StreamState   `json:"streams"`
	Readers   []ReaderState   `json:"readers"`
	Warehouse *WarehouseState `json:"warehouse"` // nil: it does not answer
	Health    []Remark        `json:"health"`
}

// StreamState is a stream, and how fast it grows.
type StreamState struct {
	Name     string    `json:"name"`
	Messages uint64    `json:"messages"`
	Bytes    uint64    `json:"bytes"`
	MaxBytes int64     `json:"max_bytes"` // -1: no limit
	First    uint64    `json:"first_sequence"`
	Last     uint64    `json:"last_sequence"`
	Rate     float64   `json:"messages_per_s"`
	History  []float64 `json:"history"` // of the rate, oldest first
}

// Fill is the share of the limit that is used, in percent; 0 without a limit.
func (s StreamState) Fill() float64 {
	if s.MaxBytes <= 0 {
		return 0
	}
	return 100 * float64(s.Bytes) / float64(s.MaxBytes)
}

// ReaderState is a reader of a stream: how far it is, how fast, and who does it.
type ReaderState struct {
	Name         string     `json:"name"`
	Stream       string     `json:"stream"`
	Written      uint64     `json:"written"`
	Lag          uint64     `json:"lag"`
	OldestUnread *time.Time `json:"oldest_unread"`
	Rate         float64    `json:"messages_per_s"`
	BatchFirst   uint64     `json:"batch_first"` // under way, or the last that took effect
	BatchLast    uint64     `json:"batch_last"`
	Updated      time.Time  `json:"updated"`
	Epoch        uint64     `json:"epoch"`
	Generation   uint64     `json:"generation"`
	Holder       string     `json:"lease_holder"` // "": the reader has no lease
	Renewed      *time.Time `json:"lease_renewed"`
	Standbys     []string   `json:"standbys"`
	Paused       *Paused    `json:"paused"`  // nil: it does not rest
	History      []float64  `json:"history"` // of the rate, oldest first
	LagHistory   []float64  `json:"lag_history"`
}

// Paused says since when a reader rests, and who asked for it.
type Paused struct {
	Since time.Time `json:"since"`
	By    string    `json:"by"`
}

// WarehouseState is what ClickHouse carries.
type WarehouseState struct {
	Tables        []TableState `json:"tables"`
	Disks         []DiskState  `json:"disks"`
	Inserts       uint64       `json:"inserts"` // since the server started
	FailedInserts uint64       `json:"failed_inserts"`
	InsertRate    float64      `json:"inserts_per_s"`
	RowRate       float64      `json:"rows_per_s"`
	History       []float64    `json:"history"` // of the rows a second, oldest first
}

// TableState is a table on disk.
type TableState struct {
	Name      string `json:"name"`
	Rows      uint64 `json:"rows"`
	Bytes     uint64 `json:"bytes"`
	Parts     uint64 `json:"parts"`
	MostParts uint64 `json:"most_parts_of_a_partition"`
}

// DiskState is a disk of the warehouse.
type DiskState struct {
	Name  string `json:"name"`
	Free  uint64 `json:"free_bytes"`
	Total uint64 `json:"total_bytes"`
}

// Used is the share of the disk that is used, in percent.
func (d DiskState) Used() float64 {
	if d.Total == 0 {
		return 0
	}
	return 100 * (1 - float64(d.Free)/float64(d.Total))
}

// board keeps the picture and hands it to every page that watches.
type board struct {
	mu       sync.Mutex
	picture  *Picture
	rendered map[string][]byte // of the picture, by language and by whether who looks may act
	changed  chan struct{}     // closed when there is a new picture
	watchers int
	wake     chan struct{} // somebody has begun to watch
	renew    chan struct{} // somebody has changed what the picture shows
}

func newBoard() *board {
	return &board{changed: make(chan struct{}), wake: make(chan struct{}, 1), renew: make(chan struct{}, 1)}
}

func (b *board) show(p *Picture) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.picture, b.rendered = p, map[string][]byte{}
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *board) current() (*Picture, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.picture, b.changed
}

// pictureView is the picture as a page shows it.
type pictureView struct {
	*Picture
	Acts bool // who looks may pause and resume readers
}

// message is the picture as an event of the stream of a page, made once for all pages of the language whose reader may do the same.
func (b *board) message(l *language, acts bool) ([]byte, <-chan struct{}, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.picture == nil {
		return nil, b.changed, nil
	}
	key := l.Code + strconv.FormatBool(acts)
	if done, ok := b.rendered[key]; ok {
		return done, b.changed, nil
	}
	var fragment bytes.Buffer
	if err := pages()[l.Code].ExecuteTemplate(&fragment, "picture", pictureView{b.picture, acts}); err != nil {
		return nil, b.changed, err
	}
	message := []byte("event: picture\n")
	for line := range bytes.Lines(fragment.Bytes()) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			message = append(append(append(message, "data: "...), line...), '\n')
		}
	}
	message = append(message, '\n')
	b.rendered[key] = message
	return message, b.changed, nil
}

var errWatchers = errors.New("too many pages watch")

func (b *board) watch(by int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if by > 0 && b.watchers >= mostWatchers {
		return errWatchers
	}
	b.watchers += by
	if by > 0 {
		select {
		case b.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

func (b *board) watched() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.watchers > 0
}

// poller asks the broker and the warehouse, and works out rates between one answer and the next.
type poller struct {
	service  *Service
	before   *Picture
	load     warehouse.Load // the last that there was
	loadAt   time.Time      // when; zero: never
	asked    time.Time      // when the warehouse was asked last, and how that ended
	loadErr  error
	readings map[string][]float64 // histories by what they are of
	inserts  WarehouseState
}

// poll keeps the board up to date until ctx ends.
func (s *Service) poll(ctx context.Context) {
	p := &poller{service: s, readings: map[string][]float64{}}
	for {
		if picture := p.take(ctx); ctx.Err() == nil {
			s.board.show(picture)
			p.before = picture
		}
		every := unwatchedEvery
		if s.board.watched() {
			every = watchedEvery
		}
		timer := time.NewTimer(every)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-s.board.wake:
			timer.Stop()
			// Not more often than pages that watch are told.
			select {
			case <-ctx.Done():
				return
			case <-time.After(watchedEvery - min(watchedEvery, time.Since(p.before.At))):
			}
		case <-s.board.renew:
			timer.Stop()
		case <-timer.C:
		}
	}
}

func (p *poller) take(ctx context.Context) *Picture {
	ctx, cancel := context.WithTimeout(ctx, p.service.config.AnswerWithin)
	defer cancel()
	picture := &Picture{At: time.Now().UTC(), Streams: []StreamState{}, Readers: []ReaderState{}}
	streams, err := p.service.stream.Streams(ctx)
	var readers []stream.ReaderInfo
	if err == nil {
		readers, err = p.service.stream.Readers(ctx)
	}
	for i := range streams {
		picture.Streams = append(picture.Streams, p.streamState(picture.At, &streams[i]))
	}
	for i := range readers {
		picture.Readers = append(picture.Readers, p.readerState(picture.At, &readers[i]))
	}
	if time.Since(p.asked) >= loadEvery {
		p.takeLoad(ctx)
	}
	if p.loadErr == nil {
		state := p.inserts
		picture.Warehouse = &state
	}
	picture.Health = examine(picture, err, p.loadErr)
	return picture
}

// seconds is the time since the picture before.
func (p *poller) seconds(at time.Time) float64 {
	if p.before == nil {
		return 0
	}
	return at.Sub(p.before.At).Seconds()
}

// note adds a reading to a history and returns a copy of that.
func (p *poller) note(name string, value float64) []float64 {
	h := append(p.readings[name], value)
	if len(h) > historyPoints {
		h = h[len(h)-historyPoints:]
	}
	p.readings[name] = h
	return append([]float64(nil), h...)
}

// perSecond is the growth from before to now; nothing when it went back, since something began anew.
func perSecond(before, now uint64, seconds float64) float64 {
	if seconds <= 0 || now < before {
		return 0
	}
	return float64(now-before) / seconds
}

func (p *poller) streamState(at time.Time, info *stream.StreamInfo) StreamState {
	s := StreamState{
		Name: info.Name, Messages: info.Messages, Bytes: info.Bytes, MaxBytes: info.MaxBytes, First: info.First, Last: info.Last,
	}
	if p.before != nil {
		for _, b := range p.before.Streams {
			if b.Name == s.Name {
				s.Rate = perSecond(b.Last, s.Last, p.seconds(at))
			}
		}
	}
	s.History = p.note("stream "+s.Name, s.Rate)
	return s
}

func (p *poller) readerState(at time.Time, info *stream.ReaderInfo) ReaderState {
	r := ReaderState{
		Name: info.Name, Stream: info.Stream, Written: info.Written, Lag: info.Lag, OldestUnread: known(info.OldestUnread),
		BatchFirst: info.First, BatchLast: info.Last, Updated: info.Updated, Epoch: info.Epoch, Generation: info.Generation,
		Holder: info.Holder, Renewed: known(info.Renewed), Standbys: list(info.Standbys),
	}
	if p.before != nil {
		for i := range p.before.Readers {
			b := &p.before.Readers[i]
			if b.Name != r.Name {
				continue
			}
			r.Rate = perSecond(b.Written, r.Written, p.seconds(at))
			if r.BatchLast == 0 { // none under way: the last one stays in sight
				r.BatchFirst, r.BatchLast = b.BatchFirst, b.BatchLast
			}
		}
	}
	if info.Paused != nil {
		r.Paused = &Paused{Since: info.Paused.Since, By: info.Paused.By}
	}
	r.History = p.note("reader "+r.Name, r.Rate)
	r.LagHistory = p.note("lag "+r.Name, float64(r.Lag))
	return r
}

func (p *poller) takeLoad(ctx context.Context) {
	now := time.Now()
	load, err := p.service.warehouse.Load(ctx)
	p.service.asked("load", err)
	if p.asked, p.loadErr = now, err; err != nil {
		return
	}
	state := WarehouseState{Tables: []TableState{}, Disks: []DiskState{}, Inserts: load.Inserts, FailedInserts: load.FailedInserts}
	for _, t := range load.Tables {
		state.Tables = append(state.Tables, TableState(t))
	}
	for _, d := range load.Disks {
		state.Disks = append(state.Disks, DiskState(d))
	}
	if !p.loadAt.IsZero() {
		seconds := now.Sub(p.loadAt).Seconds()
		state.InsertRate = perSecond(p.load.Inserts, load.Inserts, seconds)
		state.RowRate = perSecond(p.load.InsertedRows, load.InsertedRows, seconds)
	}
	state.History = p.note("rows", state.RowRate)
	p.load, p.loadAt, p.inserts = load, now, state
}

type liveView struct {
	frame
	Picture *pictureView
}

func (s *Service) operations(w http.ResponseWriter, r *http.Request) {
	view := liveView{frame: s.frame(r, "Operations")}
	view.Section = "operations"
	if picture, _ := s.board.current(); picture != nil {
		view.Picture = &pictureView{picture, view.Who.Operator()}
	}
	s.show(w, "operations", http.StatusOK, &view.frame, view)
}

func (s *Service) pictureJSON(w http.ResponseWriter, _ *http.Request) {
	picture, _ := s.board.current()
	if picture == nil {
		answer(w, nil, errors.New("nothing is known yet"))
		return
	}
	answer(w, picture, nil)
}

// live sends the picture to a page whenever there is a new one, as server-sent events, until the page goes or the console stops.
func (s *Service) live(w http.ResponseWriter, r *http.Request) {
	if err := s.board.watch(1); err != nil {
		w.Header().Set("Retry-After", "30")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	defer func() { _ = s.board.watch(-1) }()
	secure(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	l := languageOf(r)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	var sent *byte
	for {
		message, changed, err := s.board.message(l, callerOf(r).Operator())
		if err != nil {
			s.log.Error("picture not made", "error", err)
			return
		}
		if len(message) > 0 && &message[0] != sent {
			sent = &message[0]
			if send(w, control, message) != nil {
				return // the page has gone
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.stopping:
			return
		case <-changed:
		case <-beat.C:
			if send(w, control, []byte(": still here\n\n")) != nil {
				return
			}
		}
	}
}

// send writes at once. A page that does not take it in time is given up: it asks again by itself.
func send(w http.ResponseWriter, control *http.ResponseController, message []byte) error {
	if err := control.SetWriteDeadline(time.Now().Add(sendWithin)); err != nil {
		return err
	}
	if _, err := w.Write(message); err != nil {
		return err
	}
	return control.Flush()
}

// Remark is something that is wrong, or will be, in words.
type Remark struct {
	Level string `json:"level"` // bad, warn
	Text  string `json:"text"`  // English, with the verbs of fmt
	Args  []any  `json:"args"`
}

// String is the remark in English.
func (r Remark) String() string { return fmt.Sprintf(r.Text, r.Args...) }

// The bounds past which something is remarked.
const (
	lateSeconds    = 60
	leaseSeconds   = 15
	fillWarn       = 50.0
	fillBad        = 85.0
	diskWarn       = 80.0
	diskBad        = 92.0
	partsWarn      = 300
	backlogSeconds = 600
)

// examine says what is wrong in the picture.
func examine(p *Picture, broker, store error) []Remark {
	remarks := []Remark{}
	add := func(level, text string, args ...any) {
		remarks = append(remarks, Remark{Level: level, Text: text, Args: append([]any{}, args...)})
	}
	if broker != nil {
		add("bad", "The broker does not answer: nothing is read or taken in.")
	}
	if store != nil {
		add("bad", "ClickHouse does not answer: the readers wait for it, nothing is lost.")
	}
	for i := range p.Streams {
		s := &p.Streams[i]
		switch fill := s.Fill(); {
		case fill >= fillBad:
			add("bad", "%s is %.0f %% full: when it is full, publishers are refused.", s.Name, fill)
		case fill >= fillWarn:
			add("warn", "%s is %.0f %% full.", s.Name, fill)
		}
	}
	for i := range p.Readers {
		examineReader(&p.Readers[i], p.At, add)
	}
	if w := p.Warehouse; w != nil {
		for _, d := range w.Disks {
			switch used := d.Used(); {
			case used >= diskBad:
				add("bad", "The disk %s of ClickHouse is %.0f %% full.", d.Name, used)
			case used >= diskWarn:
				add("warn", "The disk %s of ClickHouse is %.0f %% full.", d.Name, used)
			}
		}
		for _, t := range w.Tables {
			if t.MostParts >= partsWarn {
				add("warn", "The table %s has %d parts in one partition: merges do not keep up with inserts.", t.Name, t.MostParts)
			}
		}
	}
	return remarks
}

func examineReader(r *ReaderState, now time.Time, add func(level, text string, args ...any)) {
	if r.Renewed != nil && now.Sub(*r.Renewed).Seconds() > leaseSeconds {
		add("bad", "Nobody does the work of %s: its lease was last renewed %d s ago.", r.Name, int(now.Sub(*r.Renewed).Seconds()))
		return
	}
	if p := r.Paused; p != nil {
		add("warn", "%s is paused by %s since %s: %d messages wait.", r.Name, p.By, p.Since.UTC().Format("2006-01-02 15:04 MST"), r.Lag)
		return
	}
	if r.Lag == 0 || r.OldestUnread == nil {
		return
	}
	age := now.Sub(*r.OldestUnread).Seconds()
	switch {
	case age > lateSeconds && r.Rate == 0 && now.Sub(r.Updated).Seconds() > lateSeconds:
		add("bad", "%s stands still: %d messages wait, the oldest for %d s.", r.Name, r.Lag, int(age))
	case age > backlogSeconds:
		add("warn", "%s is behind: the oldest of %d messages waits for %d s.", r.Name, r.Lag, int(age))
	case age > lateSeconds && r.Rate == 0:
		add("warn", "%s is slow: the oldest of %d messages waits for %d s.", r.Name, r.Lag, int(age))
	}
}
