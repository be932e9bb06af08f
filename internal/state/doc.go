// Package state keeps what the chain service must remember, in Pebble: the linkage state, the events'
// bytes, the sequence that has been applied, and the outbox of what is still to be written to the
// warehouse. One write holds all of a batch, so after any death the store stands at a batch's end.
//
// Keys are a letter and what follows it:
//
//	f n v c g   linkage (see internal/linkage)
//	p <sequence, big endian>   broker time and canonical bytes of the event in that message
//	o <sequence, big endian>   outbox: what the batch ending at that sequence changed
//	m <name>                   marks: format, applied, epoch
//
// Writes are not forced to the disk one by one. When the power fails, the store falls back to an earlier
// batch's end, and the stream, which holds everything since, is applied again.
package state
