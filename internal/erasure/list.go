package erasure

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Marker stands where a text was taken out.
const Marker = "[erased]"

// The lengths that a text on a list may have, in runes: one letter would take everything with it.
const (
	minRunes = 2
	maxRunes = 200
)

// List says which texts are to be taken out. It is safe for concurrent use as long as nobody adds to it; nil is an empty list.
type List struct {
	key     [sha256.Size]byte
	base    uint64 // of the rolling trace
	entries map[[sha256.Size]byte]entry
	traces  map[uint64]bool // of all entries: what is not among these needs no digest
	lengths []int           // of all entries, in runes, longest first
}

// entry is a text by its digest.
type entry struct {
	Digest string `json:"digest"` // HMAC-SHA-256 of the normal form, hexadecimal
	Trace  uint64 `json:"trace"`  // what a rolling look over a longer text finds it by
	Runes  int    `json:"runes"`
}

type document struct {
	Key     string  `json:"key"`
	Entries []entry `json:"entries"`
}

// New makes an empty list with a key of its own.
func New() *List {
	l := &List{}
	if _, err := rand.Read(l.key[:]); err != nil {
		panic(err) // never returned (crypto/rand)
	}
	l.init()
	return l
}

func (l *List) init() {
	sum := l.sum("trace")
	for _, b := range sum[:8] {
		l.base = l.base<<8 | uint64(b)
	}
	l.base |= 1
	l.entries, l.traces = make(map[[sha256.Size]byte]entry), make(map[uint64]bool)
}

func (l *List) sum(text string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, l.key[:])
	mac.Write([]byte(text))
	mac.Sum(sum[:0])
	return sum
}

// Parse reads what Marshal wrote. Nothing at all is no list: nil.
func Parse(data []byte) (*List, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil //nolint:nilnil // none is an empty list
	}
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("erasure list: %w", err)
	}
	l := &List{}
	if n, err := hex.Decode(l.key[:], []byte(doc.Key)); err != nil || n != len(l.key) {
		return nil, fmt.Errorf("erasure list: key of %d digits: want %d hexadecimal ones", len(doc.Key), 2*len(l.key))
	}
	l.init()
	for i, e := range doc.Entries {
		var sum [sha256.Size]byte
		if n, err := hex.Decode(sum[:], []byte(e.Digest)); err != nil || n != len(sum) || e.Runes < minRunes || e.Runes > maxRunes {
			return nil, fmt.Errorf("erasure list: entry %d is none", i)
		}
		l.put(sum, e)
	}
	return l, nil
}

// Marshal writes the list as JSON, the same for the same texts and key.
func (l *List) Marshal() []byte {
	if l == nil {
		return nil
	}
	doc := document{Key: hex.EncodeToString(l.key[:])}
	for _, e := range l.entries {
		doc.Entries = append(doc.Entries, e)
	}
	slices.SortFunc(doc.Entries, func(a, b entry) int { return strings.Compare(a.Digest, b.Digest) })
	text, _ := json.Marshal(doc) // strings and numbers always marshal
	return text
}

// Len is the number of texts.
func (l *List) Len() int {
	if l == nil {
		return 0
	}
	return len(l.entries)
}

// Digest names what the list does to events: "" for an empty one.
func (l *List) Digest() string {
	if l.Len() == 0 {
		return ""
	}
	sum := sha256.Sum256(l.Marshal())
	return hex.EncodeToString(sum[:])
}

// ErrText says that a text can't be on a list.
var ErrText = errors.New("a text to erase has from 2 to 200 characters, one of them a letter or digit")

// Add puts a text on the list: a name, an identity number, an address. It is found whatever its case and white space are.
func (l *List) Add(text string) error {
	normal := normalise(text)
	runes := normal.runes
	if len(runes) < minRunes || len(runes) > maxRunes || !slices.ContainsFunc(runes, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ErrText
	}
	var trace uint64
	for _, r := range runes {
		trace = trace*l.base + uint64(r)
	}
	sum := l.sum(string(runes))
	l.put(sum, entry{Digest: hex.EncodeToString(sum[:]), Trace: trace, Runes: len(runes)})
	return nil
}

func (l *List) put(sum [sha256.Size]byte, e entry) {
	l.entries[sum], l.traces[e.Trace] = e, true
	if !slices.Contains(l.lengths, e.Runes) {
		l.lengths = append(l.lengths, e.Runes)
		slices.SortFunc(l.lengths, func(a, b int) int { return b - a })
	}
}

// Merge puts everything on the list that is on another of the same key.
func (l *List) Merge(other *List) error {
	if other == nil {
		return nil
	}
	if l.key != other.key {
		return errors.New("two erasure lists have different keys: they were not made from one another")
	}
	for sum, e := range other.entries {
		l.put(sum, e)
	}
	return nil
}
