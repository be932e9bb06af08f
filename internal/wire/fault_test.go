package wire_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

// faultsOf gives "pointer code" of every fault.
func faultsOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := wire.Decode([]byte(text))
	if err == nil {
		return nil
	}
	var faults trade.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("%v is no trade.Faults", err)
	}
	var list []string
	for _, f := range faults {
		if f.Message == "" {
			t.Errorf("%s %s tells not what would be right", f.Pointer, f.Code)
		}
		list = append(list, strings.TrimSpace(f.Pointer+" "+f.Code))
	}
	return list
}

// envelope writes an event with one of its attributes replaced; an empty value takes it out.
func envelope(name, value string) string {
	b := strings.Builder{}
	b.WriteString(`{"data":{}`)
	for _, m := range [][2]string{
		{"specversion", `"1.0"`}, {"id", `"1"`}, {"source", `"urn:oneorder:org:sitc"`}, {"type", `"trade.title.issued"`}, {"time", `"2026-09-11T08:15:00Z"`},
	} {
		if m[0] == name {
			m[1] = value
			name = ""
		}
		if m[1] != "" {
			fmt.Fprintf(&b, `,"%s":%s`, m[0], m[1])
		}
	}
	if name != "" {
		fmt.Fprintf(&b, `,"%s":%s`, name, value)
	}
	return b.String() + "}"
}

