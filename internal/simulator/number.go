package simulator

import (
	"encoding/hex"
	"strconv"

	"oneorder/internal/identifier"
)

// series is a run of serial numbers that never repeats within its digits, and shows no order.
type series struct{ next, offset uint64 }

// stride is coprime to every power of ten.
const stride = 387_420_489

// digits gives the next number, of so many digits.
func (s *series) digits(n int) string {
	mod := uint64(1)
	for range n {
		mod *= 10
	}
	v := (s.offset + s.next*stride) % mod
	s.next++
	var b [20]byte
	for i := n - 1; i >= 0; i-- {
		b[i] = '0' + byte(v%10)
		v /= 10
	}
	return string(b[:n])
}

// registry hands out the numbers of a run.
type registry struct {
	bill, house, booking, railNote, cim, cmr, order, contract, credit, invoice, packing, origin,
	export, foreign, transit, permit, delivery, policy, loan, collection, receipt, seal series
	air        map[string]*series // by airline prefix
	containers map[string]*series // by owner
}

func newRegistry(seed uint64) *registry {
	r := &registry{air: map[string]*series{}, containers: map[string]*series{}}
	for i, s := range []*series{
		&r.bill, &r.house, &r.booking, &r.railNote, &r.cim, &r.cmr, &r.order, &r.contract, &r.credit, &r.invoice, &r.packing,
		&r.origin, &r.export, &r.foreign, &r.transit, &r.permit, &r.delivery, &r.policy, &r.loan, &r.collection, &r.receipt, &r.seal,
	} {
		s.offset = offset(seed, uint64(i))
	}
	for i, a := range airlines {
		r.air[a.prefix] = &series{offset: offset(seed, 100+uint64(i))}
	}
	owners := append([]carrier{chinaRailway, yuxinou}, seaCarriers...)
	for i, c := range owners {
		for j, owner := range c.owners {
			if r.containers[owner] == nil {
				r.containers[owner] = &series{offset: offset(seed, 200+10*uint64(i)+uint64(j))}
			}
		}
	}
	return r
}

func offset(seed, of uint64) uint64 { return mix(seed^mix(of)) % 1_000_000_000_000 }

func (r *registry) container(owner string) string {
	first10 := owner + r.containers[owner].digits(6)
	return first10 + string(identifier.ContainerCheckDigit(first10))
}

// awb is an air waybill as airlines write it, with a hyphen after the prefix.
func (r *registry) awb(prefix string) string {
	serial := r.air[prefix].digits(7)
	return prefix + "-" + serial + string(identifier.AWBCheckDigit(serial))
}

// chinaDeclaration: office, year, 0 for export, serial number.
func (r *registry) chinaDeclaration(office string, year int) string {
	return office + strconv.Itoa(year) + "0" + r.export.digits(9)
}

// mrn of an import into the Union.
func (r *registry) mrn(year int, office string) string {
	first17 := strconv.Itoa(year % 100)[:2] + office + r.foreign.digits(7) + "B0"
	return first17 + identifier.MRNCheckDigit(first17)
}

// uetr is a version 4 UUID of the dice.
func uetr(d *dice) string { return uuid(d.Uint64(), d.Uint64(), 4) }

// eventID is a version 7 UUID (RFC 9562): the time it was recorded, then what tells the event from all others.
func eventID(recorded int64, step int, who uint64) string {
	high := uint64(recorded)*1000<<16 | uint64(step)&0xfff // seconds since 1970, positive
	return uuid(high, who, 7)
}

func uuid(high, low uint64, version byte) string {
	var raw [16]byte
	for i := range 8 {
		raw[i] = byte(high >> (56 - 8*i))  // a byte of it is meant
		raw[8+i] = byte(low >> (56 - 8*i)) // a byte of it is meant
	}
	raw[6] = raw[6]&0x0f | version<<4
	raw[8] = raw[8]&0x3f | 0x80
	var b [36]byte
	hex.Encode(b[:], raw[:4])
	hex.Encode(b[9:], raw[4:6])
	hex.Encode(b[14:], raw[6:8])
	hex.Encode(b[19:], raw[8:10])
	hex.Encode(b[24:], raw[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// yard keeps empty containers until they are used again, the one that came back first before others.
type yard struct{ idle heap[idle] }

type idle struct {
	from   int64 // when it can be picked up again
	number string
}

// Before says which container came back first.
func (a idle) Before(b idle) bool { return a.from < b.from || a.from == b.from && a.number < b.number }

// take gives a container that is back by then, if there is one.
func (y *yard) take(at int64) (string, bool) {
	if len(y.idle) == 0 || y.idle[0].from > at {
		return "", false
	}
	return y.idle.pop().number, true
}
