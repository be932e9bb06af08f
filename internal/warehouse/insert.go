package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/ClickHouse/ch-go"
	"github.com/ClickHouse/ch-go/proto"
)

// insertSettings make an insert one synchronous, deduplicated native block. async_insert is on by default
// in new servers and would gather blocks of several inserts under one token. optimize_on_insert would collapse
// rows of one key inside the block, row by row; merges and FINAL do that anyway, and without it an insert of
// events takes two fifths less of the server's processor.
var insertSettings = []ch.Setting{
	{Key: "async_insert", Value: "0", Important: true},
	{Key: "insert_deduplicate", Value: "1", Important: true},
	{Key: "send_profile_events", Value: "0"},
	{Key: "optimize_on_insert", Value: "0"},
}

// Insert stores the rows of the block in one native block and returns when ClickHouse has them. A second
// insert under the same token and with the same rows changes nothing, among the last 10,000 inserts into the
// table; a token reused for other rows loses them. So retry with the same token and the same block, and when
// the error is of the class failure.Permanent, split it under new tokens. An empty block is no insert.
func (w *Warehouse) Insert(ctx context.Context, token string, b Block) error {
	if b.Len() == 0 {
		return nil
	}
	if token == "" {
		return fmt.Errorf("insert into %s: no deduplication token", b.Table())
	}
	if err := b.fault(); err != nil {
		return fmt.Errorf("insert into %s: %w", b.Table(), err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.cfg.WriteTimeout)
	defer cancel()
	input := b.input()
	query := ch.Query{
		Body:  insertInto(w.cfg.Database, b.Table(), input),
		Input: input,
		Settings: append(insertSettings[:len(insertSettings):len(insertSettings)],
			ch.Setting{Key: "insert_deduplication_token", Value: token, Important: true}),
	}
	if err := w.writer.do(ctx, query); err != nil {
		return fmt.Errorf("insert %d rows into %s: %w", b.Len(), b.Table(), classed(err))
	}
	return nil
}

func insertInto(database, table string, input proto.Input) string {
	var s strings.Builder
	s.WriteString("INSERT INTO `" + database + "`.`" + table + "` (")
	for i := range input {
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString("`" + input[i].Name + "`")
	}
	s.WriteString(") VALUES")
	return s.String()
}

// pool keeps a few connections for inserts: one of ch-go serves one query at a time.
type pool struct {
	options ch.Options
	max     int

	mu     sync.Mutex
	idle   []*ch.Client
	closed bool
}

func newPool(options ch.Options, maxIdle int) *pool { return &pool{options: options, max: maxIdle} }

var errClosed = errors.New("the warehouse is closed")

// do runs the query. A connection that stood idle may have died unseen, so a query that fails on one without
// an answer of the server's is tried once more on a new one; the token makes that safe.
func (p *pool) do(ctx context.Context, query ch.Query) error {
	client, err := p.take()
	if err != nil {
		return err
	}
	if client != nil {
		err = p.run(ctx, client, query)
		if err == nil || ctx.Err() != nil || ch.IsException(err) {
			return err
		}
	}
	client, err = ch.Dial(ctx, p.options)
	if err != nil {
		return fmt.Errorf("connect to clickhouse at %s: %w", p.options.Address, err)
	}
	return p.run(ctx, client, query)
}

func (p *pool) run(ctx context.Context, client *ch.Client, query ch.Query) error {
	err := client.Do(ctx, query)
	if err != nil && !ch.IsException(err) {
		// What the connection still holds is unknown. The error that matters is the query's.
		_ = client.Close()
		return err
	}
	p.put(client)
	return err
}

// take gives an idle connection, or nil when there is none.
func (p *pool) take() (*ch.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	n := len(p.idle)
	if n == 0 {
		return nil, nil //nolint:nilnil // none is not an error
	}
	client := p.idle[n-1]
	p.idle = p.idle[:n-1]
	return client, nil
}

func (p *pool) put(client *ch.Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.idle) >= p.max || client.IsClosed() {
		_ = client.Close() // idle or closed already: nothing is lost with it
		return
	}
	p.idle = append(p.idle, client)
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, client := range p.idle {
		_ = client.Close()
	}
	p.idle = nil
}
