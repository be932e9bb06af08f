// Package intake is what the four domain services share: canonical events over HTTP (POST /events),
// standard documents over HTTP and from the stream INBOX, conversion, publishing to the stream EVENTS, and
// the refusals that go back to whoever sent what was wrong.
//
// A Desk stands once in a process and answers POST /events for every Domain that was opened at it, one
// domain in a single service and all four in `oneorder up`. Each Domain has its own document routes and
// its own reader of the inbox.
//
// Nothing is answered or acknowledged before it is durable: a 2xx answer means that the broker has stored
// every event it counts.
package intake
