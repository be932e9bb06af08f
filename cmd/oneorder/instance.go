package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"oneorder/internal/authority"
	"oneorder/internal/embedded"
	"oneorder/internal/erasure"
	"oneorder/internal/intake"
	"oneorder/internal/refdata"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
	"oneorder/services/archive"
	"oneorder/services/chain"
	"oneorder/services/console"
	"oneorder/services/customs"
	"oneorder/services/finance"
	"oneorder/services/logistics"
	"oneorder/services/trade"
)

// instance is everything on one machine: broker, engine and all services in one process and its child.
type instance struct {
	config    service.Config // with the addresses in force
	logger    *slog.Logger
	broker    *localBroker     // nil: somebody else's
	engine    *embedded.Engine // nil: somebody else's
	conn      *stream.Conn
	warehouse *warehouse.Warehouse
	erasures  *erasure.List
	archive   *archive.Service
	chain     *chain.Service
	shell     service.Shell
}

// place says where an instance listens, and what it uses that runs elsewhere.
type place struct {
	nats, clickhouse, clickhouseHTTP, http string
	outerNATS, outerClickHouse             bool // the address is that of a server that runs already
}

// startInstance starts the broker and the engine, where they are not there already, migrates, and makes the
// services, which run nothing yet. ctx bounds the start only.
func startInstance(ctx context.Context, config service.Config, at place, logger *slog.Logger) (in *instance, err error) {
	in = &instance{config: config, logger: logger}
	defer func() {
		if err != nil {
			err = errors.Join(err, in.stop())
		}
	}()
	if err := in.startServers(ctx, at); err != nil {
		return in, err
	}
	if in.conn, err = connectStream(ctx, &in.config, "up", logger); err != nil {
		return in, err
	}
	if err := in.conn.Ensure(ctx, stream.Settings{}); err != nil {
		return in, err
	}
	if err := in.conn.Check(ctx, stream.Settings{}); err != nil {
		return in, err
	}
	if in.warehouse, err = openWarehouse(ctx, &in.config); err != nil {
		return in, err
	}
	if err := in.warehouse.Migrate(ctx); err != nil {
		return in, err
	}
	retention, err := ownRetention(in.config.Data)
	if err != nil {
		return in, err
	}
	if err := retain(ctx, in.warehouse, retention); err != nil {
		return in, err
	}
	if err := in.warehouse.AwaitSchema(ctx); err != nil {
		return in, err
	}
	if err := in.warehouse.Check(ctx); err != nil {
		return in, err
	}
	if in.erasures, err = erasures(ctx, in.conn, in.warehouse); err != nil {
		return in, err
	}
	return in, in.makeServices(at)
}

func (in *instance) startServers(ctx context.Context, at place) (err error) {
	in.config.NATS, in.config.ClickHouse, in.config.ClickHouseHTTP = at.nats, at.clickhouse, at.clickhouseHTTP
	if !at.outerNATS {
		host, port, err := splitAddress(at.nats)
		if err != nil {
			return err
		}
		broker, err := startLocalBroker(ctx, &in.config, embedded.BrokerConfig{
			Dir: filepath.Join(in.config.Data, "nats"), Host: host, Port: port, Logger: in.logger,
			SyncAlways: in.config.SyncAlways(),
		})
		if err != nil {
			return err
		}
		in.broker = broker
		in.config.NATS, in.config.NATSUser, in.config.NATSPassword = broker.broker.URL(), authority.OperatorUser, broker.local.Operator
	}
	if !at.outerClickHouse {
		register, err := authority.Read(in.config.Register())
		if err != nil {
			return err
		}
		in.engine, err = embedded.StartEngine(ctx, embedded.EngineConfig{
			Dir: filepath.Join(in.config.Data, "clickhouse"), NativeAddr: at.clickhouse, HTTPAddr: at.clickhouseHTTP,
			Logger: in.logger, Users: append(analysts(register), embedded.User{Name: "default"}),
		})
		if err != nil {
			return err
		}
		in.config.ClickHouse, in.config.ClickHouseHTTP = in.engine.NativeAddr(), in.engine.HTTPAddr()
		in.config.ClickHouseUser, in.config.ClickHousePassword = "default", ""
	}
	return nil
}

