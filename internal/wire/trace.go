package wire

import "github.com/segmentio/encoding/json"

// TraceParent is the W3C Trace Context of an arrival, also of one that is no event: from its header in binary mode, else from its body. It is
// "" where there is none that has the form of the standard (2.0, 3.2.2), so that what stands in a log is nothing else.
func TraceParent(header map[string][]string, payload []byte) string {
	for _, name := range []string{"ce-traceparent", "traceparent"} {
		if v := header[name]; len(v) > 0 {
			return traceForm(v[0])
		}
	}
	found := ""
	members(payload, func(name string, value []byte) bool {
		if name != "traceparent" {
			return true
		}
		var text string
		if _, err := json.Parse(value, &text, 0); err == nil {
			found = traceForm(text)
		}
		return false
	})
	return found
}

// traceForm is the text if it is version, trace id, parent id and flags in lower-case hexadecimal.
func traceForm(s string) string {
	const form = "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx"
	if len(s) != len(form) {
		return ""
	}
	for i := range len(s) {
		hex := s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'f'
		if hex != (form[i] == 'x') || !hex && s[i] != '-' {
			return ""
		}
	}
	return s
}
