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
package linkage
