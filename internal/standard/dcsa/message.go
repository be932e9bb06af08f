package dcsa

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// message is a kind of message: how it is told, what it has to be, what it becomes.
type message struct {
	name      string // of its object in the definitions
	standard  string // as data.detail.conversion names it
	file      string // a member with a file of any length, which is not kept
	recognise func(*jsondoc.Object) bool
	build     func(*assembly)
}

// family is the messages of one format.
type family struct {
	wanted   string // what a document of the format is, for one that is none
	messages []message
}

// hasSome recognises a message by any so many of its members: one of them may be missing, which is then told.
func hasSome(n int, names ...string) func(*jsondoc.Object) bool {
	return func(o *jsondoc.Object) bool {
		there := 0
		for _, name := range names {
			if o.Has(name) {
				there++
			}
		}
		return there >= n
	}
}

// convert turns a document of the family into events. An array is a document of several messages.
func (f *family) convert(data []byte, o standard.Options) ([]*trade.Event, error) {
	document, err := open(data, o, f.wanted)
	if err != nil {
		return nil, err
	}
	c := converter{Options: o, source: o.Source(), size: len(data)}
	if fault := f.declined(document); fault != nil {
		return nil, trade.Faults{*fault}
	}
	if document.Kind() == jsondoc.Array {
		for i, element := range document.Elements {
			f.message(&c, element, (*jsondoc.Path)(nil).Element(i))
		}
	} else {
		f.message(&c, document, nil)
	}
	if faults := c.log.Faults(); faults != nil {
		return c.events, faults
	}
	return c.events, nil
}

// declined gives the fault of a document in which there is no message of the family.
func (f *family) declined(document jsondoc.Value) *trade.Fault {
	found := document.Shown()
	switch document.Kind() {
	case jsondoc.Structure:
		if f.of(document.Open(nil)) != nil {
			return nil
		}
		found = firstNames(document)
	case jsondoc.Array:
		empty := true
		for _, element := range document.Elements {
			if empty = false; element.Kind() == jsondoc.Structure && f.of(element.Open(nil)) != nil {
				return nil
			}
		}
		if empty {
			return nil
		}
		found = "an array without an event"
	case jsondoc.Null, jsondoc.Boolean, jsondoc.Number, jsondoc.String:
	}
	return &trade.Fault{Code: notAnEventDocument, Value: found, Message: f.wanted}
}

// of tells which message an object is; nil when it is none. Error bodies and subscriptions are none.
func (f *family) of(o *jsondoc.Object) *message {
	for _, name := range otherMembers {
		if name != "errors" && o.Has(name) {
			return nil
		}
	}
	for i := range f.messages {
		if f.messages[i].recognise(o) {
			return &f.messages[i]
		}
	}
	return nil
}

// message converts one message, or puts down why it can't be.
func (f *family) message(c *converter, v jsondoc.Value, at *jsondoc.Path) {
	if v.Kind() != jsondoc.Structure {
		c.log.Add(trade.Fault{Code: "mistyped", Pointer: at.String(), Value: v.Shown(), Message: f.wanted})
		return
	}
	o := v.Open(at)
	m := f.of(o)
	if m == nil {
		c.log.Add(trade.Fault{Code: notAnEventDocument, Pointer: at.String(), Value: firstNames(v), Message: f.wanted})
		return
	}
	before := c.log.Len()
	size := len(v)
	if file, ok := o.Value(m.file); ok && m.file != "" {
		size -= len(file)
	}
	if !c.bounded(size, v, at) {
		return
	}
	if v.CheckBut(&c.log, at, m.file); c.log.Len() > before {
		return
	}
	ck := checker{log: &c.log}
	if ck.object(o, defined(m.name)); c.log.Len() > before {
		return
	}
	made := len(c.events)
	a := assembly{converter: c, root: o, text: v, standard: m.standard, flags: ck.flags}
	if m.build(&a); c.log.Len() > before {
		c.events = c.events[:made] // of a message that is at fault nothing is taken
	}
}

// bounded says whether the text of one message, of so many bytes that are kept, is within the limits.
func (c *converter) bounded(size int, v jsondoc.Value, at *jsondoc.Path) bool {
	switch {
	case size > standard.MaxDetailBytes:
		c.log.Add(trade.Fault{
			Code: "too_large", Pointer: at.String(), Value: fmt.Sprintf("%d bytes", size),
			Message: fmt.Sprintf("at most %d bytes an event", standard.MaxDetailBytes),
		})
	case v.Deeper(standard.MaxDetailDepth):
		c.log.Add(trade.Fault{
			Code: "too_deep", Pointer: at.String(), Message: fmt.Sprintf("at most %d levels of objects and arrays", standard.MaxDetailDepth),
		})
	default:
		return true
	}
	return false
}

