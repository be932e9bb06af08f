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
	kind     manifestKind
	document trade.Kind // what the number is of
	rank     rank
	number   string  // of the document
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
	kind, of, number, ok := manifestOf(e)
	if !ok || x.shared || len(d.Goods) == 0 && len(d.Equipment) == 0 {
		return
	}
	out := &b.examined
	held := slices.IndexFunc(out.manifests, func(m manifest) bool { return m.kind == kind && m.number == number })
	if held >= 0 && !b.beats(r, out.manifests[held].rank) {
		return
	}
	m := manifest{kind: kind, document: of, rank: r, number: b.own(number)}
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
	if held >= 0 {
		out.manifests[held] = m
		return
	}
	out.manifests = append(out.manifests, m)
}

// manifest gives what the document of a kind says that stands: the one that took the place of all others. nil: there is none, or
// the consignment has several, of which only the sum could be compared.
func (b *Builder) manifest(kind manifestKind) *manifest {
	list := b.examined.manifests
	for i := range list {
		m := &list[i]
		if m.kind == kind && !slices.ContainsFunc(list, func(o manifest) bool {
			return o.kind == kind && o.number != m.number && !b.supersededBy(m.document, o.number, m.number)
		}) {
			return m
		}
	}
	return nil
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
func manifestOf(e *trade.Event) (kind manifestKind, of trade.Kind, number string, ok bool) {
	d := e.Data
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
			return 0, "", "", false
		}
	default:
		return onBill, documentKind(trade.Kind(d.Document.Kind)), d.Document.Number, true
	}
	number = numberOf(d, of)
	return kind, of, number, number != ""
}

// compared are the pairs of documents that must agree.
var compared = [...][2]manifestKind{
	{onBill, onPackingList}, {onBill, onExport}, {onBill, onImport}, {onPackingList, onExport}, {onPackingList, onImport}, {onExport, onImport},
}

// goodsFindings compares what the documents say of the goods.
func (b *Builder) goodsFindings(list []trade.Finding) []trade.Finding {
	if len(b.examined.manifests) < 2 {
		return list
	}
	for _, pair := range compared {
		x, y := b.manifest(pair[0]), b.manifest(pair[1])
		if x == nil || y == nil {
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
	certificate := b.manifest(onCertificate)
	if certificate == nil {
		return list
	}
	for _, kind := range [...]manifestKind{onExport, onImport} {
		declared := b.manifest(kind)
		if declared == nil {
			continue
		}
		left, right := b.examined.listOf(certificate.origins), b.examined.listOf(declared.origins)
		if !differ(left, right, false) {
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
