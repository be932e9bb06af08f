package main

import (
	"strings"
	"testing"

	"oneorder/internal/linkage"
	"oneorder/internal/trade"
)

func TestLinkGoesOnAfterALineThatIsTooLong(t *testing.T) {
	const event = `{"specversion":"1.0","id":"1","source":"urn:oneorder:org:sitc","type":"trade.title.issued",` +
		`"time":"2026-09-11T08:15:00Z","data":{"references":[{"kind":"bl","value":"SITGCKSG026001"}]}}`
	store := linkage.Memory{}
	l := linking{store: store, linker: linkage.New(store, 0)}
	if err := l.read(strings.NewReader("\ufeff\n" + strings.Repeat("[", 10*trade.MaxEventBytes) + "\r\n" + event)); err != nil {
		t.Fatal(err)
	}
	if l.lines != 2 || l.bad != 1 || len(l.said) != 1 || l.said[0].sequence != 3 {
		t.Errorf("%d lines, %d of them bad, said %v; want the event of line 3 joined", l.lines, l.bad, l.said)
	}
}
