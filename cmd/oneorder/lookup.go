package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/refdata"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

func newLookup() *cobra.Command {
	c := &cobra.Command{
		Use: "lookup [flags] NUMBER", Short: "Show the chains of any number, with timeline and evidence",
		Long: "Shows every chain that a number leads to: its record, its numbers, and each event with the reason why it is\n" +
			"there. The number may be of any kind (bill, waybill, declaration, invoice, booking, container …) or a chain's id.",
		Example: "  oneorder lookup SITU9070320\n  oneorder lookup --json SITU9070320\n  oneorder lookup --fields SITGCKSG026001",
		Args:    exactly(1, "one number"),
	}
	config := environment(c, "clickhouse", "clickhouse-user", "refdata")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	fields := c.Flags().Bool("fields", false, "tell of each field of the record which event it is from")
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		if *fields && *asJSON {
			return usageError{errors.New("--fields is for people, --json for programs: give one")}
		}
		w, err := openWarehouse(c.Context(), config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.Close()) }()
		chains, err := w.Lookup(c.Context(), args[0])
		if err != nil {
			return err
		}
		tables, err := loadTables(config)
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(lookedUp(args[0], chains, tables))
		}
		if len(chains) == 0 {
			fmt.Fprintf(os.Stderr, "no chain holds %q\n", args[0])
			return errTold
		}
		for i := range chains {
			if *fields {
				err = printFields(c.Context(), os.Stdout, config, w, &chains[i])
			} else {
				err = printChain(os.Stdout, &chains[i], tables)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

// printChain writes a chain for a person: what it is, what it has reached, and every event with the reason
// why it is there.
func printChain(out io.Writer, c *warehouse.ChainView, tables *refdata.Tables) error {
	fmt.Fprintf(out, "chain %s  %s  %s → %s  %s  %s\n", c.ID, orDash(c.Corridor), orDash(c.Origin), orDash(c.Destination),
		orDash(strings.ReplaceAll(c.ModePath, ">", " > ")), orDash(c.Status))
	if c.ValueUSD != "" {
		fmt.Fprintf(out, "  value    %s USD%s\n", c.ValueUSD, converted(c))
	}
	if c.GrossKG != "" {
		fmt.Fprintf(out, "  goods    %s kg, %d packages, HS %s\n", c.GrossKG, c.Packages, orDash(strings.Join(goodsOf(c, tables), ", ")))
	}
	if len(c.Containers) > 0 {
		fmt.Fprintf(out, "  boxes    %s\n", strings.Join(c.Containers, " "))
	}
	for i := range c.Boxes {
		printBox(out, &c.Boxes[i])
	}
	if len(c.Zones) > 0 {
		fmt.Fprintf(out, "  zones    %s\n", strings.Join(zonesOf(c, tables), ", "))
	}
	for _, r := range c.References {
		fmt.Fprintf(out, "  number   %s\n", r)
	}
	printTitle(out, c)
	fmt.Fprintf(out, "  order    %.0f %% of all that it is expected to reach\n", 100*c.Complete)
	fmt.Fprintf(out, "  legs     trade %.0f %%, customs %.0f %%, logistics %.0f %%, finance %.0f %% complete\n\n",
		100*c.Completeness[0], 100*c.Completeness[1], 100*c.Completeness[2], 100*c.Completeness[3])
	printLegs(out, c)
	printFindings(out, c)
	return printTimeline(out, c.Timeline)
}

// goodsOf gives the HS codes of the goods with the names of their headings.
func goodsOf(c *warehouse.ChainView, tables *refdata.Tables) (list []string) {
	for _, code := range c.HS {
		if name := tables.HSName(code); name != "" {
			code += " (" + name + ")"
		}
		list = append(list, code)
	}
	return list
}

// printBox writes what became of a container at the end of the journey.
func printBox(out io.Writer, b *trade.Box) {
	fmt.Fprintf(out, "             %s", b.Number)
	for _, done := range [...]struct {
		what string
		at   time.Time
	}{{"discharged at " + b.Terminal, b.Discharged}, {"gated out", b.GatedOut}, {"empty returned", b.Returned}} {
		if !done.at.IsZero() {
			fmt.Fprintf(out, "  %s %s", done.what, done.at.Format("2006-01-02 15:04"))
		}
	}
	fmt.Fprintln(out)
}

// zonesOf gives the names of the zones where the consignment was; the code of one that the tables do not have.
func zonesOf(c *warehouse.ChainView, tables *refdata.Tables) (list []string) {
	known := tables.Zones()
	for _, code := range c.Zones {
		if i := slices.IndexFunc(known, func(z refdata.Zone) bool { return z.Code == code }); i >= 0 {
			code = known[i].Name
		}
		list = append(list, code)
	}
	return list
}

// printLegs writes the movements, with what they emit, and the milestones that come next.
func printLegs(out io.Writer, c *warehouse.ChainView) {
	for i := range c.Legs {
		l := &c.Legs[i]
		emits := ""
		if i < len(c.Emissions) && c.Emissions[i].WTW != "" {
			e := &c.Emissions[i]
			emits = fmt.Sprintf("  %s km (%s), %s kg CO2e well-to-wheel (%s data, factors %s)", e.KM, measured(e.Distance), kilograms(e.WTW), e.Tier, e.Factors)
		}
		fmt.Fprintf(out, "  leg %d    %s %s → %s%s\n", i+1, orDash(l.Mode), orDash(l.From), orDash(l.To), emits)
	}
	if c.CO2e != "" {
		fmt.Fprintf(out, "  emits    %s kg CO2e well-to-wheel, %s tank-to-wheel\n", kilograms(c.CO2e), kilograms(c.CO2eTTW))
	}
	for _, d := range c.Due {
		fmt.Fprintf(out, "  next     %s, normally by %s\n", words(d.Milestone.String()), d.At.Format("2006-01-02 15:04"))
	}
	if len(c.Legs) > 0 || c.CO2e != "" || len(c.Due) > 0 {
		fmt.Fprintln(out)
	}
}

// converted says by which rate the value was converted to US dollars, and what its finance is known by.
func converted(c *warehouse.ChainView) string {
	text := ""
	if r := &c.ValueRate; r.PerUSD != 0 {
		text = fmt.Sprintf(", of %s %s at %s for 1 USD (%s, %s)", c.Value.Amount, c.Value.Currency, strconv.FormatFloat(float64(r.PerUSD)/1e8, 'f', -1, 64), r.Of, r.Source)
	}
	if len(c.Rails) > 0 {
		text += "; by " + strings.Join(c.Rails, ", ")
	}
	if c.Green {
		text += "; green"
	}
	return text
}

// printTitle writes who has the document of title and how it came there, and who recognised which document.
func printTitle(out io.Writer, c *warehouse.ChainView) {
	if len(c.TitleSteps) > 0 {
		fmt.Fprintf(out, "  title    %s", orDash(c.Title))
		if c.TitleHolder.Value != "" {
			fmt.Fprintf(out, ", held by %s", written(c.TitleHolder))
		}
		if c.TitleBeneficiary.Value != "" {
			fmt.Fprintf(out, ", endorsed to %s", written(c.TitleBeneficiary))
		}
		if c.TitlePlatform != "" {
			fmt.Fprintf(out, ", on %s", c.TitlePlatform)
		}
		fmt.Fprintln(out)
	}
	for i := range c.TitleSteps {
		s := &c.TitleSteps[i]
		fmt.Fprintf(out, "             %s  %s %s", s.At.Format("2006-01-02 15:04"), s.Step, orDash(s.Number))
		for _, p := range [...]struct {
			word string
			who  trade.PartyID
		}{{"by", s.Actor}, {"held by", s.Holder}, {"for", s.Beneficiary}} {
			if p.who.Value != "" {
				fmt.Fprintf(out, ", %s %s", p.word, written(p.who))
			}
		}
		fmt.Fprintf(out, "; says %s", s.Org)
		if s.Refused {
			fmt.Fprint(out, "; could not be, and changed nothing")
		}
		fmt.Fprintln(out)
	}
	for i := range c.Recognition {
		r := &c.Recognition[i]
		fmt.Fprintf(out, "  paper    %s  %s %s %s; %s\n", r.At.Format("2006-01-02 15:04"), r.Act, words(orDash(r.Kind)), orDash(r.Number), matched(r))
	}
}

// matched says who tells of a document, and how it agrees with what others do.
func matched(r *trade.Recognition) string { return "says " + r.Org + ", " + trade.Agreement(r.Match) }

func written(id trade.PartyID) string { return strings.TrimSpace(id.Kind + " " + id.Value) }

// measured says how the way was measured.
func measured(distance string) string {
	if distance == refdata.GreatCircle {
		return "great circle with the mode's usual detour"
	}
	return words(distance)
}

// kilograms writes what is emitted no finer than the factors allow, which have two or three digits.
func kilograms(d trade.Decimal) string {
	kg, err := strconv.ParseFloat(string(d), 64)
	switch {
	case err != nil:
		return string(d)
	case kg < 10:
		return strconv.FormatFloat(kg, 'f', 1, 64)
	}
	return strconv.FormatFloat(kg, 'f', 0, 64)
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// printFindings writes what contradicts what, each with both sides and who said them.
func printFindings(out io.Writer, c *warehouse.ChainView) {
	if len(c.Found) == 0 {
		return
	}
	said := make(map[trade.EventKey]string, len(c.Timeline))
	for i := range c.Timeline {
		if r := &c.Timeline[i]; r.Source != "" {
			_, what, _ := strings.Cut(string(r.Type), ".")
			said[r.Event] = fmt.Sprintf("; %s of %s, %s", what, r.Org, r.ID)
		}
	}
	for i := range c.Found {
		f := &c.Found[i]
		state := "since " + f.Opened.Format("2006-01-02 15:04")
		if !f.Closed.IsZero() {
			state = "cleared at " + f.Closed.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(out, "  finding  %s (%s), %s\n", f.Code, f.Severity, state)
		for j := range f.Sides {
			if side := &f.Sides[j]; side.Says != "" {
				fmt.Fprintf(out, "             %s%s\n", side.Says, said[side.Event])
			}
		}
	}
	fmt.Fprintln(out)
}

func printTimeline(out io.Writer, rows []warehouse.TimelineRow) error {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b warehouse.TimelineRow) int {
		return cmp.Or(a.Time.Compare(b.Time), a.Type.Order()-b.Type.Order())
	})
	shown := make(map[trade.EventKey]*warehouse.TimelineRow, len(rows))
	for i := range rows {
		shown[rows[i].Event] = &rows[i]
	}
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  TIME (UTC)\tLEG\tEVENT\tPLACE\tBY\tWHY IT IS HERE")
	for i := range rows {
		r := &rows[i]
		domain, what, _ := strings.Cut(string(r.Type), ".")
		if r.Classifier != "" && r.Classifier != trade.Actual {
			what += " (" + string(r.Classifier) + ")"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", r.Time.Format("2006-01-02 15:04"), domain, what, orDash(r.UNLOCODE), r.Org, why(r)+madeBy(r, shown)+remarks(r.Flags))
	}
	fmt.Fprintln(t)
	return t.Flush()
}

// why tells the evidence in words.
func why(r *warehouse.TimelineRow) string {
	switch {
	case r.Rule == trade.ByReference && r.Steps == 0:
		return "names " + r.Via
	case r.Rule == trade.ByReference:
		return fmt.Sprintf("names %s, %s from the document", r.Via, steps(r.Steps))
	case r.Rule == trade.ByCovers:
		return "covers " + r.Via
	case r.Rule == trade.ByContainer:
		return "saw " + r.Via + " in its cycle"
	case r.Rule == trade.ByBundle:
		return "names " + r.Via + ", which this chain is under"
	case r.Rule == trade.ByConveyance:
		return "was aboard " + r.Via
	default:
		return string(r.Rule) + " " + r.Via
	}
}

// madeBy tells which other event made the number, the box or the bundle the chain's.
func madeBy(r *warehouse.TimelineRow, shown map[trade.EventKey]*warehouse.TimelineRow) string {
	if r.By == r.Event || r.By == (trade.EventKey{}) {
		return ""
	}
	by := shown[r.By]
	if by == nil || by.Source == "" {
		return "; by event " + r.By.String()
	}
	_, what, _ := strings.Cut(string(by.Type), ".")
	return fmt.Sprintf("; by %s of %s, %s", what, by.Org, by.ID)
}

// remarks tells what is remarked on the event.
func remarks(f trade.Flags) string {
	if f == 0 {
		return ""
	}
	return " [" + words(strings.Join(f.Names(), ", ")) + "]"
}

func steps(n uint16) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// The JSON of lookup.

type foundJSON struct {
	Number string      `json:"number"`
	Chains []chainJSON `json:"chains"`
}

type chainJSON struct {
	ID          string               `json:"chain_id"`
	Version     uint64               `json:"version"`
	Corridor    string               `json:"corridor"`
	Origin      string               `json:"origin"`
	Destination string               `json:"destination"`
	ModePath    string               `json:"mode_path"`
	Status      string               `json:"status"`
	Title       string               `json:"title"`
	Orgs        []string             `json:"orgs"`
	References  []trade.Reference    `json:"references"`
	Containers  []string             `json:"containers"`
	HS          []string             `json:"hs"`
	HSNames     []string             `json:"hs_names"` // of the headings, as hs has the codes; empty: none is known
	Packages    uint32               `json:"packages"`
	GrossKG     string               `json:"gross_kg"`
	ValueUSD    string               `json:"value_usd"`
	CO2eKG      string               `json:"co2e_kg"`
	CO2eTTWKG   string               `json:"co2e_ttw_kg"`
	Legs        []legJSON            `json:"legs"`
	Due         map[string]time.Time `json:"due"`
	Milestones  map[string]time.Time `json:"milestones"`
	Findings    []findingJSON        `json:"findings"`
	Holder      string               `json:"title_holder"`
	Beneficiary string               `json:"title_beneficiary"`
	Platform    string               `json:"title_platform"`
	Steps       []titleStepJSON      `json:"title_steps"`
	Recognition []recognitionJSON    `json:"recognition"`
	Complete    legsComplete         `json:"completeness"`
	PerUSD      float64              `json:"value_per_usd"` // 0: the value was not converted
	RateOf      string               `json:"value_rate_of"`
	RateSource  string               `json:"value_rate_source"`
	Rails       []string             `json:"rails"`
	Zones       []string             `json:"zones"` // codes of bonded and free-trade zones and parks
	Green       bool                 `json:"green"`
	Boxes       []boxJSON            `json:"boxes"`
	Timeline    []timelineJSON       `json:"timeline"`
}

type legsComplete struct {
	Trade     float32 `json:"trade"`
	Customs   float32 `json:"customs"`
	Logistics float32 `json:"logistics"`
	Finance   float32 `json:"finance"`
	OneOrder  float32 `json:"one_order"`
}

type titleStepJSON struct {
	At          time.Time `json:"at"`
	Step        string    `json:"step"`
	Number      string    `json:"number"`
	Actor       string    `json:"actor"`
	Holder      string    `json:"holder"`
	Beneficiary string    `json:"beneficiary"`
	Platform    string    `json:"platform"`
	Org         string    `json:"org"`
	Event       string    `json:"event"`
	Refused     bool      `json:"refused"` // it could not be, and changed nothing
}

type recognitionJSON struct {
	At     time.Time `json:"at"`
	Act    string    `json:"act"`
	Kind   string    `json:"kind"`
	Number string    `json:"number"`
	Digest string    `json:"digest"`
	Match  string    `json:"match"`
	Org    string    `json:"org"`
	Event  string    `json:"event"`
}

// title fills in the title, what was recognised, and how the value was converted.
func (out *chainJSON) title(c *warehouse.ChainView) {
	out.Holder, out.Beneficiary, out.Platform = written(c.TitleHolder), written(c.TitleBeneficiary), c.TitlePlatform
	out.Steps, out.Recognition = []titleStepJSON{}, []recognitionJSON{}
	for i := range c.TitleSteps {
		s := &c.TitleSteps[i]
		out.Steps = append(out.Steps, titleStepJSON{
			s.At, s.Step, s.Number, written(s.Actor), written(s.Holder), written(s.Beneficiary), s.Platform, s.Org, s.Event.String(), s.Refused,
		})
	}
	for i := range c.Recognition {
		r := &c.Recognition[i]
		out.Recognition = append(out.Recognition, recognitionJSON{r.At, r.Act, r.Kind, r.Number, r.Digest, r.Match, r.Org, r.Event.String()})
	}
	out.Complete = legsComplete{c.Completeness[0], c.Completeness[1], c.Completeness[2], c.Completeness[3], c.Complete}
	out.PerUSD, out.RateOf, out.RateSource = float64(c.ValueRate.PerUSD)/1e8, c.ValueRate.Of, c.ValueRate.Source
	out.Rails, out.Green, out.Zones = append([]string{}, c.Rails...), c.Green, append([]string{}, c.Zones...)
}

// boxJSON is a container at the end of the journey.
type boxJSON struct {
	Container  string     `json:"container"`
	ISOType    string     `json:"iso_type"`
	Terminal   string     `json:"unlocode"`
	Discharged *time.Time `json:"discharged_at"`
	GatedOut   *time.Time `json:"gated_out_at"`
	Returned   *time.Time `json:"returned_at"`
}

func boxesOf(c *warehouse.ChainView) []boxJSON {
	list := []boxJSON{}
	for i := range c.Boxes {
		b := &c.Boxes[i]
		list = append(list, boxJSON{b.Number, b.ISOType, b.Terminal, nonZero(b.Discharged), nonZero(b.GatedOut), nonZero(b.Returned)})
	}
	return list
}

// nonZero is nil for the zero time, so that it is null in JSON.
func nonZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type legJSON struct {
	Mode        string `json:"mode"`
	Carrier     string `json:"carrier"`
	Conveyance  string `json:"conveyance"`
	Origin      string `json:"origin"`
	Destination string `json:"destination"`
	KM          string `json:"km"`
	Distance    string `json:"distance"`
	Tier        string `json:"tier"`
	Factors     string `json:"factors"`
	TTWKG       string `json:"ttw_kg"`
	WTWKG       string `json:"wtw_kg"`
}

func legsOf(c *warehouse.ChainView) []legJSON {
	legs := make([]legJSON, len(c.Legs))
	for i := range c.Legs {
		l := &c.Legs[i]
		legs[i] = legJSON{Mode: l.Mode, Carrier: l.Carrier, Conveyance: l.Conveyance, Origin: l.From, Destination: l.To}
		if i < len(c.Emissions) {
			e := &c.Emissions[i]
			legs[i].KM, legs[i].Distance, legs[i].Tier, legs[i].Factors = string(e.KM), e.Distance, e.Tier, e.Factors
			legs[i].TTWKG, legs[i].WTWKG = string(e.TTW), string(e.WTW)
		}
	}
	return legs
}

type findingJSON struct {
	Code     string      `json:"code"`
	Severity string      `json:"severity"`
	About    string      `json:"about"`
	Sides    [2]sideJSON `json:"sides"`
	Events   []string    `json:"events"`
	Opened   time.Time   `json:"opened_at"`
	Closed   *time.Time  `json:"closed_at"` // null: it stands
}

type sideJSON struct {
	Says  string `json:"says"`
	Value string `json:"value"`
	Unit  string `json:"unit"`
	Event string `json:"event"`
}

func findingOf(f *warehouse.FoundRow) findingJSON {
	out := findingJSON{Code: string(f.Code), Severity: string(f.Severity), About: f.About, Opened: f.Opened}
	for i := range f.Sides {
		s := &f.Sides[i]
		out.Sides[i] = sideJSON{s.Says, s.Value, s.Unit, s.Event.String()}
	}
	for _, key := range f.Events {
		out.Events = append(out.Events, key.String())
	}
	if !f.Closed.IsZero() {
		out.Closed = &f.Closed
	}
	return out
}

type timelineJSON struct {
	Time       time.Time `json:"time"`
	Type       string    `json:"type"`
	Classifier string    `json:"classifier"`
	Source     string    `json:"source"`
	ID         string    `json:"id"`
	UNLOCODE   string    `json:"unlocode"`
	Rule       string    `json:"rule"`
	Via        string    `json:"via"`
	Steps      uint16    `json:"steps"`
	By         string    `json:"by"`
	Flags      []string  `json:"flags,omitempty"`
}

func lookedUp(number string, chains []warehouse.ChainView, tables *refdata.Tables) foundJSON {
	found := foundJSON{Number: number, Chains: []chainJSON{}}
	for i := range chains {
		c := &chains[i]
		out := chainJSON{
			ID: c.ID, Version: c.Version, Corridor: c.Corridor, Origin: c.Origin, Destination: c.Destination,
			ModePath: c.ModePath, Status: c.Status, Title: c.Title, Orgs: c.Orgs, References: c.References,
			Containers: c.Containers, HS: c.HS, HSNames: []string{}, Packages: c.Packages, GrossKG: string(c.GrossKG), ValueUSD: string(c.ValueUSD),
			Milestones: make(map[string]time.Time), Findings: []findingJSON{},
			CO2eKG: string(c.CO2e), CO2eTTWKG: string(c.CO2eTTW), Legs: legsOf(c), Due: make(map[string]time.Time),
			Boxes: boxesOf(c),
		}
		out.title(c)
		for _, code := range c.HS {
			out.HSNames = append(out.HSNames, tables.HSName(code))
		}
		for _, d := range c.Due {
			out.Due[d.Milestone.String()] = d.At
		}
		for j := range c.Found {
			out.Findings = append(out.Findings, findingOf(&c.Found[j]))
		}
		for m := range trade.MilestoneCount {
			if !c.Milestones[m].IsZero() {
				out.Milestones[m.String()] = c.Milestones[m]
			}
		}
		for j := range c.Timeline {
			r := &c.Timeline[j]
			out.Timeline = append(out.Timeline, timelineJSON{
				r.Time, string(r.Type), string(r.Classifier), r.Source, r.ID, r.UNLOCODE, string(r.Rule), r.Via, r.Steps, r.By.String(), r.Flags.Names(),
			})
		}
		found.Chains = append(found.Chains, out)
	}
	return found
}
