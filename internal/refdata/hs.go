package refdata

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

// HS is a code of the Harmonized System with a short name: a chapter of two digits, a heading of four, or what a list of the
// operator divides further.
type HS struct{ Code, Name string }

// nationalChapter is the first of the chapters that the Convention leaves to its parties: what a heading of theirs means, they say alone.
const nationalChapter = "98"

// harmonised are the codes of the Harmonized System.
type harmonised struct {
	names    map[string]string
	chapters [100]bool // that have a heading
	headings [100 * 100]bool
}

// size counts the chapters that have a heading, the headings, and all codes.
func (h *harmonised) size() (chapters, headings, codes int) {
	count := func(list []bool) (n int) {
		for _, is := range list {
			if is {
				n++
			}
		}
		return n
	}
	return count(h.chapters[:]), count(h.headings[:]), len(h.names)
}

func (t *Tables) loadHS(rows *table) {
	t.readHS(rows, func(code string) bool {
		if len(code) != 2 && len(code) != 4 {
			rows.fault(0, "%q is no chapter or heading", code)
			return false
		}
		if t.hs.names[code] != "" {
			rows.fault(0, "%s is there twice", code)
			return false
		}
		return true
	})
}

// addHS takes in the codes of a folder: a later edition's, or a country's own. What it does not have of those built in, stays.
func (t *Tables) addHS(rows *table) {
	t.readHS(rows, func(string) bool { return true })
}

func (t *Tables) readHS(rows *table, take func(code string) bool) {
	rows.each([]string{"code", "name"}, func(row []string) {
		code := strings.Clone(row[0])
		switch {
		case identifier.HS(code) != nil:
			rows.fault(0, "%q is not digits of the Harmonized System, such as 8703", code)
			return
		case row[1] == "":
			rows.fault(1, "%s has no name", code)
		case len(code) > 2 && code[:2] < nationalChapter && t.hs.names[code[:2]] == "":
			rows.fault(0, "the chapter of %s is not there", code)
		}
		if !take(code) {
			return
		}
		t.hs.names[code] = strings.Clone(row[1])
		if len(code) >= 4 {
			t.hs.chapters[number(code[:2])], t.hs.headings[number(code[:4])] = true, true
		}
	})
}

// number reads digits.
func number(digits string) (n int) {
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// HS lists the codes of the Harmonized System that the tables have, in their order as text: each chapter before its headings.
func (t *Tables) HS() []HS {
	list := make([]HS, 0, len(t.hs.names))
	for _, code := range slices.Sorted(maps.Keys(t.hs.names)) {
		list = append(list, HS{code, t.hs.names[code]})
	}
	return list
}

// HSName gives the name of the narrowest part of the Harmonized System that the code stands in and the tables have: of 870323 the name of
// its heading. The code is digits alone; "": they have none.
func (t *Tables) HSName(code string) string {
	for n := len(code); n >= 2; n-- {
		if name, ok := t.hs.names[code[:n]]; ok {
			return name
		}
	}
	return ""
}

// KnowsHS says whether the heading of a code, or the chapter where the code is of two digits, is one of the Harmonized System.
// Chapters from 98 on are the countries' own, and known. What is no code at all is not.
func (t *Tables) KnowsHS(code string) bool {
	switch {
	case identifier.HS(code) != nil:
		return false
	case code[:2] >= nationalChapter:
		return true
	case len(code) < 4:
		return t.hs.chapters[number(code[:2])]
	default:
		return t.hs.headings[number(code[:4])]
	}
}

// unknownHS says whether one of the goods has a code that is none.
func (t *Tables) unknownHS(goods []trade.Goods) trade.Flags {
	for i := range goods {
		if code := goods[i].HS; code != "" && !t.KnowsHS(code) {
			return trade.FlagUnknownHS
		}
	}
	return 0
}

// HSList is a list of codes of the Harmonized System, as the WCO and countries publish theirs.
type HSList struct {
	names      map[string]string
	code, name int // columns of the file that is read, from 1; 0: its header has not been read
}

// Codes is how many codes the list has so far.
func (l *HSList) Codes() int { return len(l.names) }

// Add takes in a file of comma-separated values, in UTF-8 or ISO 8859-1. Its header has a column of the codes (code, hscode, hs or cn_code)
// and one of their names (name or description); other columns are passed over. Codes may be written with dots or spaces. It gives
// all lines that are no entry as one error.
func (l *HSList) Add(name string, data []byte) error {
	if l.names == nil {
		l.names = make(map[string]string)
	}
	l.code, l.name = 0, 0
	return eachEntry(name, data, l.entry)
}

// entry takes in a line.
func (l *HSList) entry(row []string) error {
	if l.code == 0 || l.name == 0 {
		for i, column := range row {
			switch strings.ToLower(strings.TrimSpace(column)) {
			case "code", "hscode", "hs", "cn_code":
				l.code = i + 1
			case "name", "description":
				l.name = i + 1
			}
		}
		if l.code == 0 || l.name == 0 {
			return fmt.Errorf("%w: it is %q, want a column code and a column name", errNoHeader, strings.Join(row, ","))
		}
		return nil
	}
	if n := max(l.code, l.name); len(row) < n {
		return fmt.Errorf("it has %d columns, want %d", len(row), n)
	}
	code, name := strings.NewReplacer(".", "", " ", "").Replace(row[l.code-1]), strings.TrimSpace(row[l.name-1])
	switch {
	case identifier.HS(code) != nil:
		return fmt.Errorf("%q is not digits of the Harmonized System, such as 8703", row[l.code-1])
	case name == "":
		return fmt.Errorf("%s has no name", code)
	}
	l.names[strings.Clone(code)] = strings.Clone(name)
	return nil
}

// PutHS takes a list of the Harmonized System in the place of what the folder has of it.
func (f *Folder) PutHS(l *HSList) {
	var out strings.Builder
	out.WriteString("code,name\n")
	for _, code := range slices.Sorted(maps.Keys(l.names)) {
		out.WriteString(code + "," + quoted(l.names[code]) + "\n")
	}
	f.own[hsFile] = []byte(out.String())
}
