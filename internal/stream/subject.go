package stream

import (
	"strings"

	"oneorder/internal/trade"
)

// The streams and the bucket of reader records.
const (
	Inbox    = "INBOX"    // standard documents as they came
	Events   = "EVENTS"   // canonical events
	Rejected = "REJECTED" // what was refused, with the reason in its headers
	Chains   = "CHAINS"   // notices of changed chains
	Readers  = "READERS"  // bucket: one record per reader
)

// AllOrgs stands for every organisation in ChainsSubject; no organisation may have this name.
const AllOrgs = "all"

// EventSubject is the subject an event of org and type t is published under:
// `events.<org>.<domain>.<noun>.<verb>`.
func EventSubject(org string, t trade.Type) string { return "events." + org + "." + string(t) }

// ParseEventSubject takes an event subject apart. The parts share the memory of s. It is not ok if s
// is no event subject; whether the type is a known one is for the codec to say.
func ParseEventSubject(s string) (org string, t trade.Type, ok bool) {
	rest, ok := strings.CutPrefix(s, "events.")
	if !ok {
		return "", "", false
	}
	org, rest, ok = strings.Cut(rest, ".")
	if !ok || !trade.ValidOrg(org) {
		return "", "", false
	}
	domain, names, ok := strings.Cut(rest, ".")
	if !ok {
		return "", "", false
	}
	noun, verb, ok := strings.Cut(names, ".")
	if !ok || !validToken(domain) || !validToken(noun) || !validToken(verb) {
		return "", "", false
	}
	return org, trade.Type(rest), true
}

// InboxSubject is the subject an organisation sends its documents of one format to:
// `inbox.<org>.<format>`. With "*" for org it filters all organisations.
func InboxSubject(org, format string) string { return "inbox." + org + "." + format }

// ParseInboxSubject takes an inbox subject apart; it is not ok if s is none.
func ParseInboxSubject(s string) (org, format string, ok bool) { return parsePair(s, "inbox.") }

// RejectedSubject is the subject that org reads its rejects of one stage from: `rejected.<org>.<stage>`.
func RejectedSubject(org, stage string) string { return "rejected." + org + "." + stage }

// ParseRejectedSubject takes a reject's subject apart; it is not ok if s is none.
func ParseRejectedSubject(s string) (org, stage string, ok bool) { return parsePair(s, "rejected.") }

// ChainsSubject is the subject of the notices for org, or for operators with [AllOrgs]: `chains.<org>`.
func ChainsSubject(org string) string { return "chains." + org }

func parsePair(s, prefix string) (org, name string, ok bool) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return "", "", false
	}
	org, name, ok = strings.Cut(rest, ".")
	if !ok || !trade.ValidOrg(org) || !validToken(name) {
		return "", "", false
	}
	return org, name, true
}

// validToken holds for one subject token of ours: lower case letters, digits, '_' and '-'.
func validToken(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// validName holds for the name of a reader or an inbox: a subject token, upper case allowed.
func validName(s string) bool { return len(s) <= 64 && validToken(strings.ToLower(s)) }
