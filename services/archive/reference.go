package archive

import (
	"context"
	"log/slog"
	"time"

	"oneorder/internal/refdata"
	"oneorder/internal/warehouse"
)

// referenceEvery is how long it waits before it tries again to write the reference data.
const referenceEvery = 5 * time.Second

// putReference gives the warehouse the reference data that is in force, if it has other. It tries until it has, or ctx ends: nothing of
// what is read waits for it.
func putReference(ctx context.Context, w *warehouse.Warehouse, tables *refdata.Tables, logger *slog.Logger) {
	of := referenceOf(tables)
	for failing := false; ; failing = true {
		wrote, err := w.PutReference(ctx, of, time.Now())
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			if wrote {
				logger.Info("reference data written", "digest", of.Digest, "places", len(of.Places))
			}
			return
		case !failing:
			logger.Warn("cannot write the reference data, trying again", "every", referenceEvery, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(referenceEvery):
		}
	}
}

// referenceOf are the tables as rows.
func referenceOf(tables *refdata.Tables) *warehouse.Reference {
	of := &warehouse.Reference{Digest: tables.Digest()}
	for _, p := range tables.ListPlaces() {
		of.Places = append(of.Places, warehouse.PlaceRow{
			Code: p.Code, Name: p.Name, Country: p.Country, CountryName: p.CountryName, Functions: p.Functions, Node: p.Node, Lat: p.Lat, Lon: p.Lon,
		})
	}
	for _, c := range tables.ListCorridors() {
		of.Corridors = append(of.Corridors, warehouse.CorridorRow{
			ID: c.ID, Name: c.Name, Nodes: c.Nodes, Modes: c.Modes, Expected: c.Expected, LegHours: c.Hours, DwellHours: c.Dwell,
		})
	}
	for _, r := range tables.FreeTimes() {
		of.FreeTimes = append(of.FreeTimes, warehouse.FreeTimeRow{
			Tariff: r.Tariff, Carrier: r.Carrier, Corridor: r.Corridor, Places: r.Places, Countries: r.Countries,
			Demurrage: r.Demurrage, Detention: r.Detention, Combined: r.Combined, NextDay: r.NextDay,
			ExportDemurrage: r.ExportDemurrage, ExportDetention: r.ExportDetention,
		})
	}
	for _, h := range tables.HS() {
		of.HS = append(of.HS, warehouse.HSRow{Code: h.Code, Name: h.Name})
	}
	return of
}
