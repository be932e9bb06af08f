package tradetrust

import (
	"fmt"
	"strconv"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// maxText is how long a text of a document is kept. Attached files and drawn signatures are longer: of these the
// digest and the length are.
const maxText = 8 << 10

// plain copies a value without salts and with long texts cut down. Salted, every value but a list or an object is a
// string of a UUID, a type and the value (OpenAttestation 2.0).
func (c *converter) plain(dst []byte, v jsondoc.Value, at *jsondoc.Path, salted bool) []byte {
	switch v.Kind() {
	case jsondoc.Structure:
		dst = append(dst, '{')
		for name, value := range v.Open(at).Names {
			dst = c.plain(jsondoc.AppendName(dst, shortened(name)), value, at.Member(name), salted)
		}
		return append(dst, '}')
	case jsondoc.Array:
		dst = append(dst, '[')
		for i, element := range v.Elements {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = c.plain(dst, element, at.Element(i), salted)
		}
		return append(dst, ']')
	case jsondoc.String:
		text := v.Text()
		if salted {
			return c.unsalted(dst, text, v, at)
		}
		return jsondoc.AppendString(dst, shortened(text))
	case jsondoc.Null, jsondoc.Boolean, jsondoc.Number:
	}
	return append(dst, v...)
}

func (c *converter) unsalted(dst []byte, text string, v jsondoc.Value, at *jsondoc.Path) []byte {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) != 3 || len(parts[0]) != 36 {
		c.fault("salt_malformed", at, v.Shown(), "a salted value: a UUID, a type and the value, with colons between")
		return append(dst, "null"...)
	}
	value := parts[2]
	switch parts[1] {
	case "string":
		return jsondoc.AppendString(dst, shortened(value))
	case "number":
		if _, err := strconv.ParseFloat(value, 64); err == nil && !strings.ContainsAny(value, "xXpPnNiI_+") && value[0] != '.' {
			if number, fault := jsondoc.Read([]byte(value), len(value)); fault == nil {
				return append(dst, number...)
			}
		}
	case "boolean":
		if value == "true" || value == "false" {
			return append(dst, value...)
		}
	case "null", "undefined":
		return append(dst, "null"...)
	}
	c.fault("salt_malformed", at, v.Shown(), "a value of the type that it names: string, number, boolean, null or undefined")
	return append(dst, "null"...)
}

// shortened gives a text as it is kept.
func shortened(text string) string {
	if len(text) <= maxText {
		return text
	}
	return fmt.Sprintf("%s of %d bytes", standard.Digest([]byte(text)), len(text))
}

func (c *converter) fault(code string, at *jsondoc.Path, value, want string) {
	c.log.Add(trade.Fault{Code: code, Pointer: at.String(), Value: value, Message: want})
}
