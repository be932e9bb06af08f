// Package wiretest has the texts that those who read events are tried with.
package wiretest

import (
	"fmt"
	"strings"

	"oneorder/internal/trade"
)

// Hostile is a text that is no event and is made to cost more than it weighs.
type Hostile struct {
	Name string
	Text string // in one line
	Code string // of the first fault
}

// HostileTexts gives one or more of each kind, most of them as large as an event may be.
func HostileTexts() []Hostile {
	const most = trade.MaxEventBytes - 400 // without what is around it
	fill := func(unit string) string { return strings.Repeat(unit, most/len(unit)) }
	list := func(unit string) string { return strings.TrimSuffix(fill(unit+","), ",") }
	distinct := func(name func(i int) string) string {
		b := strings.Builder{}
		for i := 0; b.Len() < most-20; i++ {
			fmt.Fprintf(&b, `"%s":1,`, name(i))
		}
		return b.String()
	}
	object := func(n int, member string) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(member, i)
		}
		return "{" + strings.Join(list, ",") + "}"
	}
	return []Hostile{
		{"10 MB of brackets", strings.Repeat("[", 10<<20), "too_large"},
		{"a string of 10 MB", `{"id":"` + strings.Repeat("x", 10<<20) + `"}`, "too_large"},
		{"10 MB of NULs", strings.Repeat("\x00", 10<<20), "too_large"},
		{"1 MB of brackets", fill("["), "too_deep"},
		{"an id of 1 MB", text("", fill("x"), ""), "too_long"},
		{"one member again and again", text(`"detail":{`+list(`"a":1`)+`}`, "", ""), "duplicate_member"},
		{"one object again and again", text(`"detail":{`+list(`"a":{"b":[]}`)+`}`, "", ""), "duplicate_member"},
		{"the references again and again", text(list(`"references":[]`), "", ""), "duplicate_member"},
		{"100,000 members, the first again", text(`"detail":{`+distinct(func(i int) string { return fmt.Sprintf("m%x", i) })+`"m0":1}`, "", ""), "too_many_members"},
		{"100,000 escaped members, the first again", text(`"detail":{`+distinct(func(i int) string { return fmt.Sprintf(`\u006d%x`, i) })+`"m0":1}`, "", ""), "too_many_members"},
		{"objects of 1,000 members, one twice", text(`"detail":{"a":1,"a":2,"l":[`+list(object(trade.MaxMembers, `"%x":1`))+`]}`, "", ""), "duplicate_member"},
		{"objects of 1,000 escaped members, one twice", text(`"detail":{"a":1,"a":2,"l":[`+list(object(trade.MaxMembers, `"\u006d%x":1`))+`]}`, "", ""), "duplicate_member"},
		{"objects of 10 members, one twice", text(`"detail":{"a":1,"a":2,"l":[`+list(object(10, `"%d":1`))+`]}`, "", ""), "duplicate_member"},
		{"objects of a member, one twice", text(`"detail":{"a":1,"a":2,"l":[`+list(`{"":0}`)+`]}`, "", ""), "duplicate_member"},
		{"goods that are nothing", text(`"goods":[`+list("null")+`]`, "", ""), "too_many"},
		{"parties that are nothing", text(`"parties":[`+list("{}")+`]`, "", ""), "too_many"},
		{"an unknown list", text(`"colours":[`+list("0")+`]`, "", ""), "unknown_member"},
		{"a comma too many", text(`"detail":{"l":[`+list("0")+`,]}`, "", ""), "json_syntax"},
		{"1 MB of NULs", fill("\x00"), "json_syntax"},
		{"an escaped NUL", text(`"place":{"name":"`+fill("x")+`\u0000"}`, "", ""), "control_character"},
		{"escaped NULs", text(`"place":{"name":"`+fill(`\u0000`)+`"}`, "", ""), "control_character"},
		{"invalid UTF-8 at the end", text(`"place":{"name":"`+fill("x")+"\xff"+`"}`, "", ""), "not_utf8"},
		{"1 MB that is not UTF-8", text(`"place":{"name":"`+fill("\xff")+`"}`, "", ""), "not_utf8"},
		{"1e400", text(`"place":{"name":"`+fill("x")+`","lat":1e400}`, "", ""), "out_of_range"},
		{"1e400 again and again", text(`"detail":{"n":[`+list("1e400")+`]}`, "", ""), "out_of_range"},
		{"a latitude of 1 MB", text(`"place":{"lat":`+fill("9")+`}`, "", ""), "too_long"},
		{"a fraction of 1 MB", text(`"detail":{"n":0.`+fill("3")+`}`, "", ""), "too_long"},
		{"an exponent of 1 MB", text(`"detail":{"n":1e`+fill("9")+`}`, "", ""), "too_long"},
		{"a count of 1 MB", text(`"goods":[{"packages":`+fill("9")+`}]`, "", ""), "mistyped"},
		{"an amount of 1 MB", text(`"amount":{"amount":"`+fill("9")+`","currency":"SGD"}`, "", ""), "decimal_malformed"},
		{"the year 0", text(`"detail":{"x":"`+fill("x")+`"}`, "", "0000-09-11T08:15:00Z"), "time_implausible"},
		{"the year 10000", text(`"detail":{"x":"`+fill("x")+`"}`, "", "10000-09-11T08:15:00Z"), "time_malformed"},
		{"100,000 references", text(`"references":[`+strings.TrimSuffix(strings.Repeat("{},", 100_000), ",")+`]`, "", ""), "too_many"},
		{"1 MB of references", text(`"references":[`+list(`{"kind":"bl","value":"B1"}`)+`]`, "", ""), "too_many"},
	}
}

// SmallHostileTexts gives faults as they come in events of a usual size, of which the many are hostile.
func SmallHostileTexts() []Hostile {
	return []Hostile{
		{"two ids", `{"id":"2",` + text("", "", "")[1:], "duplicate_member"},
		{"a NUL", text(`"place":{"name":"a\u0000"}`, "", ""), "control_character"},
		{"invalid UTF-8", text("\"place\":{\"name\":\"\xff\"}", "", ""), "not_utf8"},
		{"1e400 in a small event", text(`"place":{"lat":1e400}`, "", ""), "out_of_range"},
		{"the year 0 in a small event", text("", "", "0000-09-11T08:15:00Z"), "time_implausible"},
		{"the year 10000 in a small event", text("", "", "10000-09-11T08:15:00Z"), "time_malformed"},
		{"an unknown member", text(`"colour":"red"`, "", ""), "unknown_member"},
	}
}

// Sound is an event that there is nothing to say against.
var Sound = text("", "", "")

// text is an event of the organisation local with these members of its data, beside those that a usual one has.
func text(data, id, at string) string {
	if id == "" {
		id = "0192f6c1-7d1e-7c3a-9f00-5b1f0c2d3e4f"
	}
	if at == "" {
		at = "2026-09-11T08:15:00Z"
	}
	if data != "" {
		data = "," + data
	}
	return `{"specversion":"1.0","id":"` + id + `","source":"urn:oneorder:org:local","type":"trade.title.issued","time":"` + at + `","data":{` +
		`"classifier":"ACT","document":{"kind":"bl","number":"SITGCKSG026001","status":"ISSUED"}` + data + `}}`
}