// keep adds an event that is sound, and puts down what is wrong with another.
func (c *converter) keep(e *trade.Event, at *jsondoc.Path) {
	if c.log.Room(c.size, len(c.events), at.String) && c.log.Sound(e, at.String) {
		c.events = append(c.events, e)
	}
}

// assembly makes the events of one sound message. What it places it takes out of the message; the rest becomes
// the detail of the message's first event.
type assembly struct {
	*converter
	root     *jsondoc.Object
	text     jsondoc.Value // of the message
	standard string
	flags    trade.Flags // of the check; they go with the first event
	id       string      // of the first event; those of the others begin with it
	recorded time.Time
}

// when is the time of an event, of which only the day may be known.
type when struct {
	at       time.Time
	day      bool
	revision uint32 // of an event whose time is that of its receipt
}

// received is the time of a message that has none of its own.
func (c *converter) received() when {
	at, revision := standard.Receipt(c.Received)
	return when{at, true, revision}
}

// receivedBy is the end of that day, for an answer: it comes after what it answers, which may be of the same day.
func (c *converter) receivedBy() when {
	w := c.received()
	w.at = w.at.Add(24*time.Hour - time.Second)
	return w
}

// day reads a member that is a date.
func day(o *jsondoc.Object, name string) (when, bool) {
	t, err := time.Parse(time.DateOnly, o.Text(name))
	return when{at: t, day: true}, err == nil
}

// moments reads a member that is a date-time, and takes it when nothing of it is lost.
func moments(o *jsondoc.Object, name string) time.Time {
	text := o.Text(name)
	t, ok := timeOf(moment, text)
	if ok && t.Format(time.RFC3339Nano) == text {
		o.Take(name)
	}
	return t
}

func (a *assembly) draft() *standard.Draft { return &standard.Draft{KnownPlace: a.KnownPlace} }

// remark is something that data.detail.conversion says beside the standard and the flags.
type remark struct{ name, text string }

// fact is an event that is being made.
type fact struct {
	what    trade.Type
	suffix  string // of the id
	when    when
	draft   *standard.Draft
	rest    *jsondoc.Object // whose rest becomes the detail; may be nil
	remarks []remark

	revision  uint32
	retracted bool
}

// tell makes the event.
func (a *assembly) tell(f fact) {
	d := &f.draft.Data
	if f.when.day {
		d.Precision = "day"
	}
	f.draft.Flags |= a.flags
	a.flags = 0
	d.Detail = a.detail(f)
	a.keep(&trade.Event{
		SpecVersion: trade.SpecVersion, ID: a.id + f.suffix, Source: a.source, Type: f.what, Time: f.when.at,
		Recorded: a.recorded, Revision: f.revision + f.when.revision, Retracted: f.retracted, Subject: f.draft.Subject(), Data: d, Flags: f.draft.Flags,
	}, a.root.At)
}

func (a *assembly) detail(f fact) []byte {
	detail := []byte{'{'}
	name := "conversion"
	if f.rest != nil {
		detail = f.rest.Rest(detail)
		for f.rest.Has(name) {
			name += "_"
		}
	}
	detail = append(jsondoc.AppendName(detail, name), '{')
	detail = jsondoc.AppendList(detail, "flags", f.draft.RemarkedFlags())
	for _, r := range f.remarks {
		detail = jsondoc.AppendString(jsondoc.AppendName(detail, r.name), r.text)
	}
	detail = jsondoc.AppendString(jsondoc.AppendName(detail, "standard"), a.standard)
	return append(detail, "}}"...)
}

// contentID is the id of a message that has none: the digest of its content, whatever its white space and the
// order of its members.
func contentID(parts ...jsondoc.Value) string {
	size := 0
	for _, v := range parts {
		size += len(v)
	}
	canonical := make([]byte, 0, size) // the canonical form has no white space
	for _, v := range parts {
		canonical = v.AppendCanonical(canonical)
	}
	sum := sha256.Sum256(canonical)
	return "sha256-" + hex.EncodeToString(sum[:])
}

// digestOf is the digest of a document in the canonical form of RFC 8785.
func digestOf(v jsondoc.Value) string {
	return standard.Digest(v.AppendCanonical(make([]byte, 0, len(v))))
}
