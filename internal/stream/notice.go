package stream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// The headers of a notice. The body is a public summary in JSON.
const (
	HeaderNotice  = "Oneorder-Notice"  // what it tells: NoticeChanged, NoticeGone …
	HeaderChain   = "Oneorder-Chain"   // the chain's id
	HeaderVersion = "Oneorder-Version" // of the chain's row, epoch<<48 | sequence: of two notices the higher one is the newer
)

// What a notice tells.
const (
	NoticeChanged = "changed" // the chain's record is another
	NoticeOverdue = "overdue" // a milestone was not reached in the normal time
	NoticeGone    = "gone"    // the chain is no more, or has nothing of the organisation any more
)

// Notice tells an organisation, or operators, of a chain.
type Notice struct {
	Org     string // or AllOrgs, for operators
	Tells   string // NoticeChanged …
	Chain   string
	Version uint64
	// Of tells notices of one chain, version and kind apart, where there may be several; "" where there is one.
	Of   string
	Body []byte
}

// Outgoing is the message that tells. Its MsgID is a digest of what is told of which chain, so that what is told again after a
// death within the broker's window is stored once.
func (n *Notice) Outgoing() Outgoing {
	version := strconv.FormatUint(n.Version, 10)
	subject := ChainsSubject(n.Org)
	d := sha256.Sum256([]byte(strings.Join([]string{subject, n.Tells, n.Chain, version, n.Of}, "\x00")))
	return Outgoing{
		Subject: subject, MsgID: hex.EncodeToString(d[:16]), Data: n.Body,
		Header: map[string]string{HeaderNotice: n.Tells, HeaderChain: n.Chain, HeaderVersion: version},
	}
}

// Notice reads a message of CHAINS. False: it is none.
func (m *Message) Notice() (Notice, bool) {
	org, ok := strings.CutPrefix(m.Subject, "chains.")
	version, err := strconv.ParseUint(m.Header.Value(HeaderVersion), 10, 64)
	n := Notice{Org: org, Tells: m.Header.Value(HeaderNotice), Chain: m.Header.Value(HeaderChain), Version: version, Body: m.Data}
	return n, ok && err == nil && n.Chain != ""
}

// Notify stores notices for those whom they tell. It returns when all are stored; one that the broker refuses is an error.
func (p *Publisher) Notify(ctx context.Context, notices []Notice) error {
	if len(notices) == 0 {
		return nil
	}
	messages := make([]Outgoing, len(notices))
	for i := range notices {
		messages[i] = notices[i].Outgoing()
	}
	receipts, err := p.Publish(ctx, messages)
	if err != nil {
		return fmt.Errorf("store notices: %w", err)
	}
	for i := range receipts {
		if err := receipts[i].Err; err != nil {
			return fmt.Errorf("store the notice of chain %s on %s: %w", notices[i].Chain, messages[i].Subject, err)
		}
	}
	return nil
}
