package stream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// The headers of a rejected message. The body is the original bytes, and beside these are the headers that it
// came with.
const (
	HeaderCode     = "Oneorder-Code"     // of the fault, such as "source_mismatch"
	HeaderPointer  = "Oneorder-Pointer"  // JSON pointer or XML path to it
	HeaderMessage  = "Oneorder-Message"  // what is wrong and what would be right
	HeaderFaults   = "Oneorder-Faults"   // every fault, as a JSON array of code, pointer, value and message
	HeaderSubject  = "Oneorder-Subject"  // the subject it came under
	HeaderSequence = "Oneorder-Sequence" // its sequence there
	HeaderReceived = "Oneorder-Received" // when the broker stored it there, RFC 3339
)

// Refused is a message as it came, that is refused.
type Refused struct {
	Subject  string    // it came under, or would have come under had it not come over HTTP
	Sequence uint64    // in its stream; 0: it is in none
	Received time.Time // the broker's timestamp there
	Header   Header
	Data     []byte
}

// Rejection is one message that was refused, and why.
type Rejection struct {
	Org, Stage             string
	Code, Pointer, Message string       // of the first fault
	Faults                 trade.Faults // all, shortened to what headers take
	Subject                string       // where the message came from; "": nobody knows
	Sequence               uint64       // its sequence there; 0: it came over HTTP
	Received               time.Time    // when the broker stored it there; zero: it came over HTTP
	Header                 map[string]string
	Data                   []byte // as it came

	// Set by the broker; not published.
	ID   uint64    // sequence in REJECTED
	Time time.Time // when it was rejected
}

// Bounds of what a rejection's headers take: the broker takes 64 KiB of them all, and a thousand faults help nobody.
const (
	maxFaults      = 32
	maxFaultsBytes = 32 << 10
	maxText        = 512
	maxOriginal    = 16 << 10
)

// Reject makes the rejection of a message for these faults; there must be one.
func Reject(org, stage string, faults trade.Faults, m Refused) Rejection {
	r := Rejection{Org: org, Stage: stage, Subject: m.Subject, Sequence: m.Sequence, Received: m.Received, Header: original(m.Header), Data: m.Data}
	size := 0
	for _, f := range faults[:min(len(faults), maxFaults)] {
		f = trade.Fault{Code: f.Code, Pointer: line(f.Pointer), Value: line(f.Value), Message: line(f.Message)}
		if size += len(f.Code) + len(f.Pointer) + len(f.Value) + len(f.Message); size > maxFaultsBytes && len(r.Faults) > 0 {
			break
		}
		r.Faults = append(r.Faults, f)
	}
	r.Code, r.Pointer, r.Message = r.Faults[0].Code, r.Faults[0].Pointer, told(r.Faults[0])
	return r
}

func told(f trade.Fault) string {
	if f.Value == "" {
		return f.Message
	}
	return f.Message + " (found " + f.Value + ")"
}

// line makes the text fit one header line.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	return s
}

// original is what is kept of a message's own headers, such as the attributes of binary mode. The broker's and ours say
// how it came, not what it was.
func original(h Header) map[string]string {
	var kept map[string]string
	size := 0
	for _, name := range slices.Sorted(maps.Keys(h)) {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "nats-") || strings.HasPrefix(lower, "oneorder-") {
			continue
		}
		if size += len(name) + len(h.Value(name)); size > maxOriginal {
			break
		}
		if kept == nil {
			kept = make(map[string]string)
		}
		kept[name] = h.Value(name)
	}
	return kept
}

// Outgoing is the message that tells the organisation. Its MsgID is a digest of the rejection, so that the same one
// made twice is stored once.
func (r Rejection) Outgoing() Outgoing {
	h := maps.Clone(r.Header)
	if h == nil {
		h = make(map[string]string, 6)
	}
	set := func(name, value string) {
		if value != "" {
			h[name] = value
		}
	}
	set(HeaderCode, r.Code)
	set(HeaderPointer, r.Pointer)
	set(HeaderMessage, r.Message)
	set(HeaderSubject, r.Subject)
	if r.Sequence != 0 {
		h[HeaderSequence] = strconv.FormatUint(r.Sequence, 10)
	}
	if !r.Received.IsZero() {
		h[HeaderReceived] = r.Received.UTC().Format(time.RFC3339Nano)
	}
	if len(r.Faults) > 0 {
		text, _ := json.Marshal(r.Faults) // strings always marshal
		h[HeaderFaults] = string(text)
	}
	subject := RejectedSubject(r.Org, r.Stage)
	d := sha256.New()
	for _, s := range []string{subject, r.Code, r.Pointer, r.Message, r.Subject, h[HeaderSequence]} {
		d.Write([]byte(s))
		d.Write([]byte{0})
	}
	d.Write(r.Data)
	return Outgoing{Subject: subject, MsgID: hex.EncodeToString(d.Sum(nil)[:16]), Header: h, Data: r.Data}
}

// Rejection reads a message of REJECTED. False: it is none, but says that one is resolved.
func (m *Message) Rejection() (Rejection, bool) {
	if strings.HasSuffix(m.Subject, "."+stageResolved) {
		return Rejection{}, false
	}
	r := rejection(m.Subject, m.Header, m.Data)
	r.ID, r.Time = m.Sequence, m.Time
	return r, true
}

// rejection reads what Outgoing wrote.
func rejection(subject string, h Header, data []byte) Rejection {
	r := Rejection{
		Code: h.Value(HeaderCode), Pointer: h.Value(HeaderPointer), Message: h.Value(HeaderMessage),
		Subject: h.Value(HeaderSubject), Header: original(h), Data: data,
	}
	r.Org, r.Stage, _ = ParseRejectedSubject(subject)
	if r.Org == "" {
		r.Org = strings.TrimPrefix(subject, "rejected.")
	}
	if seq, err := strconv.ParseUint(h.Value(HeaderSequence), 10, 64); err == nil {
		r.Sequence = seq
	}
	if at, err := time.Parse(time.RFC3339Nano, h.Value(HeaderReceived)); err == nil {
		r.Received = at
	}
	if text := h.Value(HeaderFaults); text != "" {
		if json.Unmarshal([]byte(text), &r.Faults) != nil {
			r.Faults = nil
		}
	}
	if len(r.Faults) == 0 {
		r.Faults = trade.Faults{{Code: r.Code, Pointer: r.Pointer, Message: r.Message}}
	}
	return r
}

// Reject stores rejections for those who sent the messages. One that is, with its reason, larger than the broker takes is
// stored without the message: its sender has it, and the reason is what matters.
func (p *Publisher) Reject(ctx context.Context, rejections []Rejection) error {
	if len(rejections) == 0 {
		return nil
	}
	messages := make([]Outgoing, len(rejections))
	for i := range rejections {
		messages[i] = rejections[i].Outgoing()
	}
	receipts, err := p.Publish(ctx, messages)
	if err != nil {
		return fmt.Errorf("store rejections: %w", err)
	}
	var bare []Rejection
	for i := range receipts {
		r := rejections[i]
		switch {
		case receipts[i].Err == nil:
		case errors.Is(receipts[i].Err, ErrTooLarge) && len(r.Data) > 0:
			r.Message += fmt.Sprintf(" (the message, %d bytes, is too large to be sent back)", len(r.Data))
			r.Data, r.Header = nil, nil
			bare = append(bare, r)
		default:
			return fmt.Errorf("store the rejection of %s message %d: %w", r.Subject, r.Sequence, receipts[i].Err)
		}
	}
	return p.Reject(ctx, bare)
}
