package stream

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// The headers of a rejected message. The body is the original bytes.
const (
	HeaderCode     = "Oneorder-Code"     // of the fault, such as "source_mismatch"
	HeaderPointer  = "Oneorder-Pointer"  // JSON pointer or XML path to it
	HeaderMessage  = "Oneorder-Message"  // what is wrong and what would be right
	HeaderSubject  = "Oneorder-Subject"  // the subject it came under
	HeaderSequence = "Oneorder-Sequence" // its sequence there
)

// Rejection is one message that was refused, and why.
type Rejection struct {
	Org, Stage             string
	Code, Pointer, Message string
	Subject                string // where the message came from; "": not from a stream
	Sequence               uint64 // its sequence there
	Data                   []byte // as it came

	// Set by the broker; not published.
	ID   uint64    // sequence in REJECTED
	Time time.Time // when it was rejected
}

// Outgoing is the message that tells the organisation. Its MsgID is a digest of the rejection, so that the same one
// made twice is stored once.
func (r Rejection) Outgoing() Outgoing {
	h := map[string]string{HeaderCode: r.Code}
	set := func(name, value string) {
		if value != "" {
			h[name] = value
		}
	}
	set(HeaderPointer, r.Pointer)
	set(HeaderMessage, r.Message)
	set(HeaderSubject, r.Subject)
	if r.Sequence != 0 {
		h[HeaderSequence] = strconv.FormatUint(r.Sequence, 10)
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
