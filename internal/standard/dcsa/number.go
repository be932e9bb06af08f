package dcsa

import (
	"slices"
	"strings"

	"oneorder/internal/identifier"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// maxNumber is how long a reference's value may be.
const maxNumber = 512

// reference adds a number in its normal form, once. The issuer stays empty, since no message of Track & Trace
// says who gave it: the operator of the vessel need not be the carrier of the bill. It says whether the number
// now stands there as it was written; what does not is left for the detail.
func (b *builder) reference(kind trade.Kind, written string) bool {
	r, ok := b.number(kind, written)
	if !ok {
		return false
	}
	return b.add(&b.data.References, trade.MaxReferences, r) && r.Value == written && r.Kind == kind
}

// number brings a number into normal form. One that can't be a number is flagged.
func (b *builder) number(kind trade.Kind, written string) (trade.Reference, bool) {
	if len(written) > maxNumber || strings.ContainsFunc(written, control) {
		b.flags |= trade.FlagIdentifierInvalid
		return trade.Reference{}, false
	}
	r, flags := identifier.NormalReference(trade.Reference{Kind: kind, Value: written})
	b.flags |= flags
	return r, r.Value != "" && len(r.Value) <= maxNumber
}

func control(c rune) bool { return c < 0x20 || c == 0x7f }

// add adds a number to a list that holds at most so many. It says whether it is there.
func (b *builder) add(refs *[]trade.Reference, most int, r trade.Reference) bool {
	if slices.Contains(*refs, r) {
		return true
	}
	if len(*refs) >= most {
		return false
	}
	*refs = append(*refs, r)
	return true
}

// documents places the documents that the event is linked with. Several bookings beside several bills, or more
// numbers than one consignment has, are many consignments at once, of which nobody says which booking belongs
// to which bill: the event then covers the bills, and the bookings stay in the detail.
func (b *builder) documents() {
	objects := b.o.Objects("documentReferences")
	bills, bookings := 0, 0
	for _, o := range objects {
		switch o.Text("documentReferenceType") {
		case "TRD":
			bills++
		case "BKG", "CBR":
			bookings++
		}
	}
	many := bills > 1 && bookings > 1 || bills+bookings > trade.MaxReferences-16
	for _, o := range objects {
		kind, written := documentKinds[o.Text("documentReferenceType")], o.Text("documentReferenceValue")
		switch {
		case kind == "" || written == "":
		case !many:
			if b.reference(kind, written) {
				o.Take("documentReferenceValue")
				b.takeType(o, kind)
			}
		case kind == trade.BL || bills == 0:
			if r, ok := b.number(kind, written); ok && b.add(&b.data.Covers, trade.MaxCovers, r) && r.Value == written && r.Kind == kind {
				o.Take("documentReferenceValue")
				b.takeType(o, kind)
			}
		}
	}
}

// takeType takes the type of a document reference too, when the kind says as much.
func (b *builder) takeType(o *jsondoc.Object, kind trade.Kind) {
	if code := o.Text("documentReferenceType"); code != "CBR" && kind != trade.Certificate {
		o.Take("documentReferenceType")
	}
}

// customerReferences places the references that the customer gave: numbers that joining can use and, when
// asked for, the containers.
func (b *builder) customerReferences(containers bool) {
	for _, o := range b.o.Objects("references") {
		code, written := o.Text("referenceType"), o.Text("referenceValue")
		switch kind := referenceKinds[code]; {
		case kind != "":
			if b.reference(kind, written) {
				o.Take("referenceValue")
				if code == "PO" || code == "INV" {
					o.Take("referenceType")
				}
			}
		case code == "EQ" && b.equipped(written, containers):
			o.Take("referenceType", "referenceValue")
		}
	}
}

// container places the container that an EQUIPMENT event names, and says whether the references may name it
// instead: when it names none itself, and they name no more than one.
func (b *builder) container() (elsewhere bool) {
	if written := b.o.Text("equipmentReference"); written != "" {
		if b.equipped(written, true) {
			b.o.Take("equipmentReference")
		}
		return false
	}
	only := ""
	for _, o := range b.o.Objects("references") {
		if o.Text("referenceType") != "EQ" {
			continue
		}
		number := identifier.NormalContainer(o.Text("referenceValue"))
		if only != "" && only != number {
			return false
		}
		only = number
	}
	return only != ""
}

// equipped adds a container, unless it is there or may not be added. It says whether it now stands there as it
// was written.
func (b *builder) equipped(written string, add bool) bool {
	if len(written) > maxNumber || strings.ContainsFunc(written, control) {
		b.flags |= trade.FlagIdentifierInvalid
		return false
	}
	number := identifier.NormalContainer(written)
	if slices.ContainsFunc(b.data.Equipment, func(q trade.Equipment) bool { return q.Number == number }) {
		return number == written
	}
	switch {
	case identifier.Placeholder(number):
		b.flags |= trade.FlagPlaceholder
		return false
	case !identifier.PossibleContainer(number):
		b.flags |= trade.FlagIdentifierInvalid
		return false
	case identifier.Container(number) != nil:
		b.flags |= trade.FlagIdentifierInvalid
	}
	if !add || len(b.data.Equipment) >= trade.MaxEquipment {
		return false
	}
	b.data.Equipment = append(b.data.Equipment, trade.Equipment{Kind: trade.Container, Number: number})
	return number == written
}

// describe says of the one container what the event says: size and type, whether it is empty, its first seal.
func (b *builder) describe(q *trade.Equipment, indicator string) {
	if q.ISOType = b.o.Text("ISOEquipmentCode"); q.ISOType != "" {
		b.o.Take("ISOEquipmentCode")
	}
	switch indicator {
	case "EMPTY":
		q.State = trade.Empty
		b.o.Take("emptyIndicatorCode")
	case "LADEN":
		q.State = trade.Laden
		b.o.Take("emptyIndicatorCode")
	}
	for _, seal := range b.o.Objects("seals") {
		if number := seal.Text("sealNumber"); number != "" {
			q.Seal = number
			seal.Take("sealNumber")
			return
		}
	}
}
