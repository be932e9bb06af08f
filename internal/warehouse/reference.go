package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/ch-go/proto"
)

// Reference is the reference data that is in force, as those who ask with SQL are given it.
type Reference struct {
	Digest    string
	Places    []PlaceRow
	Corridors []CorridorRow
	FreeTimes []FreeTimeRow // in the order in which they are tried
	HS        []HSRow
}

// HSRow is a code of the Harmonized System: a chapter, a heading, or further.
type HSRow struct{ Code, Name string }

// PlaceRow is a place or facility.
type PlaceRow struct {
	Code, Name, Country, CountryName, Functions, Node string

	Lat, Lon float64 // degrees, WGS 84; both 0: not known
}

// CorridorRow is a corridor.
type CorridorRow struct {
	ID, Name               string
	Nodes, Modes, Expected []string
	LegHours, DwellHours   []int
}

// FreeTimeRow is a rule of free time. Of its days less than 0 says that they do not apply.
type FreeTimeRow struct {
	Tariff, Carrier, Corridor      string
	Places, Countries              []string
	Demurrage, Detention, Combined int
	NextDay                        bool

	ExportDemurrage, ExportDetention int // before the export
}

// dictionaries are those that there are, with the tables that they read. What is of chains is for analysts alone: a dictionary has no rows
// of one user.
var dictionaries = []struct {
	Name, Table string
	ofChains    bool
}{{"places", "reference_places", false}, {"corridors", "reference_corridors", false}, {"hs", "reference_hs", false}, {"parties", "party_names", true}}

// DictionariesUser is as whom the dictionaries ask their tables. It needs no password, may come from the server itself alone, and may
// read what DictionaryTables lists.
const DictionariesUser = "dictionaries"

// Dictionaries lists the dictionaries that everybody may use: nothing in them is anybody's.
func Dictionaries() (names []string) {
	for _, d := range dictionaries {
		if !d.ofChains {
			names = append(names, d.Name)
		}
	}
	return names
}

// DictionaryTables lists the tables that dictionaries ask.
func DictionaryTables() []string {
	names := make([]string, len(dictionaries))
	for i := range dictionaries {
		names[i] = dictionaries[i].Table
	}
	return names
}

// referenceTables in the order of their writing; the last says that a version is whole.
var referenceTables = []string{"reference_places", "reference_hs", "reference_free_time", "reference_corridors"}

// PutReference writes the reference data, unless it is what was written last, and drops the versions before. It says whether it wrote.
func (w *Warehouse) PutReference(ctx context.Context, of *Reference, at time.Time) (wrote bool, err error) {
	var last string
	err = w.rowsOf(ctx, "reference_digest", func(scan func(...any) error) error { return scan(&last) })
	if err != nil || last == of.Digest {
		return false, err
	}
	b := newReferenceBlocks(of, at)
	for _, block := range []Block{&b.places.rows, &b.hs.rows, &b.free.rows, &b.corridors.rows} {
		// A version that comes again, after another, is written again.
		if err := w.Insert(ctx, fmt.Sprintf("%s/%s/%d", block.Table(), of.Digest, at.UnixNano()), block); err != nil {
			return false, err
		}
	}
	for _, table := range referenceTables {
		var before []string
		err := w.rowsOf(ctx, "reference_before", func(scan func(...any) error) error {
			var partition string
			if err := scan(&partition); err != nil {
				return err
			}
			before = append(before, partition)
			return nil
		}, named("table", table), named("digest", of.Digest))
		if err != nil {
			return true, err
		}
		for _, partition := range before {
			if err := w.Exec(ctx, "ALTER TABLE `"+table+"` DROP PARTITION ID '"+partition+"'"); err != nil {
				return true, err
			}
		}
	}
	return true, nil
}

// referenceRows is what the blocks of reference tables have in common.
type referenceRows struct {
	rows
	digest codes
	loaded proto.ColInt64
}

func (b *referenceRows) init(table string) {
	b.rows = newRows(table)
	b.column("digest", &b.digest)
	b.column("loaded_at", as{&b.loaded, typeTime})
}

func (b *referenceRows) of(digest string, at time.Time) {
	b.digest.append(digest)
	b.loaded = append(b.loaded, at.UnixMilli())
	b.n++
}

type referenceBlocks struct {
	places struct {
		referenceRows
		code, country, countryName, functions, node codes
		name                                        text
		lat, lon                                    *proto.ColNullable[float64]
	}
	corridors struct {
		referenceRows
		id, node, mode, expected codes
		name                     text
		nodes, modes, milestones *list
		legHours, dwellHours     *list
		legHour, dwellHour       proto.ColUInt32
	}
	hs struct {
		referenceRows
		code, name text
		chapter    codes
	}
	free struct {
		referenceRows
		rule                           proto.ColUInt16
		tariff, carrier, corridor      codes
		place, country                 codes
		places, countries              *list
		demurrage, detention, combined *proto.ColNullable[uint16]
		storage, pickedUp              *proto.ColNullable[uint16] // before the export: in the terminal, and out of it
		nextDay                        proto.ColBool
	}
}

const (
	arrayOfCodes  = "Array(LowCardinality(String))"
	chapterDigits = 2
)

