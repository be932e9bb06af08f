package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress shows how far a run is: a bar redrawn in place on a terminal, else a line now and then.
type progress struct {
	out      io.Writer
	terminal bool
	what     string
	total    int // 0: not known
	done     int
	began    time.Time
	drawn    time.Time
	dirty    bool // the terminal's line holds a bar
}

func newProgress(out *os.File, what string, total int) *progress {
	return &progress{out: out, terminal: term.IsTerminal(int(out.Fd())), what: what, total: total, began: time.Now()}
}

// add says that n more are done.
func (p *progress) add(n int) { p.set(p.done + n) }

// set says how many are done.
func (p *progress) set(done int) {
	p.done = done
	every := 100 * time.Millisecond
	if !p.terminal {
		every = 5 * time.Second
		if p.drawn.IsZero() {
			p.drawn = p.began
		}
	}
	if time.Since(p.drawn) >= every {
		p.draw()
	}
}

func (p *progress) draw() {
	p.drawn = time.Now()
	rate := float64(p.done) / max(time.Since(p.began).Seconds(), 0.001)
	text := fmt.Sprintf("%9d %s  %.0f a second", p.done, p.what, rate)
	if p.total > 0 {
		const width = 32
		full := min(width, width*p.done/p.total)
		text = fmt.Sprintf("[%s%s] %3d %%  %d of %d %s  %.0f a second",
			strings.Repeat("█", full), strings.Repeat("·", width-full), 100*p.done/p.total, p.done, p.total, p.what, rate)
	}
	if p.terminal {
		fmt.Fprintf(p.out, "\r\x1b[K%s", text)
		p.dirty = true
	} else {
		fmt.Fprintln(p.out, strings.TrimSpace(text))
	}
}

// pause clears the bar, so that a line can be written.
func (p *progress) pause() {
	if p.dirty {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.dirty = false
	}
}

// end draws the last state and leaves it standing.
func (p *progress) end() {
	if p.terminal && p.done > 0 {
		p.draw()
		fmt.Fprintln(p.out)
		p.dirty = false
	}
}
