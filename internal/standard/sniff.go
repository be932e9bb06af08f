package standard

import (
	"errors"
	"slices"

	"oneorder/internal/trade"
)

// Sniff finds the formats that a document may be of: those that read it whole or, failing that, those that recognise
// it and find faults in it. Several mean that the document does not tell, none that it is none of theirs.
func Sniff(data []byte, formats []Format, o Options) []Format {
	var found []Format
	best := foreign
	for _, f := range formats {
		switch s := sight(f, data, o); {
		case s > best:
			best, found = s, []Format{f}
		case s == best && s > foreign:
			found = append(found, f)
		}
	}
	return found
}

// What a format makes of a document, the better the higher.
const (
	foreign = iota // none of its own
	faulty         // its own, at fault throughout
	partial        // its own, sound in part
	whole          // sound
)

// declines are the codes by which a format says that a document is none of its own, or none at all.
var declines = []string{"not_an_event_document", "unsupported_version", "event_type_unknown", "json_syntax", "xml_syntax", "not_utf8", "not_unicode", "too_deep", "too_large", "conversion_failed", "empty"}

func sight(f Format, data []byte, o Options) int {
	events, err := f.Convert(data, o)
	var faults trade.Faults
	switch {
	case err == nil && len(events) > 0:
		return whole
	case err == nil || !errors.As(err, &faults):
		return foreign
	case slices.ContainsFunc(faults, func(f trade.Fault) bool { return slices.Contains(declines, f.Code) }):
		return foreign
	case len(events) > 0:
		return partial
	default:
		return faulty
	}
}
