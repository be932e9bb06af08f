package trade

// Reference is a number that somebody gave to something: a bill of lading, an invoice, a booking.
type Reference struct {
	Kind   Kind   `json:"kind"`
	Value  string `json:"value"`
	Issuer string `json:"issuer"` // who gave the number: SCAC, SMDG, LEI, USCC, UEN or another code; may be empty
}

// String writes the reference as it is shown to people: kind:value@issuer.
func (r Reference) String() string {
	if r.Issuer == "" {
		return string(r.Kind) + ":" + r.Value
	}
	return string(r.Kind) + ":" + r.Value + "@" + r.Issuer
}

// Kind is the kind of a reference, a closed list. An unknown kind is kept and flagged, and joins nothing.
type Kind string

// Transport documents: each founds a consignment, unless it is a master.
const (
	BL               Kind = "bl"
	HouseBL          Kind = "house_bl"
	MasterBL         Kind = "master_bl"
	AirWaybill       Kind = "air_waybill"
	HouseAirWaybill  Kind = "house_air_waybill"
	MasterAirWaybill Kind = "master_air_waybill"
	ConsignmentNote  Kind = "consignment_note"
)

// Identity numbers: each belongs to the nearest document.
const (
	Declaration         Kind = "declaration"
	Permit              Kind = "permit"
	Invoice             Kind = "invoice"
	CertificateOfOrigin Kind = "certificate_of_origin"
	Certificate         Kind = "certificate"
	PackingList         Kind = "packing_list"
	DeliveryOrder       Kind = "delivery_order"
	WarehouseReceipt    Kind = "warehouse_receipt"
	UCR                 Kind = "ucr"
	Shipment            Kind = "shipment"
	OneOrder            Kind = "one_order"
)

// Bundles, narrow to broad: each relates consignments and never joins them.
const (
	Booking         Kind = "booking"
	PurchaseOrder   Kind = "purchase_order"
	Contract        Kind = "contract"
	LetterOfCredit  Kind = "letter_of_credit"
	Collection      Kind = "collection"
	Loan            Kind = "loan"
	InsurancePolicy Kind = "insurance_policy"
	Payment         Kind = "payment"
	Licence         Kind = "licence"
	Manifest        Kind = "manifest"
)

// Class says what a kind of number does in joining (docs/joining.md).
type Class uint8

// The classes.
const (
	ClassUnknown  Class = iota // joins nothing
	ClassDocument              // founds a consignment, unless a master
	ClassIdentity              // belongs to the nearest document
	ClassBundle                // relates, never joins
)

// kinds in their fixed order: documents, identity, bundles narrow to broad.
var kinds = [...]Kind{
	BL, HouseBL, MasterBL, AirWaybill, HouseAirWaybill, MasterAirWaybill, ConsignmentNote,
	Declaration, Permit, Invoice, CertificateOfOrigin, Certificate, PackingList, DeliveryOrder,
	WarehouseReceipt, UCR, Shipment, OneOrder,
	Booking, PurchaseOrder, Contract, LetterOfCredit, Collection, Loan, InsurancePolicy, Payment,
	Licence, Manifest,
}

// Kinds lists the known kinds: documents, identity numbers, then bundles from narrow to broad.
func Kinds() []Kind { return append([]Kind(nil), kinds[:]...) }

// Order is the kind's place in Kinds, or -1 for an unknown kind. It is a switch and not a table since every
// reference of every event asks.
func (k Kind) Order() int {
	switch k {
	case BL:
		return 0
	case HouseBL:
		return 1
	case MasterBL:
		return 2
	case AirWaybill:
		return 3
	case HouseAirWaybill:
		return 4
	case MasterAirWaybill:
		return 5
	case ConsignmentNote:
		return 6
	case Declaration:
		return 7
	case Permit:
		return 8
	case Invoice:
		return 9
	case CertificateOfOrigin:
		return 10
	case Certificate:
		return 11
	case PackingList:
		return 12
	case DeliveryOrder:
		return 13
	case WarehouseReceipt:
		return 14
	case UCR:
		return 15
	case Shipment:
		return 16
	case OneOrder:
		return 17
	case Booking:
		return 18
	case PurchaseOrder:
		return 19
	case Contract:
		return 20
	case LetterOfCredit:
		return 21
	case Collection:
		return 22
	case Loan:
		return 23
	case InsurancePolicy:
		return 24
	case Payment:
		return 25
	case Licence:
		return 26
	case Manifest:
		return 27
	default:
		return -1
	}
}

// The last documents and identity numbers in the order of Kinds.
var (
	lastDocument = ConsignmentNote.Order()
	lastIdentity = OneOrder.Order()
)

// Class of the kind.
func (k Kind) Class() Class {
	switch i := k.Order(); {
	case i < 0:
		return ClassUnknown
	case i <= lastDocument:
		return ClassDocument
	case i <= lastIdentity:
		return ClassIdentity
	default:
		return ClassBundle
	}
}
