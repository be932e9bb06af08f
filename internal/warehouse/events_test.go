package warehouse

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/trade"
)

func TestEventRowHoldsTheEvent(t *testing.T) {
	w := migrated(t)
	e := loaded("e1")
	e.Flags = trade.FlagUnknownKind
	row := rowOf(e, `{"id":"e1"}`, 7<<48|42)
	row.Flags = trade.FlagUnknownPlace
	b := NewEvents()
	b.Append(e, row)
	b.Append(&trade.Event{ // a retraction says no more than this
		ID: "e2", Source: "urn:oneorder:org:sitc", Type: trade.EquipmentLoaded, Time: e.Time, Revision: 3, Retracted: true,
	}, &EventRow{Received: at("2026-09-12T00:00:00Z"), Version: 43})
	insert(t, w, "t", b)

	got := all[string](t, w, `SELECT toString((type, occurred_at, event_key, revision, source, id, org, domain, classifier,
		recorded_at, retracted, references, containers, unlocode, country, mode, carrier, conveyance, voyage, territory,
		direction, amount, currency, flags, payload, version, stream_seq)) FROM events_all ORDER BY id`)
	want := []string{
		"('logistics.equipment.loaded','2026-09-11 08:15:00.123','" + e.Key().String() + "',0,'urn:oneorder:org:sitc','e1','sitc'," +
			"'logistics','ACT','2026-09-11 08:20:11.000',false,[('bl','SITGCKSG026001','SITC'),('booking','BK7700123','SITC')]," +
			"['SITU9070320','TCNU1234565','MSCU6639870'],'CNQZH','CN','sea','SITC','9793911','2617S','CN','export',125000.505,'USD'," +
			"['unknown_kind','unknown_place'],'{\"id\":\"e1\"}',1970324836974634,42)",
		"('logistics.equipment.loaded','2026-09-11 08:15:00.123','00000000-0000-0000-0000-000000000000',3,'urn:oneorder:org:sitc'," +
			"'e2','','logistics','','2026-09-12 00:00:00.000',true,[],[],'','','','','','','','',NULL,'',[],'',43,43)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestBlockIsReusable(t *testing.T) {
	w := migrated(t)
	b := NewEvents()
	for i, id := range []string{"a", "b", "c"} {
		b.Reset()
		e := loaded(id)
		e.Source = "urn:oneorder:org:org-" + id
		e.Data.Place.UNLOCODE = ""
		b.Append(e, rowOf(e, id, uint64(i)))
		if b.Len() != 1 {
			t.Fatalf("got %d rows, want 1", b.Len())
		}
		insert(t, w, id, b)
	}
	got := all[string](t, w, "SELECT concat(id, ' ', source, ' ', payload, ' ', unlocode) FROM events_all ORDER BY id")
	want := []string{"a urn:oneorder:org:org-a a ", "b urn:oneorder:org:org-b b ", "c urn:oneorder:org:org-c c "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestCodesOfEveryWidth(t *testing.T) {
	w := migrated(t)
	b := NewEvents()
	e := loaded("")
	for _, n := range []int{200, 300, 70_000} { // keys of one, two and four bytes
		b.Reset()
		for i := range n {
			e.ID = fmt.Sprintf("%d-%d", n, i)
			e.Data.Transport.Voyage = fmt.Sprintf("V%d", i)
			if i%3 == 0 {
				e.Data.Transport.Voyage = ""
			}
			b.Append(e, rowOf(e, e.ID, uint64(i)))
		}
		insert(t, w, fmt.Sprint(n), b)
	}
	wrong := one[uint64](t, w, `SELECT countIf(voyage != if(n % 3 = 0, '', concat('V', toString(n))))
		FROM (SELECT voyage, toUInt32(splitByChar('-', id)[2]) AS n FROM events_all)`)
	if stored := one[uint64](t, w, "SELECT count() FROM events_all"); wrong != 0 || stored != 70_500 {
		t.Errorf("got %d rows, %d of them wrong; want 70500 and none", stored, wrong)
	}
}

// settled checks the query's answer with the rows as they were inserted, and once more when all are merged.
func settled(t *testing.T, w *Warehouse, query string, want []string, tables ...string) {
	t.Helper()
	for _, state := range []string{"unmerged", "merged"} {
		if diff := cmp.Diff(want, all[string](t, w, query)); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", query, state, diff)
		}
		for _, table := range tables {
			if err := w.Exec(t.Context(), "OPTIMIZE TABLE "+table+" FINAL"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// lasting says of a table in system.tables that it is not one that a refreshable view fills, and drops when it has taken another's place.
const lasting = "name NOT LIKE '.%' AND NOT startsWith(name, '_tmp_replace_')"

// hold keeps the engine from merging the tables, so that a test sees the rows as they were inserted.
func hold(t *testing.T, w *Warehouse) {
	t.Helper()
	tables := all[string](t, w, "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND "+lasting)
	for _, table := range tables {
		if err := w.Exec(t.Context(), "ALTER TABLE "+table+" MODIFY SETTING merge_selector_algorithm = 'Manual'"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEventsViewShowsWhatStands(t *testing.T) {
	type content struct {
		id        string
		revision  uint32
		retracted bool
		payload   string
		moved     time.Duration
	}
	plain := func(id, payload string) content { return content{id: id, payload: payload} }
	for _, c := range []struct {
		name     string
		contents []content
		conflict []content // contents of which chain writes the head
		want     []string
	}{
		{"one copy", []content{plain("e", "a")}, nil, []string{"e a"}},
		{"copies of one content are one", []content{plain("e", "a"), plain("e", "a"), plain("e", "a")}, nil, []string{"e a"}},
		{"the highest revision stands", []content{plain("e", "a"), {id: "e", revision: 2, payload: "c"}, {id: "e", revision: 1, payload: "b"}}, nil, []string{"e c"}},
		{"a revision that moves the event in time leaves nothing where it was", []content{plain("e", "a"), {id: "e", revision: 1, payload: "b", moved: 400 * 24 * time.Hour}}, nil, []string{"e b"}},
		{"a retraction takes the event back", []content{plain("e", "a"), {id: "e", revision: 1, retracted: true}}, nil, nil},
		{"a retraction that came first stands", []content{{id: "e", revision: 1, retracted: true}, plain("e", "a")}, nil, nil},
		{"a revision above a retraction stands", []content{{id: "e", revision: 1, retracted: true}, {id: "e", revision: 2, payload: "c"}}, nil, []string{"e c"}},
		// SHA-256 of "a" begins with ca, of "b" with 3e, of "c" with 2e
		{"of two contents of one revision the smallest digest stands", []content{{id: "e", revision: 1, payload: "a"}, {id: "e", revision: 1, payload: "b"}}, nil, []string{"e b"}},
		{"of two contents of revision 0 the one stands that chain names", []content{plain("e", "a"), plain("e", "b")}, []content{plain("e", "b")}, []string{"e b"}},
		{"heads of others change nothing", []content{plain("e", "a"), plain("f", "b"), {id: "f", revision: 1, payload: "c"}}, nil, []string{"e a", "f c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := migrated(t)
			hold(t, w)
			for i, v := range append(c.contents, c.conflict...) {
				e := loaded(v.id)
				e.Revision, e.Retracted, e.Time = v.revision, v.retracted, e.Time.Add(v.moved)
				row := rowOf(e, v.payload, uint64(i))
				if v.revision > 0 || i >= len(c.contents) {
					h := NewEventHeads()
					h.Append(row.Key, v.revision, &row.Digest, row.Version)
					insert(t, w, fmt.Sprint(i), h)
				}
				if i < len(c.contents) {
					b := NewEvents()
					b.Append(e, row)
					insert(t, w, fmt.Sprint(i), b)
				}
			}
			settled(t, w, "SELECT concat(id, ' ', payload) FROM events ORDER BY id, payload", c.want, "events_all", "event_heads")
		})
	}
}

func TestFirstCopyWins(t *testing.T) {
	w := migrated(t)
	hold(t, w)
	for _, version := range []uint64{50, 10, 30} {
		e := loaded("e")
		b := NewEvents()
		b.Append(e, rowOf(e, "a", version))
		insert(t, w, fmt.Sprint(version), b)
	}
	settled(t, w, "SELECT toString(stream_seq) FROM events", []string{"10"}, "events_all")
}
