package state

import (
	"errors"

	"github.com/cockroachdb/pebble/v2"
)

// formatApart is the format in which linkage's values and consignments had letters of their own, v and g, so that none of them
// stood near its number.
const formatApart = 5

// bringTogether changes that format into the present one. After a death in between it is done again, from where it began.
func (s *Store) bringTogether() error {
	if err := errors.Join(s.underNumbers('v', ""), s.underNumbers('g', "\x00")); err != nil {
		return err
	}
	done := s.db.NewBatch()
	return errors.Join(
		done.DeleteRange([]byte{'v'}, []byte{'v' + 1}, nil),
		done.DeleteRange([]byte{'g'}, []byte{'g' + 1}, nil),
		done.Set(markFormat, []byte{format}, nil),
		done.Commit(pebble.Sync),
		done.Close(),
	)
}

// underNumbers copies what has a letter to the letter of the numbers, with a suffix to its keys.
func (s *Store) underNumbers(letter byte, suffix string) error {
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{letter}, UpperBound: []byte{letter + 1}})
	if err != nil {
		return err
	}
	const most = 1 << 20
	batch := s.db.NewBatch()
	var key []byte
	for ok := iter.First(); ok && err == nil; ok = iter.Next() {
		value, unread := iter.ValueAndErr()
		key = append(append(append(key[:0], 'n'), iter.Key()[1:]...), suffix...)
		if err = errors.Join(unread, batch.Set(key, value, nil)); err == nil && batch.Len() > most {
			err = errors.Join(batch.Commit(pebble.NoSync), batch.Close())
			batch = s.db.NewBatch()
		}
	}
	return errors.Join(err, iter.Close(), batch.Commit(pebble.NoSync), batch.Close())
}
