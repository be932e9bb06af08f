package intake

import (
	"encoding/base64"
	"iter"
	"strings"
)

// Secrets gives the secrets of a setting that may have several, so that an old one is taken beside the new while it is rotated: Base64 (RFC 4648, 4),
// separated by commas. What is no Base64 comes with its error; an empty setting has none.
func Secrets(setting string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if setting == "" {
			return
		}
		for text := range strings.SplitSeq(setting, ",") {
			if !yield(base64.StdEncoding.DecodeString(text)) {
				return
			}
		}
	}
}
