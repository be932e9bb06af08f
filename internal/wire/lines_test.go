package wire_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func TestLines(t *testing.T) {
	large := strings.Repeat("x", trade.MaxEventBytes+8<<10)
	for fact, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing has no line":                    {"", nil},
		"blank lines are counted and left out":   {"\n \t\r\n{}\n\n[]\n\n", []string{"3 {}", "5 []"}},
		"CR LF and white space are no text":      {" {} \r\n\t[]\r\n", []string{"1 {}", "2 []"}},
		"the last line may have no end":          {"{}\n[]", []string{"1 {}", "2 []"}},
		"a byte order mark stands at the start":  {"\ufeff{}\n\ufeff[]", []string{"1 {}", "2 \ufeff[]"}},
		"a byte order mark alone is blank":       {"\ufeff\n{}", []string{"2 {}"}},
		"other white space is text":              {"\u00a0\n", []string{"1 \u00a0"}},
		"a line longer than the reader is whole": {strings.Repeat("x", 200<<10) + "\n{}", []string{"1 " + strings.Repeat("x", 200<<10), "2 {}"}},
		"a line that is too long is told, and the next is read": {
			large + "\n{}", []string{fmt.Sprintf("1 too_large %q", fmt.Sprintf("%d bytes", len(large)+1)), "2 {}"},
		},
		"so is one at the end": {"{}\n" + large, []string{"1 {}", fmt.Sprintf("2 too_large %q", fmt.Sprintf("%d bytes", len(large)))}},
	} {
		t.Run(fact, func(t *testing.T) {
			got, err := readLines(strings.NewReader(c.in))
			if diff := cmp.Diff(c.want, got); diff != "" || !errors.Is(err, io.EOF) {
				t.Errorf("%v (-want +got):\n%.2000s", err, diff)
			}
			if len(c.in) < 1000 { // byte by byte it is the same
				slow, _ := readLines(iotest.OneByteReader(strings.NewReader(c.in)))
				if diff := cmp.Diff(got, slow); diff != "" {
					t.Errorf("(-whole +byte by byte):\n%s", diff)
				}
			}
		})
	}
}

func readLines(in io.Reader) (list []string, err error) {
	lines := wire.NewLines(in)
	for {
		line, err := lines.Next()
		switch {
		case err != nil:
			return list, err
		case line.Faults != nil:
			list = append(list, fmt.Sprintf("%d %s %q", line.Number, line.Faults[0].Code, line.Faults[0].Value))
		default:
			list = append(list, fmt.Sprintf("%d %s", line.Number, line.Text))
		}
	}
}

func TestLinesTellWhichOneCannotBeRead(t *testing.T) {
	broken := errors.New("the disk is gone")
	list, err := readLines(io.MultiReader(strings.NewReader("{}\n[]"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "line 2") || len(list) != 1 {
		t.Errorf("%q, then %v", list, err)
	}
}

// However long a line is, one event's worth of it is held: a file of 10 MB of brackets takes no more memory than it has.
func TestALongLineIsNotHeld(t *testing.T) {
	for name, unit := range map[string]string{"brackets": "[", "a string": `"` + strings.Repeat("x", 1023)} {
		text := strings.Repeat(unit, (10<<20)/len(unit))
		took := allocated(func() {
			lines := wire.NewLines(strings.NewReader(text))
			if line, err := lines.Next(); err != nil || line.Faults[0].Code != "too_large" {
				t.Errorf("%s: %v, %v", name, line.Faults, err)
			}
		})
		if took > uint64(len(text)) {
			t.Errorf("%s: %d bytes allocated for a line of %d", name, took, len(text))
		}
	}
}

func TestElements(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
		more bool
		code string
	}{
		"none":                     {" [ ] ", nil, false, ""},
		"of every type":            {"[1, \"a]\" ,{\"b\":[2,\"}\"]},\n[[]], null]", []string{"1", `"a]"`, `{"b":[2,"}"]}`, "[[]]", "null"}, false, ""},
		"as many as may be":        {"[1,2,3,4,5]", []string{"1", "2", "3", "4", "5"}, false, ""},
		"more":                     {"[1,2,3,4,5,6]", []string{"1", "2", "3", "4", "5"}, true, ""},
		"no array":                 {"{}", nil, false, " json_syntax"},
		"nothing":                  {"", nil, false, " json_syntax"},
		"no end":                   {"[1", nil, false, " json_syntax"},
		"an element that is wrong": {"[1,{,2]", nil, false, "/1 json_syntax"},
		"something after it":       {"[1] 2", nil, false, " json_syntax"},
		"very deep":                {strings.Repeat("[", 1<<20), nil, false, "/0 json_syntax"},
	} {
		t.Run(name, func(t *testing.T) {
			elements, more, err := wire.Elements([]byte(c.text), 5)
			var got []string
			for _, e := range elements {
				got = append(got, string(e))
			}
			var faults trade.Faults
			code := ""
			if errors.As(err, &faults) {
				code = faults[0].Pointer + " " + faults[0].Code
			}
			if diff := cmp.Diff(c.want, got); diff != "" || more != c.more || code != c.code {
				t.Errorf("more %v, fault %q (-want +got):\n%s", more, code, diff)
			}
		})
	}
}
