// Package trade is the domain: what a cross-border trade event, a reference, a party, an amount and a
// trade chain are. It imports the standard library only, so that every other package can speak it.
package trade
