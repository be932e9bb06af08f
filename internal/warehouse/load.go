package warehouse

import "context"

// Load is what the server carries: its tables on disk, and what it was given since it started.
type Load struct {
	Tables        []TableLoad
	Disks         []Disk
	Inserts       uint64 // INSERT queries
	InsertedRows  uint64
	FailedInserts uint64
}

// TableLoad is a table on disk.
type TableLoad struct {
	Name      string
	Rows      uint64 // of all versions
	Bytes     uint64
	Parts     uint64
	MostParts uint64 // of one partition: past 1,000 ClickHouse delays inserts, past 3,000 it refuses them
}

// Disk is where tables lie.
type Disk struct {
	Name        string
	Free, Total uint64 // bytes
}

// Load asks for what costs next to nothing to tell.
func (w *Warehouse) Load(ctx context.Context) (Load, error) {
	var l Load
	err := w.rowsOf(ctx, "tables", func(scan func(...any) error) error {
		var t TableLoad
		err := scan(&t.Name, &t.Rows, &t.Bytes, &t.Parts, &t.MostParts)
		l.Tables = append(l.Tables, t)
		return err
	})
	if err != nil {
		return l, err
	}
	err = w.rowsOf(ctx, "disks", func(scan func(...any) error) error {
		var d Disk
		err := scan(&d.Name, &d.Free, &d.Total)
		l.Disks = append(l.Disks, d)
		return err
	})
	if err != nil {
		return l, err
	}
	err = w.rowsOf(ctx, "inserts", func(scan func(...any) error) error {
		return scan(&l.Inserts, &l.InsertedRows, &l.FailedInserts)
	})
	return l, err
}
