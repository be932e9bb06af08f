package warehouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/ch-go/proto"
	"github.com/google/uuid"

	"oneorder/internal/trade"
)

// Erasures is the erasure list that the warehouse keeps; nil: none.
func (w *Warehouse) Erasures(ctx context.Context) (list []byte, err error) {
	err = w.rowsOf(ctx, "erasures", func(scan func(...any) error) error { return scan(&list) })
	return list, err
}

// PutErasures keeps an erasure list of so many texts, if that is not fewer than the one before had.
func (w *Warehouse) PutErasures(ctx context.Context, list []byte, texts int) error {
	b := struct {
		rows
		list  text
		texts proto.ColUInt32
	}{rows: newRows("erasures")}
	b.column("list", &b.list)
	b.column("texts", &b.texts)
	b.list.appendBytes(list)
	b.texts = append(b.texts, uint32(texts)) // a count
	b.n++
	return w.Insert(ctx, uuid.NewString(), &b.rows)
}

// EventCopies yields every copy of every event that is stored, in no order.
func (w *Warehouse) EventCopies(ctx context.Context, yield func(*StoredEvent) error) error {
	var (
		e       StoredEvent
		version uint64
	)
	return w.rowsOf(ctx, "event_copies", func(scan func(...any) error) error {
		if err := scan(&e.Org, &e.Type, &e.Recorded, &version, &e.Payload); err != nil {
			return err
		}
		e.place(version)
		return yield(&e)
	})
}

// Rejections yields everything that was refused, in no order.
func (w *Warehouse) Rejections(ctx context.Context, yield func(*RejectedRow) error) error {
	return w.rowsOf(ctx, "rejections", func(scan func(...any) error) error {
		var (
			row                             RejectedRow
			code, pointer, value, explained []string
			payload                         string
		)
		if err := scan(&row.Org, &row.Stage, &row.Subject, &row.Sequence, &row.Received, &row.Version, &code, &pointer, &value, &explained, &payload); err != nil {
			return err
		}
		row.Payload = []byte(payload)
		for i := range code {
			row.Faults = append(row.Faults, trade.Fault{Code: code[i], Pointer: pointer[i], Value: value[i], Message: explained[i]})
		}
		return yield(&row)
	})
}

// Parties yields who ever stood in a chain's record, as it is and as it was, each identity and name once, with the number of times.
func (w *Warehouse) Parties(ctx context.Context, yield func(id, name string, times uint64) error) error {
	return w.rowsOf(ctx, "parties_ever", func(scan func(...any) error) error {
		var (
			id, name string
			times    uint64
		)
		if err := scan(&id, &name, &times); err != nil {
			return err
		}
		return yield(id, name, times)
	})
}

// FindingTexts yields the texts of every finding.
func (w *Warehouse) FindingTexts(ctx context.Context, yield func(texts ...string) error) error {
	return w.rowsOf(ctx, "finding_texts", func(scan func(...any) error) error {
		var t [5]string
		if err := scan(&t[0], &t[1], &t[2], &t[3], &t[4]); err != nil {
			return err
		}
		return yield(t[:]...)
	})
}

// Rewriting puts rows in the place of others. What is to come and what is to go is first written to tables of its own, so that a
// rewriting that is cut short is brought to its end by the next one. Nobody else may write to events_all, event_heads,
// rejected_events and chain_changes meanwhile.
type Rewriting struct {
	Events   *Events // that are to come, as are the others
	Heads    *EventHeads
	Rejected *RejectedEvents // each in the place of the row of its key

	going   *goingContents
	parties *goingParties
	w       *Warehouse
	token   string
	parts   int
}

// What the tables of a rewriting are called behind the name of theirs.
const coming, going = "coming", "going"

// The tables are made and dropped with the rewriting.
var rewritingTables = []struct{ name, create string }{
	{ShadowTable("events_all", coming), "CREATE TABLE IF NOT EXISTS %s AS events_all"},
	{ShadowTable("event_heads", coming), "CREATE TABLE IF NOT EXISTS %s AS event_heads"},
	{ShadowTable("rejected_events", coming), "CREATE TABLE IF NOT EXISTS %s AS rejected_events"},
	{
		ShadowTable("events_all", going), "CREATE TABLE IF NOT EXISTS %s (event_key UUID, revision UInt32, digest UInt64) " +
			"ENGINE = MergeTree ORDER BY event_key SETTINGS non_replicated_deduplication_window = 10000",
	},
	{
		ShadowTable("chain_changes", going), "CREATE TABLE IF NOT EXISTS %s (id String, name String) " +
			"ENGINE = MergeTree ORDER BY name SETTINGS non_replicated_deduplication_window = 10000",
	},
}

// Rewrite begins a rewriting, and brings one to its end that was cut short.
func (w *Warehouse) Rewrite(ctx context.Context) (*Rewriting, error) {
	r := &Rewriting{
		Events: NewEvents(), Heads: NewEventHeads(), Rejected: NewRejectedEvents(), going: newGoingContents(), parties: newGoingParties(),
		w: w, token: uuid.NewString(),
	}
	r.Events.Shadow(coming)
	r.Heads.Shadow(coming)
	r.Rejected.Shadow(coming)
	for _, table := range rewritingTables {
		if err := w.Exec(ctx, fmt.Sprintf(table.create, table.name)); err != nil {
			return nil, fmt.Errorf("table %s: %w", table.name, err)
		}
	}
	return r, r.exchange(ctx)
}

