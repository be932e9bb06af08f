package main

import (
	"context"
	"fmt"
	"log/slog"

	"oneorder/deploy"
	"oneorder/internal/authority"
	"oneorder/internal/embedded"
	"oneorder/internal/intake"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// openRegister reads the register of organisations; whoever follows it is told of changes.
func openRegister(c *service.Config, logger *slog.Logger, changed ...func(context.Context, authority.Register) error) (*authority.Live, error) {
	return authority.Open(c.Register(), logger, changed...)
}

// doorOf says who may send over HTTP: the registered organisations, and the operator with the token of the process.
func doorOf(c *service.Config, live *authority.Live) intake.Door {
	return intake.Door{Token: c.Token, Org: live.Org, Registered: live.Any}
}

// consumers makes for each organisation what it reads its rejects and notices from.
func consumers(conn *stream.Conn) func(context.Context, authority.Register) error {
	return func(ctx context.Context, r authority.Register) error {
		orgs := make([]string, len(r.Organisations))
		for i, o := range r.Organisations {
			orgs[i] = o.Org
		}
		return conn.EnsureOrgs(ctx, orgs)
	}
}

// review answers organisations that ask for their kept rejects. It is a service.Component.
type review struct{ conn *stream.Conn }

func (review) Name() string                    { return "review" }
func (r review) Run(ctx context.Context) error { return r.conn.ServeReview(ctx) }
func (r review) Health() error                 { return r.conn.Health() }

// analysts are those who only read the warehouse: analyst, who sees everything, and each registered organisation, with its token, who
// sees the chains that it takes part in; and as whom the dictionaries read their tables.
func analysts(r authority.Register) []embedded.User {
	dictionaries := embedded.User{Name: warehouse.DictionariesUser, ReadOnly: true}
	for _, table := range warehouse.DictionaryTables() {
		dictionaries.Tables = append(dictionaries.Tables, embedded.Table{Database: "oneorder", Name: table})
	}
	return append([]embedded.User{{Name: "analyst", ReadOnly: true}, dictionaries}, readers(r)...)
}

// readers are the organisations as users of ClickHouse.
func readers(r authority.Register) []embedded.User {
	users := make([]embedded.User, len(r.Organisations))
	for i, o := range r.Organisations {
		users[i] = embedded.User{Name: readerPrefix + o.Org, PasswordHash: o.Token, ReadOnly: true}
		for _, table := range warehouse.ReadableBy(o.Org) {
			users[i].Tables = append(users[i].Tables, embedded.Table{Database: "oneorder", Name: table.Name, Rows: table.Rows, Dictionary: table.Dictionary})
		}
	}
	return users
}

// readerPrefix begins the names of organisations as users of ClickHouse: a name there begins with a letter.
const readerPrefix = "org_"

// localBroker is the broker of `oneorder up` with the accounts of the register.
type localBroker struct {
	broker *embedded.Broker
	local  authority.Local
}

// startLocalBroker starts the broker. Beyond loopback it wants somebody registered.
func startLocalBroker(ctx context.Context, c *service.Config, cfg embedded.BrokerConfig) (*localBroker, error) {
	register, err := authority.Read(c.Register())
	if err != nil {
		return nil, err
	}
	b := &localBroker{local: authority.Local{Exports: deploy.Exports, Beyond: !service.Loopback(cfg.Host)}}
	if b.local.Beyond && len(register.Organisations) == 0 {
		return nil, fmt.Errorf("broker on %s: beyond loopback those who send need a credential: register an organisation (`oneorder org add ORG`), or listen on 127.0.0.1", cfg.Host)
	}
	if b.local.Operator, err = authority.OperatorToken(c.Data); err != nil {
		return nil, err
	}
	if cfg.Accounts, err = b.local.Config(register); err != nil {
		return nil, err
	}
	b.broker, err = embedded.StartBroker(ctx, cfg)
	return b, err
}

// put puts the accounts of the register in force.
func (b *localBroker) put(_ context.Context, r authority.Register) error {
	accounts, err := b.local.Config(r)
	if err != nil {
		return err
	}
	return b.broker.SetAccounts(accounts)
}