func newReferenceBlocks(of *Reference, at time.Time) *referenceBlocks {
	b := &referenceBlocks{}
	b.initPlaces()
	b.initCorridors()
	b.initFree()
	b.hs.init("reference_hs")
	b.hs.column("code", &b.hs.code)
	b.hs.column("name", &b.hs.name)
	b.hs.column("chapter", &b.hs.chapter)
	for i := range of.Places {
		p := &of.Places[i]
		to := &b.places
		to.of(of.Digest, at)
		to.code.append(p.Code)
		to.name.append(p.Name)
		to.country.append(p.Country)
		to.countryName.append(p.CountryName)
		located := p.Lat != 0 || p.Lon != 0
		to.lat.Append(proto.Nullable[float64]{Set: located, Value: p.Lat})
		to.lon.Append(proto.Nullable[float64]{Set: located, Value: p.Lon})
		to.functions.append(p.Functions)
		to.node.append(p.Node)
	}
	for i := range of.Corridors {
		c := &of.Corridors[i]
		to := &b.corridors
		to.of(of.Digest, at)
		to.id.append(c.ID)
		to.name.append(c.Name)
		appendCodes(to.nodes, &to.node, c.Nodes)
		appendCodes(to.modes, &to.mode, c.Modes)
		appendCodes(to.milestones, &to.expected, c.Expected)
		appendHours(to.legHours, &to.legHour, c.LegHours)
		appendHours(to.dwellHours, &to.dwellHour, c.DwellHours)
	}
	for i := range of.HS {
		h := &of.HS[i]
		to := &b.hs
		to.of(of.Digest, at)
		to.code.append(h.Code)
		to.name.append(h.Name)
		to.chapter.append(h.Code[:min(len(h.Code), chapterDigits)])
	}
	for i := range of.FreeTimes {
		r := &of.FreeTimes[i]
		to := &b.free
		to.of(of.Digest, at)
		to.rule = append(to.rule, uint16(i+1)) // at most a thousand
		to.tariff.append(r.Tariff)
		to.carrier.append(r.Carrier)
		to.corridor.append(r.Corridor)
		appendCodes(to.places, &to.place, r.Places)
		appendCodes(to.countries, &to.country, r.Countries)
		appendDays(to.demurrage, r.Demurrage)
		appendDays(to.detention, r.Detention)
		appendDays(to.combined, r.Combined)
		appendDays(to.storage, r.ExportDemurrage)
		appendDays(to.pickedUp, r.ExportDetention)
		to.nextDay = append(to.nextDay, r.NextDay)
	}
	return b
}

func (b *referenceBlocks) initPlaces() {
	p := &b.places
	p.init("reference_places")
	p.lat, p.lon = new(proto.ColFloat64).Nullable(), new(proto.ColFloat64).Nullable()
	p.column("code", &p.code)
	p.column("name", &p.name)
	p.column("country", &p.country)
	p.column("country_name", &p.countryName)
	p.column("latitude", p.lat)
	p.column("longitude", p.lon)
	p.column("functions", &p.functions)
	p.column("node", &p.node)
}

func (b *referenceBlocks) initCorridors() {
	c := &b.corridors
	c.init("reference_corridors")
	c.nodes, c.modes, c.milestones = newList(arrayOfCodes, &c.node), newList(arrayOfCodes, &c.mode), newList(arrayOfCodes, &c.expected)
	c.legHours, c.dwellHours = newList("Array(UInt32)", &c.legHour), newList("Array(UInt32)", &c.dwellHour)
	c.column("corridor", &c.id)
	c.column("name", &c.name)
	c.column("nodes", c.nodes)
	c.column("modes", c.modes)
	c.column("leg_hours", c.legHours)
	c.column("dwell_hours", c.dwellHours)
	c.column("expected", c.milestones)
}

func (b *referenceBlocks) initFree() {
	f := &b.free
	f.init("reference_free_time")
	f.places, f.countries = newList(arrayOfCodes, &f.place), newList(arrayOfCodes, &f.country)
	f.demurrage, f.detention, f.combined = new(proto.ColUInt16).Nullable(), new(proto.ColUInt16).Nullable(), new(proto.ColUInt16).Nullable()
	f.storage, f.pickedUp = new(proto.ColUInt16).Nullable(), new(proto.ColUInt16).Nullable()
	f.column("rule", &f.rule)
	f.column("tariff", &f.tariff)
	f.column("carrier", &f.carrier)
	f.column("corridor", &f.corridor)
	f.column("places", f.places)
	f.column("countries", f.countries)
	f.column("demurrage_free_days", f.demurrage)
	f.column("detention_free_days", f.detention)
	f.column("combined_free_days", f.combined)
	f.column("export_demurrage_free_days", f.storage)
	f.column("export_detention_free_days", f.pickedUp)
	f.column("next_day", &f.nextDay)
}

func appendHours(l *list, to *proto.ColUInt32, hours []int) {
	for _, h := range hours {
		*to = append(*to, uint32(h)) // five years at most
	}
	l.end()
}

func appendDays(to *proto.ColNullable[uint16], days int) {
	to.Append(proto.Nullable[uint16]{Set: days >= 0, Value: uint16(max(days, 0))}) // a year at most
}
