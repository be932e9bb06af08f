package trade

// Scope is what a fault is of.
type Scope string

// The scopes.
const (
	OfEvent    Scope = "event"    // of a canonical event, whichever way it came
	OfRequest  Scope = "request"  // of what an event or a document came in: a subject, an HTTP request, a batch, a file
	OfDocument Scope = "document" // of a document of a foreign standard (docs/standards.md)
)

// FaultCode explains a code that Fault.Code may have.
type FaultCode struct {
	Code    string
	Scope   Scope  // the narrowest that raises it
	Meaning string // what is wrong
	// Example raises it. Of an event's code it is, where it begins with a brace, a merge patch (RFC 7396) of a sound
	// event, else a description.
	Example string
	Message string // what Fault.Message says of the example
	Mending string // what whoever sent it does about it
}

// FaultCodes lists every code that this program raises: those of events in the order in which an event is looked
// at, then those of requests, then those of documents. A code never changes its meaning.
func FaultCodes() []FaultCode {
	var list []FaultCode
	for _, part := range [][]FaultCode{eventFaultCodes, requestFaultCodes, documentFaultCodes} {
		list = append(list, part...)
	}
	return list
}

var eventFaultCodes = []FaultCode{
	{
		"too_large", OfEvent, "more bytes than one event may have; nothing else was looked at",
		"an event of 1,048,577 bytes", "at most 1048576 bytes",
		"send what does not fit as a document of its own and name it by data.document.digest; split an event that covers very many consignments",
	},
	{
		"not_utf8", OfEvent, "bytes that are no UTF-8; nothing else was looked at",
		"Małaszewicze in ISO 8859-2", "UTF-8 text",
		"write the file or message as UTF-8, without a conversion on the way",
	},
	{
		"too_deep", OfEvent, "objects and arrays nested deeper than anything needs; nothing else was looked at",
		"33 opening brackets", "at most 32 levels of objects and arrays",
		"flatten what is in data.detail",
	},
	{
		"json_syntax", OfEvent, "no JSON: cut short, a comma too many, NaN, a raw control character, two events on one line",
		`{"specversion": "1.0", "id":`, "one JSON object: unexpected end of JSON input",
		"write events with a JSON library, one object each; in a file one a line",
	},
	{
		"duplicate_member", OfEvent, "a name that stands twice in one object, which readers of JSON take differently",
		`"id": "1", "id": "2"`, "each member of an object once",
		"send one of the two",
	},
	{
		"mistyped", OfEvent, "of another JSON type than the member has",
		`{"data": {"goods": [{"gross_kg": 21500}]}}`, "a string",
		"send quantities and money as strings, counts and coordinates as numbers, lists as arrays",
	},
	{
		"unknown_member", OfEvent, "a member that the event does not have, often a misspelt one",
		`{"data": {"terms": {"incoterms": "FOB"}}}`, "one of incoterm, freight, insurance; anything else goes into data.detail",
		"correct the name, or move what is yours into data.detail",
	},
	{
		"missing", OfEvent, "a member that is required, or an empty one",
		`{"id": null}`, "a string that is not empty",
		"send the member",
	},
	{
		"specversion_unsupported", OfEvent, "another version of CloudEvents",
		`{"specversion": "0.3"}`, `"1.0"`,
		`write "1.0"`,
	},
	{
		"too_long", OfEvent, "a text of more than 512 bytes where a number or a name stands, or a JSON number of more than 1,100",
		"an id of 513 bytes", "at most 512 bytes",
		"give one number each; a list of numbers goes into references or covers, an element each",
	},
	{
		"control_character", OfEvent, "a control character in a number, a NUL in any text",
		`{"id": "load-1\u0000"}`, "no control characters",
		"trim what the source pads its fields with",
	},
	{
		"source_malformed", OfEvent, "urn:oneorder:org: with something that cannot be an organisation's token",
		`{"source": "urn:oneorder:org:SITC"}`, "urn:oneorder:org:<org>, where <org> is [a-z0-9][a-z0-9-]{1,30}",
		"use the token you were given, in lower case",
	},
	{
		"source_mismatch", OfEvent, "an event of another organisation than the one that sent it",
		"an event of urn:oneorder:org:psa under events.sitc.…", "the source of the organisation whose subject it came on: urn:oneorder:org:sitc",
		"send as source the organisation whose credential you use; report another's facts as your own, with your source",
	},
	{
		"type_unknown", OfEvent, "a type that is not one of ours",
		`{"type": "logistics.equipment.lost"}`, "a type of docs/enterprise.md, such as logistics.equipment.loaded",
		"take the nearest type and put the rest into data.detail",
	},
	{
		"type_mismatch", OfEvent, "another type than the subject names",
		"a trade.title.issued under events.sitc.trade.title.drafted", "the type that the subject names: trade.title.drafted",
		"publish under events.<org>.<type>",
	},
	{
		"time_malformed", OfEvent, "no RFC 3339 date and time, or one without an offset",
		`{"time": "2026-09-11 08:15"}`, "RFC 3339 date and time with an offset, such as 2026-09-11T08:15:00Z",
		`write the offset out: Z or +08:00; of a time known only to the day send midnight and data.precision "day"`,
	},
	{
		"time_implausible", OfEvent, "a year that no event here can be of",
		`{"time": "0000-09-11T08:15:00Z"}`, "a year from 1980 to 2079",
		"look for a field that was empty, or an epoch in other units",
	},
	{
		"retraction_unrevised", OfEvent, "a retraction with revision 0, which cannot come after anything",
		`{"retracted": true, "revision": 0}`, "a retraction carries a higher revision than what it takes back",
		"send the id of the event, a revision one higher than its last, and retracted true",
	},
	{
		"not_in_list", OfEvent, "a value that is not one of a closed list",
		`{"data": {"classifier": "ACTUAL"}}`, "one of PLN, EST, ACT",
		"take one of the values listed",
	},
	{
		"too_many_members", OfEvent, "an object with more members than anything needs; nothing else was looked at",
		"a detail with a member for each of 1,001 readings", "an object of at most 1000 members",
		"make a list of what is of one kind",
	},
	{
		"too_many", OfEvent, "more elements than a list may have",
		"65 references", "at most 64",
		"references are the numbers of one consignment; numbers of many go into covers; split what has more than 1,000 of those",
	},
	{
		"decimal_malformed", OfEvent, "no decimal number",
		`{"data": {"temperature_c": "-18,4"}}`, `a decimal string such as "125000.50", at most 14 whole digits, no exponent`,
		"write a point, no thousands separators, no unit",
	},
	{
		"currency_malformed", OfEvent, "no code of a currency",
		`{"data": {"amount": {"amount": "125000.50", "currency": "RMB¥"}}}`, "an ISO 4217 code of three capital letters",
		"write CNY, SGD, USD, EUR …",
	},
	{
		"date_malformed", OfEvent, "no calendar date",
		`{"data": {"credit": {"expiry": "22/10/2026"}}}`, "a date such as 2026-10-01",
		"write year, month and day, with hyphens",
	},
	{
		"identifier_malformed", OfEvent, "a number or code that cannot be what it stands as, whatever its check digit",
		`{"data": {"place": {"unlocode": "Qinzhou"}}}`, "two letters of a country and three letters or digits 2 to 9 (UN/ECE Recommendation 16), such as SGSIN",
		"send the number alone and whole, in the member or under the kind that it is of; names go into name, numbers of no standard under the kind other",
	},
	{
		"out_of_range", OfEvent, "a number that is too large or too small for what it is, or for any reader",
		`{"data": {"place": {"lat": 108.6, "lon": 21.73}}}`, "degrees from -90 to 90",
		"look whether latitude and longitude are swapped; a share is a part of 1, not of 100",
	},
	{
		"digest_malformed", OfEvent, "no SHA-256 digest",
		`{"data": {"document": {"digest": "md5:5d41402abc4b2a76b9719d911017c592"}}}`, "sha256: and 64 lower-case hex digits",
		"hash the document's bytes with SHA-256 and write the digest in lower-case hex",
	},
	{
		"too_many_faults", OfEvent, "there are more than a hundred faults, of which the first hundred are told",
		"a list of 200 broken references", "mend these first: no more than 100 are told at once",
		"mend those that are told first: they are often all of one kind",
	},
}

