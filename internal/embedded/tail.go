package embedded

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
)

const tailLines = 12

// stackFrame is a line of a stack trace without symbols, which tells nobody anything.
var stackFrame = regexp.MustCompile(`^\d+\. \? @ 0x`)

// tail keeps the last lines written to it, for an error that quotes them, and
// passes everything on.
type tail struct {
	mu      sync.Mutex
	lines   []string
	partial []byte
	onward  io.Writer
	faulted chan struct{} // closed at the first line that reports an error
	once    sync.Once
}

func newTail(onward io.Writer) *tail {
	return &tail{onward: onward, faulted: make(chan struct{})}
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.partial = append(t.partial, p...)
	for {
		end := bytes.IndexByte(t.partial, '\n')
		if end < 0 {
			break
		}
		t.add(string(t.partial[:end]))
		t.partial = t.partial[end+1:]
	}
	if t.onward != nil {
		// Losing its talk must not end the engine.
		_, _ = t.onward.Write(p)
	}
	return len(p), nil
}

func (t *tail) add(line string) {
	line = strings.TrimSpace(line)
	if line == "" || stackFrame.MatchString(line) {
		return
	}
	if t.lines = append(t.lines, line); len(t.lines) > tailLines {
		t.lines = t.lines[1:]
	}
	if strings.HasPrefix(line, "Code: ") {
		t.once.Do(func() { close(t.faulted) })
	}
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	if rest := strings.TrimSpace(string(t.partial)); rest != "" {
		lines = append(lines[:len(lines):len(lines)], rest)
	}
	return strings.Join(lines, "\n")
}