func TestFaultsOfTheText(t *testing.T) {
	nested := func(levels int) string {
		return event(`"detail":{"a":` + strings.Repeat("[", levels-3) + strings.Repeat("]", levels-3) + `}`)
	}
	tests := map[string]struct {
		text string
		want []string
	}{
		"nothing at all":                    {"", []string{"json_syntax"}},
		"white space only":                  {" \n", []string{"json_syntax"}},
		"cut short":                         {loaded[:len(loaded)-1], []string{"json_syntax"}},
		"a string without end":              {`{"id":"1`, []string{"json_syntax"}},
		"two events":                        {loaded + loaded, []string{"json_syntax"}},
		"something after the event":         {loaded + "x", []string{"json_syntax"}},
		"white space that is not JSON's":    {loaded + "\u00a0", []string{"json_syntax"}},
		"a form feed":                       {loaded + "\f", []string{"json_syntax"}},
		"a byte order mark":                 {"\ufeff" + loaded, []string{"json_syntax"}},
		"an array":                          {"[" + loaded + "]", []string{"mistyped"}},
		"a string":                          {`"x"`, []string{"mistyped"}},
		"single quotes":                     {`{'id':'1'}`, []string{"json_syntax"}},
		"a trailing comma":                  {event(`"references":[{"kind":"bl","value":"B1"},]`), []string{"json_syntax"}},
		"a raw control character":           {event(`"place":{"name":"` + "\x01" + `"}`), []string{"json_syntax"}},
		"a raw control character in detail": {event(`"detail":{"name":"` + "\x01" + `"}`), []string{"json_syntax"}},
		"an unknown escape":                 {event(`"detail":{"name":"\x"}`), []string{"json_syntax"}},
		"a leading zero":                    {event(`"place":{"lat":01}`), []string{"json_syntax"}},
		"a number without fraction digits":  {event(`"detail":{"n":1.}`), []string{"json_syntax"}},
		"not a number":                      {event(`"place":{"lat":NaN}`), []string{"json_syntax"}},
		"a raw NUL between members":         {strings.Replace(loaded, ",", ",\x00", 1), []string{"json_syntax"}},
		"invalid UTF-8":                     {event(`"place":{"name":"` + "\xff" + `"}`), []string{"not_utf8"}},
		"a surrogate in UTF-8":              {event(`"place":{"name":"` + "\xed\xa0\x80" + `"}`), []string{"not_utf8"}},
		"an overlong slash":                 {event(`"place":{"name":"` + "\xc0\xaf" + `"}`), []string{"not_utf8"}},
		"as deep as may be":                 {nested(trade.MaxDepth), nil},
		"one level too deep":                {nested(trade.MaxDepth + 1), []string{"too_deep"}},
		"brackets in a string are not deep": {event(`"place":{"name":"` + strings.Repeat(`[{\"`, 100) + `"}`), nil},
		"as large as may be":                {loaded + strings.Repeat(" ", trade.MaxEventBytes-len(loaded)), nil},
		"one byte too large":                {loaded + strings.Repeat(" ", trade.MaxEventBytes-len(loaded)+1), []string{"too_large"}},

		"an unknown member of data":        {event(`"reference":[]`), []string{"/data/reference unknown_member"}},
		"an unknown member of a reference": {event(`"references":[{"kind":"bl","value":"B1"},{"kind":"bl","Value":"B1"}]`), []string{"/data/references/1/Value unknown_member", "/data/references/1/value missing"}},
		"a name that a pointer escapes":    {event(`"a/b~c":1`), []string{"/data/a~1b~0c unknown_member"}},
		"an attribute in capitals":         {envelope("Subject", `"x"`), []string{"/Subject unknown_member"}},
		"data in base64":                   {envelope("data_base64", `"AA=="`), []string{"/data_base64 unknown_member"}},
		"an extension that is an object":   {envelope("ext", `{"a":1}`), []string{"/ext mistyped"}},
		"a number for a string":            {event(`"amount":{"amount":125,"currency":"USD"}`), []string{"/data/amount/amount mistyped"}},
		"a string for a number":            {event(`"place":{"lat":"1"}`), []string{"/data/place/lat mistyped"}},
		"a fraction for a whole number":    {event(`"goods":[{"packages":1.5}]`), []string{"/data/goods/0/packages mistyped"}},
		"less than none":                   {event(`"goods":[{"packages":-1}]`), []string{"/data/goods/0/packages mistyped"}},
		"more than fit":                    {event(`"goods":[{"packages":4294967296}]`), []string{"/data/goods/0/packages mistyped"}},
		"a word for a truth":               {event(`"finance":{"green":"yes"}`), []string{"/data/finance/green mistyped"}},
		"an object for an array":           {event(`"references":{}`), []string{"/data/references mistyped"}},
		"an array for an object":           {event(`"transport":[]`), []string{"/data/transport mistyped"}},
		"an array for detail":              {event(`"detail":[1]`), []string{"/data/detail mistyped"}},
		"a number for a time":              {envelope("time", "12"), []string{"/time mistyped"}},
		"every structural fault at once": {
			event(`"x":1,"references":[{"kind":1,"value":"B1"},{"value":2}],"place":{"lat":"1","lon":true}`),
			[]string{
				"/data/x unknown_member", "/data/references/0/kind mistyped", "/data/references/1/value mistyped",
				"/data/place/lat mistyped", "/data/place/lon mistyped", "/data/references/1/kind missing",
			},
		},
		"an attribute twice":           {envelope("id", `"1","id":"1"`), []string{"/id duplicate_member"}},
		"data twice":                   {strings.TrimSuffix(event(""), "}") + `,"data":{}}`, []string{"/data duplicate_member"}},
		"a list twice":                 {event(`"references":[{"kind":"bl","value":"B1","issuer":"SITC"}],"references":[{"kind":"bl","value":"B2"}]`), []string{"/data/references duplicate_member"}},
		"a member of an element twice": {event(`"references":[{"kind":"bl","value":"B1"},{"kind":"bl","value":"B1","kind":"invoice"}]`), []string{"/data/references/1/kind duplicate_member"}},
		"a member three times":         {event(`"precision":"day","precision":"day","precision":"day"`), []string{"/data/precision duplicate_member", "/data/precision duplicate_member"}},
		"twice, once escaped":          {event(`"precision":"day","\u0070recision":"day"`), []string{"/data/precision duplicate_member"}},
		"twice in detail":              {event(`"detail":{"a":1,"b":[{"c":1,"d":{},"c":2}],"a":1}`), []string{"/data/detail/b/0/c duplicate_member", "/data/detail/a duplicate_member"}},
		"an extension twice":           {envelope("ext", `1,"ext":1`), []string{"/ext duplicate_member"}},
		"one name in two objects":      {event(`"goods":[{"hs":"870323"},{"hs":"870323"}],"detail":{"a":{"a":[{"a":1},{"a":1}]}}`), nil},
		"names that only look alike":   {event(`"detail":{"\u0061":1,"A":1,"a ":1,"":1,"aa":1}`), nil},
		"many members of detail":       {event(`"detail":{` + members(trade.MaxMembers) + `}`), nil},
		"many members of detail, one twice": {
			event(`"detail":{` + members(trade.MaxMembers) + `,"m77":1}`), []string{"/data/detail/m77 duplicate_member"},
		},
		"too many members of detail": {event(`"detail":{` + members(trade.MaxMembers+1) + `}`), []string{"/data/detail too_many_members"}},
		"too many members deep in detail": {
			event(`"detail":{"a/b":[1,{"l":{` + members(trade.MaxMembers+1) + `}}]}`), []string{"/data/detail/a~1b/1/l too_many_members"},
		},
		"too many attributes":          {`{` + members(trade.MaxMembers) + `,` + loaded[1:], []string{"too_many_members"}},
		"as many attributes as may be": {`{` + members(trade.MaxMembers-9) + `,` + loaded[1:], nil},
		"many members after many faults": {
			event(`"detail":{"t":[` + strings.TrimSuffix(strings.Repeat(`{"a":1,"a":2},`, trade.MaxFaults), ",") + `],"l":{` + members(trade.MaxMembers+1) + `}}`),
			[]string{"/data/detail/l too_many_members"},
		},
		"a comma too many after much": {event(`"detail":{"l":[` + strings.Repeat("1,", 100_000) + `]}`), []string{"json_syntax"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, faultsOf(t, test.text)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// members writes n members of different names.
func members(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"m%d":%d`, i, i)
	}
	return strings.Join(list, ",")
}

func TestFaultsOfTheValues(t *testing.T) {
	long := `"` + strings.Repeat("x", 513) + `"`
	references := func(n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`{"kind":"bl","value":"B1"},`, n), ",") + "]"
	}
	boxes := func(n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`{"kind":"container","number":"SITU9070320"},`, n), ",") + "]"
	}
	numbers := func(n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`"SITU9070320",`, n), ",") + "]"
	}
	tests := map[string]struct {
		text string
		want []string
	}{
		"an empty object":              {"{}", []string{"/specversion specversion_unsupported", "/id missing", "/source missing", "/type type_unknown", "/time missing", "/data missing"}},
		"null":                         {"null", []string{"/specversion specversion_unsupported", "/id missing", "/source missing", "/type type_unknown", "/time missing", "/data missing"}},
		"no specversion":               {envelope("specversion", ""), []string{"/specversion specversion_unsupported"}},
		"another version":              {envelope("specversion", `"0.3"`), []string{"/specversion specversion_unsupported"}},
		"no id":                        {envelope("id", ""), []string{"/id missing"}},
		"an empty id":                  {envelope("id", `""`), []string{"/id missing"}},
		"an id of null":                {envelope("id", `null`), []string{"/id missing"}},
		"a long id":                    {envelope("id", long), []string{"/id too_long"}},
		"a NUL in the id":              {envelope("id", `"a\u0000b"`), []string{"/id control_character"}},
		"no source":                    {envelope("source", ""), []string{"/source missing"}},
		"a source of no organisation":  {envelope("source", `"urn:oneorder:org:SITC"`), []string{"/source source_malformed"}},
		"a source that is another URI": {envelope("source", `"https://example.org"`), nil},
		"a NUL in the source":          {envelope("source", `"urn:x\u0000"`), []string{"/source control_character"}},
		"no type":                      {envelope("type", ""), []string{"/type type_unknown"}},
		"an unknown type":              {envelope("type", `"trade.title.lost"`), []string{"/type type_unknown"}},
		"no time":                      {envelope("time", ""), []string{"/time missing"}},
		"no data":                      {strings.Replace(envelope("id", `"1"`), `"data":{},`, "", 1), []string{"/data missing"}},
		"data of null":                 {strings.Replace(envelope("id", `"1"`), `"data":{}`, `"data":null`, 1), []string{"/data missing"}},

		"too many references":   {event(`"references":` + references(65)), []string{"/data/references too_many"}},
		"as many as may be":     {event(`"references":` + references(64) + `,"covers":` + references(1000) + `,"replaces":` + references(64) + `,"equipment":` + boxes(400)), nil},
		"too many covers":       {event(`"covers":` + references(1001)), []string{"/data/covers too_many"}},
		"too many replaces":     {event(`"replaces":` + references(65)), []string{"/data/replaces too_many"}},
		"too much equipment":    {event(`"equipment":` + boxes(401)), []string{"/data/equipment too_many"}},
		"too much moved":        {event(`"transfer":{"from":` + numbers(401) + `,"to":` + numbers(401) + `}`), []string{"/data/transfer/from too_many", "/data/transfer/to too_many"}},
		"100,000 references":    {event(`"references":` + strings.ReplaceAll(references(100_000), `{"kind":"bl","value":"B1"}`, `{}`)), []string{"/data/references too_many"}},
		"a reference of null":   {event(`"references":[null]`), []string{"/data/references/0/kind missing", "/data/references/0/value missing"}},
		"a reference, no value": {event(`"covers":[{"kind":"bl","value":"B1"},{"kind":"bl","value":""}]`), []string{"/data/covers/1/value missing"}},
		"a NUL in a number":     {event(`"replaces":[{"kind":"bl","value":"B\u00001"}]`), []string{"/data/replaces/0/value control_character"}},
		"a NUL in an issuer":    {event(`"references":[{"kind":"bl","value":"B1","issuer":"S\u0000"}]`), []string{"/data/references/0/issuer control_character"}},
		"a NUL in a kind":       {event(`"references":[{"kind":"b\u0000l","value":"B1"}]`), []string{"/data/references/0/kind control_character"}},
		"a long issuer":         {event(`"references":[{"kind":"bl","value":"B1","issuer":` + long + `}]`), []string{"/data/references/0/issuer too_long"}},
		"a long number":         {event(`"references":[{"kind":"bl","value":` + long + `}]`), []string{"/data/references/0/value too_long"}},
		"equipment of no kind":  {event(`"equipment":[{"number":"SITU9070320","state":"full"}]`), []string{"/data/equipment/0/kind not_in_list", "/data/equipment/0/state not_in_list"}},
		"equipment, no number":  {event(`"equipment":[{"kind":"wagon"}]`), []string{"/data/equipment/0/number missing"}},
		"a NUL in a container":  {event(`"equipment":[{"kind":"container","number":"SITU\u00009070320"}]`), []string{"/data/equipment/0/number control_character"}},
		"a long container":      {event(`"equipment":[{"kind":"container","number":` + long + `}]`), []string{"/data/equipment/0/number too_long"}},
		"cargo moved to nothing": {
			event(`"transfer":{"from":["SITU9070320",""],"to":[null,"SITU\u00009070320"]}`),
			[]string{"/data/transfer/from/1 missing", "/data/transfer/to/0 missing", "/data/transfer/to/1 control_character"},
		},

		"a classifier": {event(`"classifier":"REQ"`), []string{"/data/classifier not_in_list"}},
		"a mode":       {event(`"transport":{"mode":"SEA"}`), []string{"/data/transport/mode not_in_list"}},
		"a direction":  {event(`"customs":{"direction":"out"}`), []string{"/data/customs/direction not_in_list"}},
		"an instrument and a rail": {
			event(`"finance":{"instrument":"cash","rail":"swift","share":"80%"}`),
			[]string{"/data/finance/instrument not_in_list", "/data/finance/rail not_in_list", "/data/finance/share decimal_malformed"},
		},
		"a precision":  {event(`"precision":"hour"`), []string{"/data/precision not_in_list"}},
		"a digest":     {event(`"document":{"digest":"sha256:ABC"}`), []string{"/data/document/digest digest_malformed"}},
		"a date":       {event(`"credit":{"expiry":"2026-02-30","latest_shipment":"1.10.2026"}`), []string{"/data/credit/latest_shipment date_malformed", "/data/credit/expiry date_malformed"}},
		"no amount":    {event(`"amount":{"currency":"USD"}`), []string{"/data/amount/amount missing"}},
		"no currency":  {event(`"amount":{"amount":"1"}`), []string{"/data/amount/currency missing"}},
		"a currency":   {event(`"goods":[{},{"value":{"amount":"1","currency":"usd"}}]`), []string{"/data/goods/1/value/currency currency_malformed"}},
		"a longer one": {event(`"terms":{"freight":{"amount":"1","currency":"USDT"}}`), []string{"/data/terms/freight/currency currency_malformed"}},
		"several at once, in the order of the members": {
			strings.Replace(event(`"classifier":"X","references":[{"kind":"","value":""}],"temperature_c":"cold"`), `"id":"1"`, `"id":""`, 1),
			[]string{"/id missing", "/data/classifier not_in_list", "/data/references/0/kind missing", "/data/references/0/value missing", "/data/temperature_c decimal_malformed"},
		},
		"a retraction at revision 0": {strings.Replace(event(""), `"id"`, `"retracted":true,"id"`, 1), []string{"/revision retraction_unrevised"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, faultsOf(t, test.text)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecimals(t *testing.T) {
	sound := []string{"0", "-0", "007", "1", "-18.4", "99999999999999", "-99999999999999.9999", "0.00001", "1.999949999999999999"}
	bad := []string{"", " 1", "1 ", "+1", "1.", ".5", "-", "1e3", "1,5", "１", "100000000000000", "99999999999999.99995", "0x1", "NaN", "1.2.3", "--1", "1\\u0000"}
	for _, d := range sound {
		if got := faultsOf(t, event(`"temperature_c":"`+d+`"`)); got != nil {
			t.Errorf("%q: %v", d, got)
		}
	}
	for _, d := range bad[1:] { // an empty one is none
		if got, want := faultsOf(t, event(`"temperature_c":"`+d+`"`)), []string{"/data/temperature_c decimal_malformed"}; !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", d, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	sound := map[string]string{
		"2026-09-11T08:15:00Z": "2026-09-11T08:15:00Z", "2026-09-11T08:15:00.5+08:00": "2026-09-11T00:15:00.5Z", "2026-09-11T08:15:00-00:00": "2026-09-11T08:15:00Z",
		"2026-09-11T00:00:00+23:59": "2026-09-10T00:01:00Z", "2026-09-11T08:15:00.123456789Z": "2026-09-11T08:15:00.123456789Z",
		"1980-01-01T00:00:00Z": "1980-01-01T00:00:00Z", "2079-12-31T23:59:59.999999999Z": "2079-12-31T23:59:59.999999999Z", "2024-02-29T00:00:00Z": "2024-02-29T00:00:00Z",
	}
	for text, want := range sound {
		e := decode(t, envelope("time", `"`+text+`"`))
		if got := string(wire.Append(nil, e)); !strings.Contains(got, `"time":"`+want+`"`) {
			t.Errorf("%s is read as %s, want %s", text, e.Time, want)
		}
	}
	for _, text := range []string{
		"2026-09-11", "2026-09-11T08:15Z", "2026-09-11T08:15:00", "2026-09-11T8:15:00Z", "2026-9-11T08:15:00Z", "2026-09-11T08:15:00z", "2026-09-11t08:15:00Z",
		"2026-09-11 08:15:00Z", "2026-09-11T08:15:00,5Z", "2026-09-11T08:15:00.Z", "2026-09-11T08:15:00+0800", "2026-09-11T08:15:00+08", "2026-09-11T08:15:00+24:00",
		"2026-09-11T08:15:00+08:60", "2026-09-11T24:00:00Z", "2026-09-11T08:15:60Z", "2026-02-29T08:15:00Z", "2026-13-01T08:15:00Z", "10000-01-01T00:00:00Z", "1757578500",
		" 2026-09-11T08:15:00Z", "2026-09-11T08:15:00Z ", "２026-09-11T08:15:00Z", "2026-09-11T08:15:00+0 :00",
	} {
		for _, name := range []string{"time", "recorded"} {
			if got, want := faultsOf(t, envelope(name, `"`+text+`"`)), []string{"/" + name + " time_malformed"}; !slices.Equal(got, want) {
				t.Errorf("%s %q: %v, want %v", name, text, got, want)
			}
		}
	}
	for _, text := range []string{"0000-01-01T00:00:00Z", "1979-12-31T23:59:59Z", "2080-01-01T00:00:00Z", "2080-01-01T00:30:00-01:00", "9999-12-31T23:59:59Z"} {
		for _, name := range []string{"time", "recorded"} {
			if got, want := faultsOf(t, envelope(name, `"`+text+`"`)), []string{"/" + name + " time_implausible"}; !slices.Equal(got, want) {
				t.Errorf("%s %q: %v, want %v", name, text, got, want)
			}
		}
	}
}

// A fault says what was found, shortened, and what would be right.
func TestFaultsAreReadable(t *testing.T) {
	_, err := wire.Decode([]byte(event(`"amount":{"amount":"12,50","currency":"` + strings.Repeat("渝", 100) + `"}`)))
	want := `/data/amount/amount decimal_malformed: a decimal string such as "125000.50", at most 14 whole digits, no exponent (found "12,50")
/data/amount/currency currency_malformed: an ISO 4217 code of three capital letters (found "` + strings.Repeat("渝", 21) + `…")`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFaultsAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"unknown members":          event(members(900)),
		"mistyped":                 event(`"goods":[` + strings.TrimSuffix(strings.Repeat("1,", trade.MaxGoods), ",") + `]`),
		"twice, below a long name": event(`"detail":{"` + strings.Repeat("渝", 100_000) + `":{` + strings.TrimSuffix(strings.Repeat(`"a":1,`, 1000), ",") + `}}`),
		"long names":               event(`"` + strings.Repeat("x", 5000) + strings.Repeat(`":1,"`+strings.Repeat("y", 5000), 150) + `":1`),
		"twice":                    event(`"detail":{` + strings.TrimSuffix(strings.Repeat(`"a":1,`, 100_000), ",") + `}`),
	} {
		got := faultsOf(t, text)
		if len(got) != trade.MaxFaults+1 || got[trade.MaxFaults] != "too_many_faults" {
			t.Errorf("%s: %d faults", name, len(got))
		}
		for _, fault := range got {
			if len(fault) > 300 {
				t.Fatalf("%s: a fault at %.400s", name, fault)
			}
		}
	}
}