// Flush writes what was appended.
func (r *Rewriting) Flush(ctx context.Context) error {
	// What comes goes before what is to go: cut short between the two, a rewriting doubles what the next one finds again, and loses nothing.
	for _, b := range []Block{r.Events, r.Heads, r.Rejected, r.going, r.parties} {
		r.parts++
		if err := r.w.Insert(ctx, fmt.Sprint(r.token, "/", r.parts), b); err != nil {
			return err
		}
		b.Reset()
	}
	return nil
}

// Go says that a content of an event is to go.
func (r *Rewriting) Go(key trade.EventKey, revision uint32, digest *[32]byte) {
	b := r.going
	b.key = append(b.key, uuid.UUID(key))
	b.revision = append(b.revision, revision)
	b.digest = append(b.digest, digestPrefix(digest))
	b.n++
}

// GoParty says that a party is to go from the history of the chains: its identity and name, as they stand there together.
func (r *Rewriting) GoParty(id, name string) {
	b := r.parties
	b.id.append(id)
	b.name.append(name)
	b.n++
}

// goingContents is a block of contents of events that are to go.
type goingContents struct {
	rows
	key      proto.ColUUID
	revision proto.ColUInt32
	digest   proto.ColUInt64
}

func newGoingContents() *goingContents {
	b := &goingContents{rows: newRows(ShadowTable("events_all", going))}
	b.column("event_key", &b.key)
	b.column("revision", &b.revision)
	b.column("digest", &b.digest)
	return b
}

// goingParties is a block of parties that are to go.
type goingParties struct {
	rows
	id, name text
}

func newGoingParties() *goingParties {
	b := &goingParties{rows: newRows(ShadowTable("chain_changes", going))}
	b.column("id", &b.id)
	b.column("name", &b.name)
	return b
}

// End puts what is to come in the place of what is to go. Of the parties to go the role and country stay, and the marker for a name.
func (r *Rewriting) End(ctx context.Context) error {
	if err := r.exchange(ctx); err != nil {
		return err
	}
	for _, table := range rewritingTables {
		if err := r.w.Exec(ctx, "DROP TABLE IF EXISTS "+table.name+" SYNC"); err != nil {
			return err
		}
	}
	return nil
}

// withoutParties takes parties out of the history of the chains: of their lists, as identity and name, and of the title's steps, where
// they stand as kind:value.
const withoutParties = `ALTER TABLE chain_changes UPDATE
    parties = arrayMap(p -> if((p.3, p.4) IN (SELECT id, name FROM chain_changes__going), (p.1, '', '', '[erased]', p.5), p), parties),
    title_holder = if(('', title_holder) IN (SELECT id, name FROM chain_changes__going), '', title_holder),
    title_beneficiary = if(('', title_beneficiary) IN (SELECT id, name FROM chain_changes__going), '', title_beneficiary),
    title_steps = arrayMap(s -> (s.1, s.2, s.3,
        if(('', s.4) IN (SELECT id, name FROM chain_changes__going), '', s.4),
        if(('', s.5) IN (SELECT id, name FROM chain_changes__going), '', s.5),
        if(('', s.6) IN (SELECT id, name FROM chain_changes__going), '', s.6), s.7, s.8, s.9, s.10), title_steps)
WHERE (SELECT count() FROM chain_changes__going) > 0`

// exchange does what the tables say, which may have been done before. An event is not to be seen between the going of its old
// content and the coming of its new one; never are both. The mutations name no text: what they look for is in the tables.
func (r *Rewriting) exchange(ctx context.Context) error {
	const wait = " SETTINGS mutations_sync = 2"
	for _, statement := range []string{
		"ALTER TABLE events_all DELETE WHERE (event_key, revision, digest) IN (SELECT event_key, revision, digest FROM events_all__going)" + wait,
		"DROP TABLE IF EXISTS event_heads__next SYNC",
		"CREATE TABLE event_heads__next AS event_heads",
		"INSERT INTO event_heads__next (event_key, revision, digest, version) SELECT event_key, revision, digest, version FROM " +
			"(SELECT * FROM event_heads UNION ALL SELECT * FROM event_heads__coming) " +
			"WHERE (event_key, revision, digest) NOT IN (SELECT event_key, revision, digest FROM events_all__going)",
		"EXCHANGE TABLES event_heads AND event_heads__next",
		"DROP TABLE event_heads__next SYNC",
		"INSERT INTO events_all SELECT * FROM events_all__coming SETTINGS insert_deduplicate = 0",
		"ALTER TABLE rejected_events DELETE WHERE (org, received_at, stage, stream_seq) IN (SELECT org, received_at, stage, stream_seq FROM rejected_events__coming)" + wait,
		"INSERT INTO rejected_events SELECT * FROM rejected_events__coming SETTINGS insert_deduplicate = 0",
		withoutParties + wait,
	} {
		if err := r.w.Exec(ctx, statement); err != nil {
			return fmt.Errorf("rewrite: %w", err)
		}
	}
	return nil
}

// Recount counts anew what is stored of parties and of measures by party, and waits for it. The dictionary of parties reads it again within
// five minutes.
func (w *Warehouse) Recount(ctx context.Context) error {
	for _, statement := range []string{
		"SYSTEM REFRESH VIEW corridor_measures", "SYSTEM REFRESH VIEW party_names", "SYSTEM WAIT VIEW corridor_measures", "SYSTEM WAIT VIEW party_names",
	} {
		if err := w.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
