package xmldoc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"

	"oneorder/internal/trade"
)

// Byte order marks, and how a declaration begins in two-byte encodings (XML 1.0, appendix F).
var (
	mark8    = []byte("\xef\xbb\xbf")
	mark16BE = []byte("\xfe\xff")
	mark16LE = []byte("\xff\xfe")
	open16BE = []byte("\x00<\x00")
	open16LE = []byte("<\x00")
)

// declaration finds the encoding that an XML declaration names.
var declaration = regexp.MustCompile(`^<\?xml\s[^>]*?\sencoding\s*=\s*(?:"([^"]*)"|'([^']*)')`)

// longestDeclaration is how far into a document its declaration is looked for.
const longestDeclaration = 512

// toUTF8 gives the text of a document in UTF-8, without a byte order mark. A byte order mark rules over what the
// declaration says (RFC 7303, 3.3); without either it is UTF-8 (XML 1.0, 4.3.3).
func toUTF8(data []byte) ([]byte, *trade.Fault) {
	switch {
	case bytes.HasPrefix(data, mark8):
		return valid8(data[len(mark8):], len(mark8))
	case bytes.HasPrefix(data, mark16BE):
		return from16(data[2:], unicode.BigEndian, binary.BigEndian)
	case bytes.HasPrefix(data, mark16LE):
		return from16(data[2:], unicode.LittleEndian, binary.LittleEndian)
	case bytes.HasPrefix(data, open16BE):
		return from16(data, unicode.BigEndian, binary.BigEndian)
	case bytes.HasPrefix(data, open16LE):
		return from16(data, unicode.LittleEndian, binary.LittleEndian)
	}
	name := declared(data)
	switch upper := strings.ToUpper(name); {
	case name == "", upper == "UTF-8", upper == "UTF8", upper == "US-ASCII":
		return valid8(data, 0)
	case strings.HasPrefix(upper, "UTF-16"), strings.HasPrefix(upper, "UTF-32"), strings.HasPrefix(upper, "ISO-10646-UCS"):
		return nil, &trade.Fault{
			Code: "encoding_mismatch", Value: trade.Quote(name),
			Message: "text in the encoding that its declaration names: this has one byte for each of its first characters",
		}
	}
	from, err := ianaindex.MIME.Encoding(name)
	if err != nil || from == nil {
		return nil, &trade.Fault{
			Code: "encoding_unknown", Value: trade.Quote(name), Message: "UTF-8, UTF-16, or an 8-bit or East Asian encoding by its IANA name",
		}
	}
	return from8(data, name, from)
}

func declared(data []byte) string {
	m := declaration.FindSubmatch(data[:min(len(data), longestDeclaration)])
	if m == nil {
		return ""
	}
	return string(m[1]) + string(m[2])
}

func valid8(data []byte, before int) ([]byte, *trade.Fault) {
	if utf8.Valid(data) {
		return data, nil
	}
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return nil, &trade.Fault{
		Code: "not_utf8", Value: fmt.Sprintf("byte %d", before+at), Message: "UTF-8 text, or a declaration of the encoding that it is in",
	}
}

func from8(data []byte, name string, from encoding.Encoding) ([]byte, *trade.Fault) {
	text, err := from.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, &trade.Fault{Code: "encoding_mismatch", Value: trade.Quote(name), Message: "text in the encoding that its declaration names"}
	}
	return text, nil
}

// from16 reads UTF-16. Half a character becomes U+FFFD in the decoder, so there must be no more of them than the
// text itself has.
func from16(data []byte, endian unicode.Endianness, order binary.ByteOrder) ([]byte, *trade.Fault) {
	text, err := unicode.UTF16(endian, unicode.IgnoreBOM).NewDecoder().Bytes(data)
	own := 0
	for i := 0; i+1 < len(data); i += 2 {
		if order.Uint16(data[i:]) == utf8.RuneError {
			own++
		}
	}
	if err != nil || len(data)%2 != 0 || bytes.Count(text, []byte("\ufffd")) != own {
		return nil, &trade.Fault{Code: "encoding_mismatch", Message: "whole characters of UTF-16"}
	}
	return text, nil
}
