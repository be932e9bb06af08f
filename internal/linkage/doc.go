// Package linkage joins events into consignments, by the rules that docs/joining.md tells in words.
//
// The rules are a function of the set of current events, so neither the order of arrival nor repeats can
// matter. Linker computes that function step by step: an event touches numbers, containers and bundles;
// only what they carry is derived again, layer by layer:
//
//	identity   which consignments each document and identity number belongs to   (rules 1 and 2)
//	bundles    which consignments a booking, order, credit … has beside it        (rule 4)
//	cycles     how a container's life is cut, and whose goods each cut holds      (rule 3)
//	events     which consignments each event belongs to, and why                  (rule 5)
//
// The package is pure: it reads through a small Store and hands back what changed.
//
// # What is stored
//
// A node under each key, a letter and what follows it. Numbers are in normal form, their parts set off by NUL bytes; codec.go
// says how a node is encoded. A node is written whole when anything in it changed.
//
//	f <event key>               fact: of the event's current content what joining asks (message, revision, digest, type, time, what it
//	                            names, denies), its consignments with the evidence for each, whether it is stored once, its flags
//	n <kind, value, issuer>     number: when first named, the events that name it and how, its consignments (steps, by which event),
//	                            for a bundle those beside it, its holder; wide, suspect, rival
//	n <kind, value>             value: the issuers that it is named with and how often, the events that name it without one
//	n <root, NUL>               consignment: chain id and when it was made, the number it began with; its numbers, containers, events,
//	                            loads and discharges, times aboard, the bills of a note and the notes of a bill
//	c <container>               container: the events that name it, by time; the cycles with their bounds and consignments
//	d <event key>               denials: the events that deny numbers of that one
//	b <n or v, its key, place>  block: a hundred and more of the events that name that number or value. The node of the number itself has only
//	                            the newest, and is written with them; a block is written once. See roll.go
//	h <conveyance, stretch>     passage: who was loaded in fifteen days, and the departures and arrivals in them
//
// The three under n stand side by side, since who reads one of them mostly reads the others: the disk is read once.
//
// A root is the key of the number that stands for the consignment: of its documents the first in order of key, else that of its
// group, else its booking or order.
package linkage