var requestFaultCodes = []FaultCode{
	{
		"empty", OfRequest, "no event at all",
		"an empty file, or one of blank lines", "one event or more",
		"look at what should have written it",
	},
	{
		"malformed", OfRequest, "a value of the request that cannot be what it should",
		"?org=Not%20One", "[a-z0-9][a-z0-9-]{1,30}",
		"correct the query parameter that the pointer names",
	},
	{
		"subject_malformed", OfRequest, "a subject that is none of ours",
		"events.sitc.loaded", "events.<org>.<domain>.<noun>.<verb>",
		"publish events under events.<org>.<type>, documents under inbox.<org>.<format>",
	},
	{
		"not_storable", OfRequest, "an event in order that ClickHouse cannot hold",
		"a table that was narrowed by hand", "values that the table's columns hold",
		"tell the operator; when the table is mended, oneorder rejected retry sends the event again",
	},
	{
		"header_malformed", OfRequest, "binary mode: a ce- header that is not percent-encoded UTF-8",
		"ce-subject: 100%", "percent-encoded UTF-8",
		"percent-encode what is not printable ASCII, and the percent sign",
	},
	{
		"header_not_allowed", OfRequest, "binary mode over HTTP: an attribute that stands twice or has its place elsewhere",
		"ce-datacontenttype: application/json", "each attribute once, data in the body and its type in Content-Type",
		"take the header away",
	},
	{
		"domain_not_served", OfRequest, "a type of a domain that this HTTP address does not take",
		"a finance.payment.settled at the address of logistics", "a type of logistics",
		"send it to the service of its domain",
	},
	{
		"operator_only", OfRequest, "a type that only operators may send",
		"a trade.link.asserted that an organisation sends over HTTP", "a type of your own: what links numbers by hand is the operator's to say",
		"send the numbers that belong together in the references of one event; ask the operator where that cannot be",
	},
	{
		"publish_refused", OfRequest, "the broker refused it for good",
		"an event larger than the broker's max_payload", "what the broker takes: maximum payload exceeded",
		"ask the operator: the organisation's permissions, or the broker's limits",
	},
}

