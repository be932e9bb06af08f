// Package conformance holds adapters against documents that the project did not write: the corpus that the
// environment variable ONEORDER_CORPUS names. It is for tests only.
//
// Each format has a table of verdicts, testdata/<format>.verdicts beside its adapter: a line per document of the
// corpus, in six columns with | between them.
//
//	# a remark
//	corpus: dcsa/conformance-messages/tnt
//	tnt-220-response.json         | event | converted | 7 |                  | sound
//	tnt-220-response-wrong-….json | wrong | refused   | 5 | /0/eventID mistyped; /1/eventID uuid_malformed | a number, and no UUID
//
// A `corpus:` line names the folder that the lines after it speak of; every file below it has its line. The
// columns are
//
//   - the file, relative to the folder;
//   - what it is: "event", a sound document that tells of an event; "wrong", one whose structure breaks its
//     standard; "none", one that tells of no event (a query, an error body, a template that is not filled in);
//   - the verdict: "converted"; "flagged", converted with remarks; "refused"; "declined", refused with
//     not_an_event_document alone;
//   - how many events it makes, those beside the faults of a refused one included;
//   - what is told of it: the flags of all its events, or every fault as `POINTER CODE`, with "; " between them.
//     A last "…" stands for any more;
//   - why that is right.
package conformance
