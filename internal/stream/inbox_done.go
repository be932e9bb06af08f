package stream

import (
	"context"
	"fmt"
)

// InboxDone says whether the readers of this inbox name have handled every document up to a sequence of
// INBOX. An inbox that nobody has ever read is an error.
func (c *Conn) InboxDone(ctx context.Context, name string, sequence uint64) (bool, error) {
	consumer, err := c.js.Consumer(ctx, Inbox, name)
	if err != nil {
		return false, fmt.Errorf("inbox %s: %w", name, err)
	}
	info, err := consumer.Info(ctx)
	if err != nil {
		return false, fmt.Errorf("inbox %s: %w", name, err)
	}
	idle := info.NumPending == 0 && info.NumAckPending == 0 && info.Delivered.Stream >= sequence
	return info.AckFloor.Stream >= sequence || idle, nil
}
