package wire

import (
	"github.com/segmentio/encoding/json"

	"oneorder/internal/trade"
)

// Bare decodes an event that is known to be sound, with no fence, no check and no normal form: the least
// that any reader must do. The benchmark's floor is measured with it; nothing else may use it.
type Bare struct{ decoder Decoder }

// Decode reads the event. Its strings alias data, and its Data belongs to b, until the next call.
func (b *Bare) Decode(data []byte, e *trade.Event) error {
	b.decoder.reset()
	if _, err := json.Parse(data, &b.decoder.envelope, parseFlags); err != nil {
		return err
	}
	if faults := b.decoder.fill(e); faults != nil {
		return faults
	}
	return nil
}
