// Package refdata holds the reference data that events and records are read by: places, facilities, countries,
// currencies' monthly rates, corridors, and the chapters and headings of the Harmonized System. The built-in tables come with the binary; Digest names their version.
//
// # Adding a place, a facility or a rate
//
// Add a row to the table in data/ and keep the order of its first column. Load checks every row: the tests fail
// with the file and the line of a row that is wrong.
package refdata
