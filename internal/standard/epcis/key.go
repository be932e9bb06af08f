package epcis

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// number is what a URI of the standard names: a number, and who gave it.
type number struct{ value, issuer string }

// transactionNumber reads the identifier of a business transaction (CBV 2.0, 8.5): a GDTI, as an EPC URI or a
// GS1 Digital Link; a number under its issuer's GLN; or some other URI, whose last part is the number and whose
// host gave it.
func transactionNumber(uri string) number {
	if rest, ok := strings.CutPrefix(uri, "urn:epcglobal:cbv:bt:"); ok {
		if gln, value, ok := strings.Cut(rest, ":"); ok && value != "" {
			return number{unescaped(value), gln}
		}
	}
	if rest, ok := strings.CutPrefix(uri, "urn:epc:id:gdti:"); ok {
		if parts := strings.SplitN(rest, ".", 3); len(parts) == 3 {
			return number{withCheckDigit(parts[0]+parts[1]) + unescaped(parts[2]), ""}
		}
	}
	if key := linked(uri, "253"); key != "" {
		return number{key, ""}
	}
	if u, err := url.Parse(uri); err == nil && u.Host != "" {
		path := strings.Trim(u.Path, "/")
		if last := path[strings.LastIndexByte(path, '/')+1:]; last != "" && u.RawQuery == "" && u.Fragment == "" {
			return number{last, u.Hostname()}
		}
	}
	return number{uri, ""}
}

// consignmentNumber reads a GSIN, the number of a shipment, or a GINC, the number that a forwarder gives a
// consignment; "" for any other key.
func consignmentNumber(uri string) (shipment, consignment string) {
	if rest, ok := strings.CutPrefix(uri, "urn:epc:id:gsin:"); ok {
		return withCheckDigit(strings.ReplaceAll(rest, ".", "")), ""
	}
	if rest, ok := strings.CutPrefix(uri, "urn:epc:id:ginc:"); ok {
		return "", unescaped(strings.Replace(rest, ".", "", 1))
	}
	return linked(uri, "402"), linked(uri, "401")
}

// container reads the EPC of a container by its ISO 6346 number (EPC Tag Data Standard, 6.3.15).
func container(uri string) string {
	rest, _ := strings.CutPrefix(uri, "urn:epc:id:bic:")
	if rest == uri {
		return ""
	}
	return rest
}

// vessel reads the EPC of a ship by its IMO number (EPC Tag Data Standard, 6.3.16).
func vessel(uri string) string {
	rest, _ := strings.CutPrefix(uri, "urn:epc:id:imovn:")
	if rest == uri {
		return ""
	}
	return rest
}

// party reads the GLN of a party, "" when the URI is none.
func party(uri string) string {
	if rest, ok := strings.CutPrefix(uri, "urn:epc:id:pgln:"); ok {
		return withCheckDigit(strings.ReplaceAll(rest, ".", ""))
	}
	if gln := linked(uri, "417"); gln != "" {
		return gln
	}
	gln, _ := location(uri)
	return gln
}

// location reads the GLN of a location and its extension ("0" is none).
func location(uri string) (gln, extension string) {
	if rest, ok := strings.CutPrefix(uri, "urn:epc:id:sgln:"); ok {
		if parts := strings.SplitN(rest, ".", 3); len(parts) == 3 {
			if extension = unescaped(parts[2]); extension == "0" {
				extension = ""
			}
			return withCheckDigit(parts[0] + parts[1]), extension
		}
	}
	return linked(uri, "414"), linked(uri, "254")
}

// locode finds the UN/LOCODE that ends a URI which says that it is one, such as …/unlocode/CNCKG.
func locode(uri string) string {
	i := strings.LastIndexAny(uri, "/:#=")
	if i < 0 || len(uri)-i-1 != 5 || !strings.Contains(strings.ToLower(uri[:i+1]), "locode") {
		return ""
	}
	return strings.ToUpper(uri[i+1:])
}

// coordinates reads a geo URI (RFC 5870).
func coordinates(uri string) (lat, lon json.Number, ok bool) {
	rest, ok := strings.CutPrefix(uri, "geo:")
	if !ok {
		return "", "", false
	}
	rest, _, _ = strings.Cut(rest, ";")
	parts := strings.Split(rest, ",")
	if len(parts) < 2 {
		return "", "", false
	}
	north, err := strconv.ParseFloat(parts[0], 64)
	if err != nil || north < -90 || north > 90 {
		return "", "", false
	}
	east, err := strconv.ParseFloat(parts[1], 64)
	if err != nil || east < -180 || east > 180 {
		return "", "", false
	}
	return json.Number(strconv.FormatFloat(north, 'f', -1, 64)), json.Number(strconv.FormatFloat(east, 'f', -1, 64)), true
}

// linked reads the value of an application identifier out of a GS1 Digital Link URI; "" when it has none.
func linked(uri, identifier string) string {
	if !strings.HasPrefix(uri, "http://") && !strings.HasPrefix(uri, "https://") {
		return ""
	}
	path, _, _ := strings.Cut(uri, "?")
	parts := strings.Split(path, "/")
	for i := 3; i+1 < len(parts); i++ {
		if parts[i] == identifier {
			return unescaped(parts[i+1])
		}
	}
	return ""
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// withCheckDigit adds the check digit of the GS1 keys (GS1 General Specifications, 7.9.1): from the right, digits
// weigh 3 and 1 in turn. What is not all digits stays as it is.
func withCheckDigit(s string) string {
	sum := 0
	for i := 0; i < len(s); i++ {
		c := s[len(s)-1-i]
		if c < '0' || c > '9' {
			return s
		}
		weight := 3
		if i%2 == 1 {
			weight = 1
		}
		sum += weight * int(c-'0')
	}
	return s + string(rune('0'+(10-sum%10)%10))
}
