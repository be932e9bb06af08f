package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"oneorder/internal/authority"
	"oneorder/internal/erasure"
	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/trade"
	"oneorder/internal/warehouse"
)

// connectStream connects to the broker that the configuration names. Without a user, a broker on this machine is shown the
// operator's token of the data folder, if there is one and this process may read it.
func connectStream(ctx context.Context, c *service.Config, name string, logger *slog.Logger) (*stream.Conn, error) {
	config := stream.Config{URL: c.NATS, Name: "oneorder " + name, User: c.NATSUser, Password: c.NATSPassword, Logger: logger}
	switch {
	case c.NATSUser == "":
		if token := strings.TrimSpace(operatorToken(c)); token != "" && onlyHere(c.NATS) {
			config.User, config.Password = authority.OperatorUser, token
			conn, err := stream.Connect(ctx, config)
			if !stream.Unauthorized(err) {
				return conn, err
			}
			config.User, config.Password = "", "" // the folder is of another broker
		}
	case authority.Reserved(c.NATSUser):
		config.InboxPrefix = "_INBOX_" + c.NATSUser // the services share an account, and read no answers of each other
	case trade.ValidOrg(c.NATSUser):
		config.Org = c.NATSUser
	}
	conn, err := stream.Connect(ctx, config)
	if stream.Unauthorized(err) {
		if c.NATSUser != "" {
			return nil, fmt.Errorf("%w: user %q or its password (ONEORDER_NATS_PASSWORD) is not known there", err, c.NATSUser)
		}
		return nil, fmt.Errorf("%w: it wants to know who you are: set ONEORDER_NATS_USER and ONEORDER_NATS_PASSWORD to the organisation and its token, "+
			"or as the operator ONEORDER_DATA to the data folder of `oneorder up`", err)
	}
	return conn, err
}

// onlyHere says whether every server of the URL is on this machine.
func onlyHere(servers string) bool {
	for server := range strings.SplitSeq(servers, ",") {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || !service.Loopback(u.Host) {
			return false
		}
	}
	return true
}

// openWarehouse connects to the ClickHouse that the configuration names.
func openWarehouse(ctx context.Context, c *service.Config) (*warehouse.Warehouse, error) {
	return warehouse.Open(ctx, warehouse.Config{Addr: c.ClickHouse, User: c.ClickHouseUser, Password: c.ClickHousePassword})
}

// quiet is a logger for verbs that talk to a person: warnings and worse only.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// erasures is the list of what is taken out of everything that is read. Broker and warehouse each keep it, and either may have been
// restored from an older copy: both are given what the other has.
func erasures(ctx context.Context, conn *stream.Conn, w *warehouse.Warehouse) (*erasure.List, error) {
	atBroker, err := conn.Erasures(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := w.Erasures(ctx)
	if err != nil {
		return nil, err
	}
	list, err := erasure.Parse(atBroker)
	if err != nil {
		return nil, fmt.Errorf("at the broker: %w", err)
	}
	other, err := erasure.Parse(stored)
	if err != nil {
		return nil, fmt.Errorf("in the warehouse: %w", err)
	}
	if list == nil {
		list = other
	} else if err := list.Merge(other); err != nil {
		return nil, err
	}
	return list, keepErasures(ctx, conn, w, list, string(atBroker), string(stored))
}

// keepErasures gives the list to broker and warehouse, unless they have it.
func keepErasures(ctx context.Context, conn *stream.Conn, w *warehouse.Warehouse, list *erasure.List, atBroker, stored string) error {
	text := list.Marshal()
	if string(text) != atBroker {
		if err := conn.PutErasures(ctx, text); err != nil {
			return err
		}
	}
	if string(text) != stored {
		return w.PutErasures(ctx, text, list.Len())
	}
	return nil
}
