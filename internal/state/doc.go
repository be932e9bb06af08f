// Package state keeps what the chain service must remember, in Pebble: the linkage state, the events'
// bytes, the sequence that has been applied, and the outbox of what is still to be written to the
// warehouse. One write holds all that changed since the write before, up to the end of a batch of the
// stream, so after any death the store stands at such an end.
//
// Keys are a letter and what follows it:
//
//	f n c d h b   linkage (see internal/linkage)
//	p <sequence, big endian>   broker time and the event in that message, packed (see wire.Pack)
//	o <sequence, big endian>   outbox: what the batch ending at that sequence changed; the upper 16 bits count the epochs
//	                           of the stream before its own
//	r <chain id>               the numbers last written as leading to the chain, and its findings (see services/chain)
//	m <name>                   marks: format, applied with its epoch, how far the outbox was trimmed
//
// Writes are not forced to the disk one by one. When the power fails, the store falls back to an earlier
// write, and the stream, which holds everything since, is applied again.
package state
