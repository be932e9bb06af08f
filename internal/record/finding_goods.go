package record

import (
	"fmt"
	"slices"
	"strconv"

	"oneorder/internal/trade"
)

// manifestKind is a document that lists the goods.
type manifestKind uint8

const (
	onBill manifestKind = iota
	onPackingList
	onExport // declaration
	onImport
	onCertificate // of origin
	manifestCount
)

var manifestNames = [manifestCount]string{"the bill", "the packing list", "the export declaration", "the import declaration", "the certificate of origin"}

// manifest is what the standing document of a kind says of the goods.
type manifest struct {
	rank     rank
	number   string  // of the document
	several  bool    // the consignment has several documents of the kind: only their sum could be compared
	kg       int64   // gross, scaled by 10^4; 0: not said
	packages uint64  // 0: not said
	codes    extract // HS codes of six digits, sorted
	origins  extract
	boxes    extract
}

// extract is a part of one of the examination's lists.
type extract struct{ from, to int }

// examineManifest keeps what a document says of the goods. An event about several consignments says nothing of one.
func (b *Builder) examineManifest(e *trade.Event, x extent, r rank) {
	d := e.Data
	kind, number, ok := manifestOf(e)
	if !ok || x.shared || len(d.Goods) == 0 && len(d.Equipment) == 0 {
		return
	}
	held := &b.examined.manifests[kind]
	if held.rank.class != 0 && held.number != number {
		held.several = true
		return
	}
	if !b.beats(r, held.rank) {
		return
	}
	m := manifest{rank: r, number: b.own(number), several: held.several}
	out := &b.examined
	m.packages, m.kg = quantity(d.Goods)
	m.codes.from = len(out.codes)
	for i := range d.Goods {
		if hs := sixDigits(d.Goods[i].HS); hs != "" && !slices.Contains(out.codes[m.codes.from:], hs) {
			out.codes = append(out.codes, b.own(hs))
		}
	}
	m.codes.to = len(out.codes)
	slices.Sort(out.codes[m.codes.from:m.codes.to])
	m.origins.from = len(out.codes)
	for i := range d.Goods {
		if o := d.Goods[i].Origin; o != "" && !slices.Contains(out.codes[m.origins.from:], o) {
			out.codes = append(out.codes, b.own(o))
		}
	}
	m.origins.to = len(out.codes)
	slices.Sort(out.codes[m.origins.from:m.origins.to])
	m.boxes = b.keepBoxes(d)
	slices.Sort(out.boxes[m.boxes.from:m.boxes.to])
	*held = m
}

// quantity gives the number of packages and the gross weight, scaled by 10^4, of what is said of the goods; 0: nothing is.
func quantity(goods []trade.Goods) (packages uint64, kg int64) {
	for i := range goods {
		packages += uint64(goods[i].Packages)
		if n, err := goods[i].GrossKG.Scaled(); err == nil && n > 0 && kg+n < maxScaled {
			kg += n
		}
	}
	return packages, kg
}

// manifestOf tells which document of the goods an event is, and its number.
func manifestOf(e *trade.Event) (manifestKind, string, bool) {
	d := e.Data
	kind, of := onBill, trade.Kind("")
	switch e.Type {
	case trade.PackingListIssued:
		kind, of = onPackingList, trade.PackingList
	case trade.OriginCertified:
		kind, of = onCertificate, trade.CertificateOfOrigin
	case trade.DeclarationLodged, trade.DeclarationAccepted, trade.DeclarationAmended:
		switch of = trade.Declaration; d.Customs.Direction {
		case "export":
			kind = onExport
		case "import":
			kind = onImport
		default:
			return 0, "", false
		}
	default:
		return kind, d.Document.Number, true
	}
	number := numberOf(d, of)
	return kind, number, number != ""
}

// compared are the pairs of documents that must agree.
var compared = [...][2]manifestKind{
	{onBill, onPackingList}, {onBill, onExport}, {onBill, onImport}, {onPackingList, onExport}, {onPackingList, onImport}, {onExport, onImport},
}

// goodsFindings compares what the documents say of the goods.
func (b *Builder) goodsFindings(list []trade.Finding) []trade.Finding {
	m := &b.examined.manifests
	for _, pair := range compared {
		x, y := &m[pair[0]], &m[pair[1]]
		if x.rank.class == 0 || y.rank.class == 0 || x.several || y.several {
			continue
		}
		found := func(code trade.FindingCode, unit, left, right string) {
			write := "%s"
			switch unit {
			case unitKG, unitPackages:
				write = "%s " + unit
			case unitHS:
				write = "HS %s"
			}
			says := func(value string, kind manifestKind) string {
				return fmt.Sprintf(write, value) + " on " + manifestNames[kind]
			}
			list = append(list, trade.Finding{Code: code, Severity: trade.Warning, Sides: [2]trade.Side{
				b.side(x.rank.by, says(left, pair[0]), left, unit), b.side(y.rank.by, says(right, pair[1]), right, unit),
			}})
		}
		if x.kg > 0 && y.kg > 0 && beyond(x.kg, y.kg, b.tolerances().WeightPct) {
			found(trade.FoundWeightMismatch, unitKG, string(trade.DecimalOf(x.kg)), string(trade.DecimalOf(y.kg)))
		}
		if x.packages > 0 && y.packages > 0 && x.packages != y.packages {
			found(trade.FoundPackageMismatch, unitPackages, strconv.FormatUint(x.packages, 10), strconv.FormatUint(y.packages, 10))
		}
		if left, right := b.examined.listOf(x.codes), b.examined.listOf(y.codes); differ(left, right, pair[0] == onExport) {
			found(trade.FoundHSMismatch, unitHS, listed(left), listed(right))
		}
		left, right := b.examined.boxes[x.boxes.from:x.boxes.to], b.examined.boxes[y.boxes.from:y.boxes.to]
		if differ(left, right, true) {
			found(trade.FoundContainerMismatch, unitContainer, listed(left), listed(right))
		}
	}
	return b.originFindings(list)
}

// originFindings compares the certificate of origin with what was declared.
func (b *Builder) originFindings(list []trade.Finding) []trade.Finding {
	certificate := &b.examined.manifests[onCertificate]
	if certificate.rank.class == 0 || certificate.several {
		return list
	}
	for _, kind := range [...]manifestKind{onExport, onImport} {
		declared := &b.examined.manifests[kind]
		left, right := b.examined.listOf(certificate.origins), b.examined.listOf(declared.origins)
		if declared.rank.class == 0 || declared.several || !differ(left, right, false) {
			continue
		}
		list = append(list, trade.Finding{Code: trade.FoundOriginMismatch, Severity: trade.Warning, Sides: [2]trade.Side{
			b.side(certificate.rank.by, "origin "+listed(left)+" on "+manifestNames[onCertificate], listed(left), unitCountry),
			b.side(declared.rank.by, "origin "+listed(right)+" on "+manifestNames[kind], listed(right), unitCountry),
		}})
	}
	return list
}

func (x *examination) listOf(s extract) []string { return x.codes[s.from:s.to] }

// differ says whether two sorted lists contradict each other: whole, when they are not the same; else only when they
// have nothing in common, since one of them may tell the main goods alone. A list that says nothing contradicts none.
func differ(x, y []string, whole bool) bool {
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	if whole {
		return !slices.Equal(x, y)
	}
	return !slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) })
}
