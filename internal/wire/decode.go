package wire

import (
	"bytes"
	"errors"
	"time"

	"github.com/segmentio/encoding/json"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

// envelope is the event as segmentio reads it.
type envelope struct {
	attributes
	Data *trade.Data `json:"data"`
}

// attributes are the event's but for data. Times stay text, since segmentio takes more for a time than RFC 3339
// allows.
type attributes struct {
	SpecVersion     string `json:"specversion"`
	ID              string `json:"id"`
	Source          string `json:"source"`
	Type            string `json:"type"`
	Time            string `json:"time"`
	Recorded        string `json:"recorded"`
	Revision        uint32 `json:"revision"`
	Retracted       bool   `json:"retracted"`
	Subject         string `json:"subject"`
	DataContentType string `json:"datacontenttype"`
	DataSchema      string `json:"dataschema"`
	TraceParent     string `json:"traceparent"`
}

const parseFlags = json.ZeroCopy | json.DontMatchCaseInsensitiveStructFields

// Decoder decodes events into memory that it reuses: what Decode filled is overwritten by the next Decode.
// It is not for concurrent use. The zero Decoder is ready.
type Decoder struct {
	envelope envelope
	data     trade.Data
}

// Decode reads one event in structured JSON mode, checks it and brings its numbers into normal form
// (docs/joining.md). The event's strings alias data, and its Data belongs to the decoder, until the next call.
//
// An error is a trade.Faults: the bytes are at fault, and will be again.
func (d *Decoder) Decode(data []byte, e *trade.Event) error {
	twice, faults := survey(data, trade.MaxEventBytes)
	if faults != nil {
		return faults
	}
	d.reset()
	if !d.parse(data, twice) {
		d.wipe()
		if faults := diagnose(data); faults != nil {
			return faults
		}
		return trade.Faults{{Code: "json_syntax", Message: "a JSON object that is an event"}}
	}
	if bare(d.envelope.Data) && !hasMember(data, "data") {
		d.envelope.Data = nil
	}
	if faults := d.fill(e); faults != nil {
		return faults
	}
	if faults := trade.Validate(e); faults != nil {
		return faults
	}
	normalise(e)
	return nil
}

// parse reads the text and says whether it has the structure of an event. Twice says that a name may stand twice in
// one object.
func (d *Decoder) parse(data []byte, twice bool) bool {
	if twice {
		sound := true
		duplicates(data, func(string) bool { sound = false; return false })
		if !sound {
			return false
		}
	}
	rest, err := json.Parse(data, &d.envelope, parseFlags|json.DisallowUnknownFields)
	return err == nil && len(trimSpace(rest)) == 0 || d.parseExtended(data)
}

// parseExtended reads an event with extension attributes in its envelope, which CloudEvents allows: strict are
// only the data.
func (d *Decoder) parseExtended(data []byte) bool {
	if !json.Valid(data) {
		return false
	}
	var body []byte
	sound, extended := true, false
	members(data, func(name string, value []byte) bool {
		switch {
		case name == "data":
			body = value
		case attributeName(name):
		default:
			extended = true
			sound = extensionName(name) && value[0] != '{' && value[0] != '['
		}
		return sound
	})
	if !sound || !extended {
		return false
	}
	d.wipe()
	if _, err := json.Parse(data, &d.envelope.attributes, parseFlags); err != nil {
		return false
	}
	if body == nil || string(body) == "null" {
		return true
	}
	d.envelope.Data = &d.data
	_, err := json.Parse(body, &d.data, parseFlags|json.DisallowUnknownFields)
	return err == nil
}

func attributeName(name string) bool {
	switch name {
	case "specversion", "id", "source", "type", "time", "recorded", "revision", "retracted", "subject",
		"datacontenttype", "dataschema", "traceparent":
		return true
	}
	return false
}

// Decode reads one event like Decoder.Decode, into memory of its own.
func Decode(data []byte) (*trade.Event, error) {
	e := new(trade.Event)
	if err := new(Decoder).Decode(bytes.Clone(data), e); err != nil {
		return nil, err
	}
	return e, nil
}

// bare says that hardly anything was read into the data, so that it may not have been there at all.
func bare(v *trade.Data) bool {
	return v == nil || v.Classifier == "" && len(v.References) == 0 && len(v.Covers) == 0 &&
		len(v.Equipment) == 0 && v.Document == trade.Document{} && v.Place == trade.Place{}
}

// fill moves the envelope into the event.
func (d *Decoder) fill(e *trade.Event) trade.Faults {
	env := &d.envelope
	*e = trade.Event{
		SpecVersion: env.SpecVersion, ID: env.ID, Source: env.Source, Type: trade.Type(env.Type),
		Revision: env.Revision, Retracted: env.Retracted, Subject: env.Subject,
		DataContentType: env.DataContentType, DataSchema: env.DataSchema, TraceParent: env.TraceParent,
		Data: env.Data,
	}
	if t, ok := e.Type.Canonical(); ok {
		e.Type = t
	}
	var faults trade.Faults
	var err error
	if env.Time != "" {
		if e.Time, err = ParseTime(env.Time); err != nil {
			faults = append(faults, timeFault("/time", env.Time))
		}
	}
	if env.Recorded != "" {
		if e.Recorded, err = ParseTime(env.Recorded); err != nil {
			faults = append(faults, timeFault("/recorded", env.Recorded))
		}
	}
	return faults
}

func timeFault(pointer, value string) trade.Fault {
	return trade.Fault{
		Code: "time_malformed", Pointer: pointer, Value: trade.Quote(value),
		Message: "RFC 3339 date and time with an offset, such as 2026-09-11T08:15:00Z",
	}
}

var errTime = errors.New("not an RFC 3339 time")

// ParseTime reads an RFC 3339 date-time, upper case T and Z, and gives it in UTC.
func ParseTime(s string) (time.Time, error) {
	// time.Parse also takes a comma before the fraction, a one-digit hour, and an offset of 24 hours or 60 minutes.
	if len(s) < len("2006-01-02T15:04:05Z") || s[13] != ':' || s[10] != 'T' || (len(s) > 19 && s[19] == ',') {
		return time.Time{}, errTime
	}
	if s[len(s)-1] != 'Z' && (s[len(s)-5:len(s)-3] > "23" || s[len(s)-2:] > "59") {
		return time.Time{}, errTime
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, errTime
	}
	return t.UTC(), nil
}

// reset empties what the decode before filled, keeping its memory. segmentio neither zeroes the elements
// of a slice that it reuses nor the fields that the text leaves out.
func (d *Decoder) reset() {
	v := &d.data
	*v = trade.Data{
		References: emptied(v.References), Covers: emptied(v.Covers), Replaces: emptied(v.Replaces), Equipment: emptied(v.Equipment),
		Transfer: trade.Transfer{From: emptied(v.Transfer.From), To: emptied(v.Transfer.To)},
		Parties:  emptied(v.Parties), Goods: emptied(v.Goods),
	}
	d.envelope = envelope{Data: v}
}

// emptied gives a list's memory to use again, unless it is more than an event should need.
func emptied[T any](list []T) []T {
	if cap(list) > 2*trade.MaxCovers {
		return nil
	}
	clear(list)
	return list[:0]
}

// trimSpace takes off the white space of JSON, of which there is less than Unicode's.
func trimSpace(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

// wipe gives up all reused memory, after a decode that failed midway through a slice.
func (d *Decoder) wipe() {
	d.data = trade.Data{}
	d.envelope = envelope{}
}

// normalise brings the numbers into the form they are joined by, drops placeholders, and flags.
func normalise(e *trade.Event) {
	if e.Data == nil {
		return
	}
	v := e.Data
	v.References = normaliseReferences(v.References, &e.Flags)
	v.Covers = normaliseReferences(v.Covers, &e.Flags)
	v.Replaces = normaliseReferences(v.Replaces, &e.Flags)
	v.Equipment = normaliseEquipment(v.Equipment, &e.Flags)
	v.Transfer.From = normaliseBoxes(v.Transfer.From, &e.Flags)
	v.Transfer.To = normaliseBoxes(v.Transfer.To, &e.Flags)
	if v.Transport.Mode == trade.Sea && v.Transport.Conveyance != "" && identifier.IMO(v.Transport.Conveyance) != nil {
		e.Flags |= trade.FlagIdentifierInvalid
	}
	if len(v.Detail) > 0 {
		e.Flags |= convertedFlags(v.Detail)
	}
}

func normaliseEquipment(list []trade.Equipment, flags *trade.Flags) []trade.Equipment {
	kept := list[:0]
	for _, q := range list {
		q.Number = identifier.NormalContainer(q.Number)
		if identifier.Placeholder(q.Number) {
			*flags |= trade.FlagPlaceholder
			continue
		}
		if q.Kind == trade.Container && identifier.Container(q.Number) != nil {
			*flags |= trade.FlagIdentifierInvalid
		}
		kept = append(kept, q)
	}
	clear(list[len(kept):])
	return kept
}

func normaliseBoxes(numbers []string, flags *trade.Flags) []string {
	kept := numbers[:0]
	for _, number := range numbers {
		if number = identifier.NormalContainer(number); identifier.Placeholder(number) {
			*flags |= trade.FlagPlaceholder
			continue
		}
		kept = append(kept, number)
	}
	clear(numbers[len(kept):])
	return kept
}

// convertedFlags gives the flags that an adapter left in data.detail.conversion.flags: what looked wrong in
// the document and does not show in the event.
func convertedFlags(detail []byte) trade.Flags {
	if !bytes.Contains(detail, []byte(`"conversion"`)) {
		return 0
	}
	var d struct {
		Conversion struct {
			Flags []string `json:"flags"`
		} `json:"conversion"`
	}
	if json.Unmarshal(detail, &d) != nil {
		return 0 // somebody else's member of that name
	}
	return trade.FlagsNamed(d.Conversion.Flags)
}

func normaliseReferences(refs []trade.Reference, flags *trade.Flags) []trade.Reference {
	kept := refs[:0]
	for _, r := range refs {
		normal, f := identifier.NormalReference(r)
		*flags |= f
		if normal.Value != "" {
			kept = append(kept, normal)
		}
	}
	clear(refs[len(kept):])
	return kept
}