var documentFaultCodes = []FaultCode{
	{
		"not_an_event_document", OfDocument, "a query, a change request, an error body: nothing happened of which it tells",
		`{"carrierBookingReference": "BK7700123", "limit": 100}`, "a document that tells of events",
		"nothing: there is nothing to take in",
	},
	{
		"too_dense", OfDocument, "so many next to empty objects that reading them takes a multiple of the document's size; nothing else was looked at",
		`a million times {"":0} in one array`, "objects and members of the length that the standards' own have: these are next to empty",
		"send a document of the standard; split one that lists very many things",
	},
	{
		"unsupported_version", OfDocument, "a version of the standard that is not read",
		`"schemaVersion": "1.2"`, `"2.0"`,
		"send one of the versions that docs/standards.md lists",
	},
	{
		"event_type_unknown", OfDocument, "an eventType that the standard does not have",
		`"eventType": "PARTY"`, "one of the types of the standard",
		"send what the standard has",
	},
	{
		"uuid_malformed", OfDocument, "no UUID where the standard has one",
		`"eventID": "1"`, "a UUID",
		"send the UUID of the event",
	},
	{
		"uri_malformed", OfDocument, "no URI and no prefixed name where the standard identifies a thing by one",
		`"epcList": ["SITU9070325"]`, "a URI such as urn:epc:id:sgln:4012345.00225.0, or a prefixed name",
		"send the identifier as a URI, a container as urn:epc:id:bic:SITU9070325",
	},
	{
		"offset_malformed", OfDocument, "no offset from UTC",
		`"eventTimeZoneOffset": "8"`, "an offset from UTC such as +08:00",
		"send hours and minutes with their sign",
	},
	{
		"unit_malformed", OfDocument, "no unit of measure of UN/ECE Recommendation 20",
		`"uom": "kilo"`, "a unit of UN/ECE Recommendation 20, two or three capital letters and digits such as KGM",
		"send the common code of the unit",
	},
	{
		"salt_malformed", OfDocument, "a value of an OpenAttestation 2.0 document that is not salted, or not of the type that it names",
		`"blNumber": "SITGCKSG026001"`, "a salted value: a UUID, a type and the value, with colons between",
		"send the document as it was wrapped when it was issued",
	},
	{
		"too_few", OfDocument, "an array with fewer elements than the standard demands",
		`"consignmentItems": []`, "at least 1",
		"send the elements",
	},
	{
		"jws_malformed", OfDocument, "signed content that is no JWS in compact serialisation, or whose payload is no object",
		`"envelopeTransferChain": ["e30.e30"]`, "a JWS in compact serialisation: three parts with dots between (RFC 7515, 7.1)",
		"send the JWS as it was signed",
	},
	{
		"chain_broken", OfDocument, "a checksum in an envelope that is not that of the entry it names",
		`"lastEnvelopeTransferChainEntrySignedContentChecksum": "00…"`, "the SHA-256 of the chain's last entry",
		"send the chain with every entry as it was signed, in its order",
	},
	{
		"not_unicode", OfDocument, "half a character: a surrogate escape without its other half",
		`"\ud800"`, "whole characters: a surrogate escape has its other half beside it (RFC 8259, 8.2)",
		"write the document with a JSON library",
	},
	{
		"xml_syntax", OfDocument, "no well-formed XML: cut short, tags that do not match, two hyphens in a comment, a prefix that nothing declares",
		"<Invoice><ID>1</Invoice>", "a well-formed XML document: </Invoice> stands where </ID> should",
		"write the document with an XML library; the line and column are told",
	},
	{
		"dtd_forbidden", OfDocument, "a document type declaration, which could define entities and fetch files",
		"<!DOCTYPE Invoice [<!ENTITY a \"b\">]>", "no document type declaration: it could define entities",
		"send the document without it; none of the standards needs one",
	},
	{
		"encoding_unknown", OfDocument, "an XML declaration that names an encoding which is not read",
		`<?xml version="1.0" encoding="EBCDIC-CP-FR"?>`, "UTF-8, UTF-16, or an 8-bit or East Asian encoding by its IANA name",
		"send the document in UTF-8",
	},
	{
		"encoding_mismatch", OfDocument, "bytes that are not in the encoding that the XML declaration or the byte order mark names",
		`<?xml version="1.0" encoding="UTF-16"?> in UTF-8`, "text in the encoding that its declaration names",
		"declare the encoding that the file is saved in",
	},
	{
		"conversion_failed", OfDocument, "the adapter could not make an event of it, which is a mistake of this program",
		"an event that the document's adapter made and the event contract refuses", "an event that can be stored",
		"keep the document and report it; it is kept in the stream REJECTED",
	},
}
