// Package wire is the codec of the canonical event: bytes to trade.Event and back, with the fences that
// make it safe to feed with anything. It alone imports segmentio/encoding.
//
// Decoding is two-tiered. The fast path trusts nothing but is quick to see that all is well: size, depth
// and UTF-8 are checked before a byte is decoded, then segmentio fills the reused structs without
// copying. Only when something is wrong does the slow path walk the bytes again to name every fault.
package wire