func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, usageError{fmt.Errorf("address %q: %w", address, err)}
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, usageError{fmt.Errorf("address %q: the port is no number from 0 to 65535", address)}
	}
	return host, port, nil
}

func (in *instance) makeServices(at place) error {
	tables, err := loadTables(&in.config)
	if err != nil {
		return err
	}
	in.archive, err = archive.New(in.archiveConfig(tables), in.logger)
	if err != nil {
		return err
	}
	changed := []func(context.Context, authority.Register) error{consumers(in.conn)}
	if in.broker != nil {
		changed = append(changed, in.broker.put)
	}
	live, err := openRegister(&in.config, in.logger, changed...)
	if err != nil {
		return err
	}
	joining := in.chainConfig(tables)
	joining.Notices = live.Asked
	in.chain, err = chain.New(joining, in.logger)
	if err != nil {
		return err
	}
	desk := newDesk(&in.config, in.logger, in.conn, tables, doorOf(&in.config, live))
	look := consoleConfig(&in.config, tables, live)
	if in.broker != nil {
		look.Door.Own = in.broker.local.Operator // who may read the data folder is the operator here as well
	}
	in.shell = service.Shell{
		Logger: in.logger, Address: at.http, Token: in.config.Token,
		Intake: []service.Component{
			desk, trade.New(tradeConfig(&in.config), desk), customs.New(customs.Default(), desk),
			logistics.New(logisticsConfig(&in.config), desk), finance.New(finance.Default(), desk),
			console.New(look, in.logger, in.warehouse, in.conn), live,
			review{in.conn},
		},
		Readers: []service.Component{in.archive, in.chain, in.conn.NewTrimmer(trimming(in.logger))},
	}
	return nil
}

func newDesk(c *service.Config, logger *slog.Logger, conn *stream.Conn, tables *refdata.Tables, door intake.Door) *intake.Desk {
	return intake.New(intake.Config{Org: c.Org, Door: door, OrgRate: c.OrgRate, KnownPlace: known(tables)}, logger, conn)
}

// run runs the services until ctx ends; listening is told the address of the HTTP server.
func (in *instance) run(ctx context.Context, listening func(http string)) error {
	in.shell.Started = func(address string) {
		in.config.HTTP = address
		listening(address)
	}
	return errors.Join(service.Run(ctx, in.shell), in.stop())
}

// awaitHealth waits until every component is well, and says whether it came to that before ctx ended.
func (in *instance) awaitHealth(ctx context.Context) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		ill := func(c service.Component) bool { return c.Health() != nil }
		if !slices.ContainsFunc(in.shell.Intake, ill) && !slices.ContainsFunc(in.shell.Readers, ill) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// stop closes what is open, in order.
func (in *instance) stop() error {
	var err error
	if in.conn != nil {
		in.conn.Close()
	}
	if in.warehouse != nil {
		err = in.warehouse.Close()
	}
	if in.engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		err = errors.Join(err, in.engine.Stop(ctx))
		cancel()
	}
	if in.broker != nil {
		in.broker.broker.Stop()
	}
	return err
}

// addresses lists where the instance listens, a line each.
func (in *instance) addresses() []string {
	return []string{
		"nats " + in.config.NATS,
		"clickhouse clickhouse://" + in.config.ClickHouse,
		"clickhouse-http http://" + in.config.ClickHouseHTTP,
		"http http://" + in.config.HTTP,
	}
}

// known says whether the place table has a UN/LOCODE.
func known(tables *refdata.Tables) func(string) bool {
	return func(unlocode string) bool {
		_, ok := tables.Place(unlocode)
		return ok
	}
}

func logisticsConfig(c *service.Config) logistics.Config {
	config := logistics.Default()
	config.Secret = c.DCSASecret
	return config
}

func tradeConfig(c *service.Config) trade.Config {
	config := trade.Default()
	config.PINTKey = c.PINTKey
	return config
}

func consoleConfig(c *service.Config, tables *refdata.Tables, live *authority.Live) console.Config {
	config := console.Default()
	config.Door = console.Door{Token: c.Token, Viewer: c.ViewerToken, Org: live.Org, Registered: live.Any}
	config.HSName = tables.HSName
	config.PlaceName = func(unlocode string) string {
		place, _ := tables.Place(unlocode)
		return place.Name
	}
	return config
}
