package wire

import (
	"bytes"
	"errors"
	"strings"
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

// quickBytes is how large a text may be that is parsed before it is known to be JSON: of one that is none segmentio reads
// each object anew that the flaw is in.
const quickBytes = 64 << 10

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
// An error is a trade.Faults, with every fault of the event up to trade.MaxFaults: the bytes are at fault, and will be
// again. The event then has what could be read of it.
func (d *Decoder) Decode(data []byte, e *trade.Event) error {
	*e = trade.Event{}
	seen, faults := survey(data, trade.MaxEventBytes)
	if faults != nil {
		return faults
	}
	d.reset()
	if seen.odd || seen.crowded || len(data) > quickBytes || !d.parse(data) {
		if faults := d.reparse(data, seen, e); faults != nil {
			return faults
		}
	}
	if bare(d.envelope.Data) && !hasMember(data, "data") {
		d.envelope.Data = nil
	}
	if faults := d.judge(e); faults != nil {
		return faults
	}
	normalise(e)
	return nil
}

// reparse reads a text that is not known to be that of an event, and gives the faults of one that is not.
func (d *Decoder) reparse(data []byte, seen remarks, e *trade.Event) trade.Faults {
	d.wipe()
	f := finder{text: data, plain: !seen.odd}
	if faults := f.whole(); faults != nil {
		return faults
	}
	if f.faults == nil && !seen.crowded && !f.crowded {
		if (seen.odd || len(data) > quickBytes) && !f.extended && d.parse(data) || f.extended && d.parseExtended(data) {
			return nil
		}
		d.wipe()
	}
	return d.diagnose(data, f.faults, e)
}

// judge moves what was read into the event, and gives the faults of its values.
func (d *Decoder) judge(e *trade.Event) trade.Faults {
	unread := d.fill(e)
	return Together(unread, trade.Validate(e), identifier.Impossible(e))
}

// Together joins faults that were found in turn, each part in the order of the event. What a later one makes of a
// place that an earlier one found wrong is left out.
func Together(first trade.Faults, more ...trade.Faults) trade.Faults {
	all := first
	for _, part := range more {
		before := all
		for _, f := range part {
			if !within(f.Pointer, before) {
				all = all.With(f)
			}
		}
	}
	return all
}

// within says whether the place is one of those of the faults, or in it.
func within(pointer string, faults trade.Faults) bool {
	for i := range faults {
		if rest, ok := strings.CutPrefix(pointer, faults[i].Pointer); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// parse reads the text and says whether it has the structure of an event.
func (d *Decoder) parse(data []byte) bool {
	rest, err := json.Parse(data, &d.envelope, parseFlags|json.DisallowUnknownFields)
	return err == nil && len(trimSpace(rest)) == 0
}

// parseExtended reads an event, which is JSON, with extension attributes in its envelope, which CloudEvents allows: strict
// are only the data.
func (d *Decoder) parseExtended(data []byte) bool {
	var body []byte
	sound := true
	members(data, func(name string, value []byte) bool {
		switch {
		case name == "data":
			body = value
		case attributeName(name):
		default:
			sound = extensionName(name) && value[0] != '{' && value[0] != '['
		}
		return sound
	})
	if !sound {
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
	faults := readTime(nil, &e.Time, "/time", env.Time)
	return readTime(faults, &e.Recorded, "/recorded", env.Recorded)
}

// readTime reads a time, and adds what is wrong with it to the faults.
func readTime(faults trade.Faults, t *time.Time, pointer, text string) trade.Faults {
	if text == "" {
		return faults
	}
	var err error
	*t, err = ParseTime(text)
	switch {
	case err != nil:
		faults = append(faults, timeFault(pointer, text))
	case t.IsZero(): // which to everybody after this means that there is none
		faults = append(faults, trade.Implausible(pointer, text))
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
