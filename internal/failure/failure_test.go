package failure

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table into docs/reliability.md")

const (
	guide = "../../docs/reliability.md"
	begin = "<!-- failures: written by go test ./internal/failure -update -->\n"
	end   = "<!-- end of failures -->\n"
)

func table() string {
	var b strings.Builder
	for _, part := range []struct {
		of   string
		rows []Row
	}{{"ClickHouse", ClickHouseRows}, {"the broker", BrokerRows}} {
		fmt.Fprintf(&b, "\n| of %s | class | what to do |\n|---|---|---|\n", part.of)
		for _, r := range part.rows {
			name := "`" + r.Name + "`"
			if r.Code != 0 {
				name = fmt.Sprintf("%d `%s`", r.Code, r.Name)
			}
			if r.Says != "" {
				name += " that says “" + r.Says + "”"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, r.Class, r.Do)
		}
	}
	return b.String() + "\n"
}

func TestTheGuideShowsTheTable(t *testing.T) {
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", guide)
	}
	if shown == table() {
		return
	}
	if !*update {
		t.Fatalf("%s does not show the table: run the test with -update", guide)
	}
	if err := os.WriteFile(guide, []byte(before+begin+table()+end+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryRowIsFound(t *testing.T) {
	for _, r := range ClickHouseRows {
		if got := ClickHouse(r.Code, r.Says); got != r {
			t.Errorf("ClickHouse %d: found %+v, want %+v", r.Code, got, r)
		}
	}
	for _, r := range BrokerRows {
		got := Broker(r.Code, r.Says)
		if r.Code == 0 {
			got = Client(r.Name)
		}
		if got != r {
			t.Errorf("broker %d %s: found %+v, want %+v", r.Code, r.Name, got, r)
		}
	}
	name := regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)
	for _, r := range ClickHouseRows {
		if !name.MatchString(r.Name) || r.Do == "" {
			t.Errorf("%+v", r)
		}
	}
}

func TestWhatIsNotInTheTableIsTriedAgain(t *testing.T) {
	for _, r := range []Row{ClickHouse(49, "LOGICAL_ERROR"), Broker(10999, ""), Client("nats: new")} {
		if r.Class != Retryable || r.Do == "" {
			t.Errorf("%+v", r)
		}
	}
	if Of(errors.New("anything")) != Retryable {
		t.Error("an error of no class is not tried again")
	}
}

func TestFatalErrorsSayWhatToDo(t *testing.T) {
	cause := errors.New("table oneorder.chains does not exist")
	err := fmt.Errorf("insert: %w", &Error{cause, ClickHouse(60, "")})
	if Of(err) != Fatal || !errors.Is(err, cause) || !strings.Contains(err.Error(), "oneorder migrate") {
		t.Errorf("%v of class %s", err, Of(err))
	}
	if got := (&Error{cause, ClickHouse(243, "")}).Error(); got != cause.Error() {
		t.Errorf("a retryable error says %q", got)
	}
}
