package jsondoc

import (
	"fmt"
	"strconv"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/trade"
)

// MaxFaults is how many faults of one document are told; one more says how many were not.
const MaxFaults = 1000

// Log collects the faults of a document. The zero Log is ready.
type Log struct {
	faults trade.Faults
	untold int
	full   bool // there were more events than standard.MaxEvents
}

// Add puts down a fault.
func (l *Log) Add(f trade.Fault) {
	if len(l.faults) >= MaxFaults {
		l.untold++
		return
	}
	l.faults = append(l.faults, f)
}

// Room says whether a document of so many bytes, which has made so many events, may make one more; it puts down once
// that it may not. pointer is where the event is made from.
func (l *Log) Room(size, made int, pointer func() string) bool {
	most := standard.MaxEvents(size)
	if made >= most && !l.full {
		l.full = true
		l.Add(trade.Fault{Code: "too_many", Pointer: pointer(), Message: fmt.Sprintf("at most %d events of a document of %d bytes", most, size)})
	}
	return made < most
}

// Sound says whether an event is sound; it puts down what is wrong with one that is not. pointer is where it was made from.
func (l *Log) Sound(e *trade.Event, pointer func() string) bool {
	faults := trade.Validate(e)
	for _, f := range faults {
		f.Message += " (of the converted event's " + f.Pointer + ")"
		f.Pointer = pointer()
		l.Add(f)
	}
	return len(faults) == 0
}

// Len is the number of faults so far.
func (l *Log) Len() int { return len(l.faults) + l.untold }

// Faults gives what was put down, nil when nothing was.
func (l *Log) Faults() trade.Faults {
	if l.untold == 0 {
		return l.faults
	}
	return append(l.faults[:len(l.faults):len(l.faults)], trade.Fault{
		Code: "too_many_faults", Value: strconv.Itoa(l.untold) + " more",
		Message: "mend these first: no more than " + strconv.Itoa(MaxFaults) + " are told at once",
	})
}

// Path is where a value stands in its document. The nil Path is the document itself.
type Path struct {
	up    *Path
	name  string
	index int // of an array's element; -1: a member by name
}

// Member is the path of the member with this name.
func (p *Path) Member(name string) *Path { return &Path{p, name, -1} }

// Element is the path of an array's element.
func (p *Path) Element(i int) *Path { return &Path{p, "", i} }

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

// String writes the path as a JSON pointer (RFC 6901).
func (p *Path) String() string {
	if p == nil {
		return ""
	}
	if p.index >= 0 {
		return p.up.String() + "/" + strconv.Itoa(p.index)
	}
	return p.up.String() + "/" + escaper.Replace(p.name)
}
