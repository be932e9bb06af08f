package trade

import "encoding/json"

// Denied gives the key of the event that a trade.link.denied takes numbers out of, which it names in
// data.detail by "source" and "id"; false: the event is no denial, or names none.
func (e *Event) Denied() (EventKey, bool) {
	if e.Type != LinkDenied || e.Retracted || e.Data == nil {
		return EventKey{}, false
	}
	var named struct {
		Source string `json:"source"`
		ID     string `json:"id"`
	}
	if json.Unmarshal(e.Data.Detail, &named) != nil || named.Source == "" || named.ID == "" {
		return EventKey{}, false
	}
	return KeyOf(named.Source, named.ID), true
}
