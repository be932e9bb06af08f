// Package stream carries events through JetStream: the subjects and streams, publishing that neither
// loses nor doubles, and ordered batches that take effect once in a [Sink], whatever dies when.
//
// A [Reader] hands its sink contiguous batches of one stream. Before a batch may take effect, the
// reader writes its range into a shared record with compare-and-set; that write is the fence between
// two readers of one name, and after a crash the recorded range is what is done again.
//
// It is the only importer of nats.go.
package stream
