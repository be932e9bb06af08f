package main

import (
	"context"
	"log/slog"
	"os"

	"oneorder/internal/service"
	"oneorder/internal/stream"
	"oneorder/internal/warehouse"
)

// connectStream connects to the broker that the configuration names.
func connectStream(ctx context.Context, c *service.Config, name string, logger *slog.Logger) (*stream.Conn, error) {
	return stream.Connect(ctx, stream.Config{
		URL: c.NATS, Name: "oneorder " + name, User: c.NATSUser, Password: c.NATSPassword, Logger: logger,
	})
}

// openWarehouse connects to the ClickHouse that the configuration names.
func openWarehouse(ctx context.Context, c *service.Config) (*warehouse.Warehouse, error) {
	return warehouse.Open(ctx, warehouse.Config{Addr: c.ClickHouse, User: c.ClickHouseUser, Password: c.ClickHousePassword})
}

// quiet is a logger for verbs that talk to a person: warnings and worse only.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
