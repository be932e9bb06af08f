package console

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

//go:embed languages/*.json
var languageFiles embed.FS

// language is one in which the pages speak. The English text is the key of every other one.
type language struct {
	Code, Name string // BCP 47; as its speakers write it
	words      map[string]string
	day        string // layouts of time.Format
	moment     string
}

// languages are those of the pages; the first is the default.
var languages = []*language{
	{Code: "en", Name: "English", day: "2 Jan 2006", moment: "2 Jan 2006 15:04"},
	{Code: "zh-Hans", Name: "简体中文", day: "2006年1月2日", moment: "2006年1月2日 15:04", words: mustRead("zh-Hans")},
}

func mustRead(code string) map[string]string {
	text, err := languageFiles.ReadFile("languages/" + code + ".json")
	words := map[string]string{}
	if err == nil {
		err = json.Unmarshal(text, &words)
	}
	if err != nil {
		panic("console: language " + code + ": " + err.Error()) // the file is part of the binary, and tested
	}
	return words
}

// say gives an English text in the language; verbs of fmt in it take the arguments.
func (l *language) say(english string, args ...any) string {
	text, ok := l.words[english]
	if !ok {
		text = english
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

func (l *language) dayOf(t time.Time) string    { return t.UTC().Format(l.day) }
func (l *language) momentOf(t time.Time) string { return t.UTC().Format(l.moment) }

// preciseOf is a moment with its second, and its zone.
func (l *language) preciseOf(t time.Time) string { return t.UTC().Format(l.moment + ":05 MST") }

// code says a code of the domain: "in_transit" as "in transit".
func (l *language) code(code string) string { return l.say(strings.ReplaceAll(code, "_", " ")) }

const languageCookie = "oneorder_language"

// languageOf is the one that was chosen, else the first of the browser's that there is.
func languageOf(r *http.Request) *language {
	if c, err := r.Cookie(languageCookie); err == nil {
		for _, l := range languages {
			if l.Code == c.Value {
				return l
			}
		}
	}
	for wanted := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		wanted, _, _ = strings.Cut(strings.TrimSpace(wanted), ";")
		base, _, _ := strings.Cut(strings.ToLower(wanted), "-")
		for _, l := range languages {
			if own, _, _ := strings.Cut(l.Code, "-"); base == own {
				return l
			}
		}
	}
	return languages[0]
}
