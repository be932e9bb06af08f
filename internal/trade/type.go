package trade

import "strings"

// Type names what happened: `<domain>.<noun>.<verb>`, for example "logistics.equipment.loaded".
type Type string

// The domains, which are also the four legs of a chain.
const (
	DomainTrade     = "trade"
	DomainCustoms   = "customs"
	DomainLogistics = "logistics"
	DomainFinance   = "finance"
)

// Trade types: orders, commercial documents, title and its movements, recognition, warehousing.
const (
	OrderPlaced            Type = "trade.order.placed"
	OrderChanged           Type = "trade.order.changed"
	ContractSigned         Type = "trade.contract.signed"
	InvoiceIssued          Type = "trade.invoice.issued"
	InvoiceCorrected       Type = "trade.invoice.corrected"
	PackingListIssued      Type = "trade.packing_list.issued"
	OriginCertified        Type = "trade.origin.certified"
	OriginWithdrawn        Type = "trade.origin.withdrawn"
	TitleDrafted           Type = "trade.title.drafted"
	TitleIssued            Type = "trade.title.issued"
	TitleTransferred       Type = "trade.title.transferred"
	TitleEndorsed          Type = "trade.title.endorsed"
	TitleSurrendered       Type = "trade.title.surrendered"
	TitleSurrenderAnswered Type = "trade.title.surrender_answered"
	TitleVoided            Type = "trade.title.voided"
	TitleSwitched          Type = "trade.title.switched"
	TitleAmended           Type = "trade.title.amended"
	TitleConverted         Type = "trade.title.converted"
	DeliveryOrderIssued    Type = "trade.delivery_order.issued"
	ReleaseAuthorised      Type = "trade.release.authorised"
	CertificateIssued      Type = "trade.certificate.issued"
	DocumentPresented      Type = "trade.document.presented"
	DocumentRecognised     Type = "trade.document.recognised"
	DocumentRefused        Type = "trade.document.refused"
	WarehouseReceived      Type = "trade.warehouse.received"
	WarehouseReleased      Type = "trade.warehouse.released"
	LinkAsserted           Type = "trade.link.asserted"
	LinkDenied             Type = "trade.link.denied"
)

// Customs types: declarations, controls, duties, permits, bonds, manifests, transit.
const (
	DeclarationLodged    Type = "customs.declaration.lodged"
	DeclarationAccepted  Type = "customs.declaration.accepted"
	DeclarationRejected  Type = "customs.declaration.rejected"
	DeclarationAmended   Type = "customs.declaration.amended"
	DeclarationCancelled Type = "customs.declaration.cancelled"
	DocumentsRequested   Type = "customs.documents.requested"
	InspectionOrdered    Type = "customs.inspection.ordered"
	InspectionDone       Type = "customs.inspection.done"
	GoodsDetained        Type = "customs.goods.detained"
	DutyAssessed         Type = "customs.duty.assessed"
	DutyPaid             Type = "customs.duty.paid"
	GoodsReleased        Type = "customs.goods.released"
	GoodsCleared         Type = "customs.goods.cleared"
	GoodsExited          Type = "customs.goods.exited"
	PermitGranted        Type = "customs.permit.granted"
	PermitRefused        Type = "customs.permit.refused"
	BondOpened           Type = "customs.bond.opened"
	BondClosed           Type = "customs.bond.closed"
	ManifestFiled        Type = "customs.manifest.filed"
	ManifestAccepted     Type = "customs.manifest.accepted"
	TransitOpened        Type = "customs.transit.opened"
	TransitClosed        Type = "customs.transit.closed"
	TaxRefunded          Type = "customs.tax.refunded"
)

// Logistics types: bookings, equipment moves, conveyances, cargo, readings.
const (
	BookingRequested     Type = "logistics.booking.requested"
	BookingConfirmed     Type = "logistics.booking.confirmed"
	BookingDeclined      Type = "logistics.booking.declined"
	BookingCancelled     Type = "logistics.booking.cancelled"
	EmptyPickedUp        Type = "logistics.empty.picked_up"
	EmptyReturned        Type = "logistics.empty.returned"
	EquipmentStuffed     Type = "logistics.equipment.stuffed"
	EquipmentGatedIn     Type = "logistics.equipment.gated_in"
	EquipmentLoaded      Type = "logistics.equipment.loaded"
	EquipmentDischarged  Type = "logistics.equipment.discharged"
	EquipmentGatedOut    Type = "logistics.equipment.gated_out"
	EquipmentStripped    Type = "logistics.equipment.stripped"
	ConveyanceDeparted   Type = "logistics.conveyance.departed"
	ConveyanceArrived    Type = "logistics.conveyance.arrived"
	ConveyanceHandedOver Type = "logistics.conveyance.handed_over"
	BorderCrossed        Type = "logistics.border.crossed"
	CargoTransferred     Type = "logistics.cargo.transferred"
	CargoDelivered       Type = "logistics.cargo.delivered"
	CargoHeld            Type = "logistics.cargo.held"
	CargoInspected       Type = "logistics.cargo.inspected"
	SealChanged          Type = "logistics.seal.changed"
	TemperatureRead      Type = "logistics.temperature.read"
	PositionRead         Type = "logistics.position.read"
	ScheduleChanged      Type = "logistics.schedule.changed"
)

// Finance types: credits, collections, financing, payments, insurance, and the corridor-level facts.
const (
	CreditIssued        Type = "finance.credit.issued"
	CreditAmended       Type = "finance.credit.amended"
	CreditAdvised       Type = "finance.credit.advised"
	CreditDiscrepant    Type = "finance.credit.discrepant"
	CreditSettled       Type = "finance.credit.settled"
	CollectionPresented Type = "finance.collection.presented"
	CollectionAccepted  Type = "finance.collection.accepted"
	CollectionPaid      Type = "finance.collection.paid"
	FinancingRequested  Type = "finance.financing.requested"
	FinancingGranted    Type = "finance.financing.granted"
	FinancingRepaid     Type = "finance.financing.repaid"
	PaymentInstructed   Type = "finance.payment.instructed"
	PaymentSettled      Type = "finance.payment.settled"
	PaymentRejected     Type = "finance.payment.rejected"
	InsuranceBound      Type = "finance.insurance.bound"
	InsuranceClaimed    Type = "finance.insurance.claimed"
	BondPriced          Type = "finance.bond.priced"
	LoanDrawn           Type = "finance.loan.drawn"
	InvestmentApproved  Type = "finance.investment.approved"
	RateFixed           Type = "finance.rate.fixed"
)

// Types lists every type in a fixed order: by domain, then as a consignment usually meets them.
// The order also breaks ties between container observations of the same instant.
func Types() []Type { return append([]Type(nil), types[:]...) }

var types = [...]Type{
	OrderPlaced, OrderChanged, ContractSigned, InvoiceIssued, InvoiceCorrected, PackingListIssued,
	OriginCertified, OriginWithdrawn, TitleDrafted, TitleIssued, TitleTransferred, TitleEndorsed,
	TitleSurrendered, TitleSurrenderAnswered, TitleVoided, TitleSwitched, TitleAmended, TitleConverted,
	DeliveryOrderIssued, ReleaseAuthorised, CertificateIssued, DocumentPresented, DocumentRecognised,
	DocumentRefused, WarehouseReceived, WarehouseReleased, LinkAsserted, LinkDenied,

	DeclarationLodged, DeclarationAccepted, DeclarationRejected, DeclarationAmended,
	DeclarationCancelled, DocumentsRequested, InspectionOrdered, InspectionDone, GoodsDetained,
	DutyAssessed, DutyPaid, GoodsReleased, GoodsCleared, GoodsExited, PermitGranted, PermitRefused,
	BondOpened, BondClosed, ManifestFiled, ManifestAccepted, TransitOpened, TransitClosed, TaxRefunded,

	BookingRequested, BookingConfirmed, BookingDeclined, BookingCancelled, EmptyPickedUp,
	EquipmentStuffed, EquipmentGatedIn, EquipmentLoaded, ConveyanceDeparted, BorderCrossed,
	ConveyanceArrived, EquipmentDischarged, EquipmentGatedOut, EquipmentStripped, EmptyReturned,
	ConveyanceHandedOver, CargoTransferred, CargoDelivered, CargoHeld, CargoInspected, SealChanged,
	TemperatureRead, PositionRead, ScheduleChanged,

	CreditIssued, CreditAmended, CreditAdvised, CreditDiscrepant, CreditSettled, CollectionPresented,
	CollectionAccepted, CollectionPaid, FinancingRequested, FinancingGranted, FinancingRepaid,
	PaymentInstructed, PaymentSettled, PaymentRejected, InsuranceBound, InsuranceClaimed, BondPriced,
	LoanDrawn, InvestmentApproved, RateFixed,
}

var typeOrder = func() map[Type]int {
	order := make(map[Type]int, len(types))
	for i, t := range types {
		order[t] = i
	}
	return order
}()

// Order is the type's place in Types, or -1 for a type that is not one of ours.
func (t Type) Order() int {
	if i, ok := typeOrder[t]; ok {
		return i
	}
	return -1
}

// OfCorridor says whether events of the type are facts of the corridor and of the parties that they name: they need no consignment, and wait
// for none. One that names a number of a consignment belongs there as well.
func (t Type) OfCorridor() bool {
	switch t {
	case BondPriced, LoanDrawn, InvestmentApproved, RateFixed:
		return true
	default:
		return false
	}
}

// Known says whether the type is one of Types.
func (t Type) Known() bool { _, ok := typeOrder[t]; return ok }

// Canonical returns the constant equal to t, which does not alias t's memory, and whether there is one.
func (t Type) Canonical() (Type, bool) {
	if i, ok := typeOrder[t]; ok {
		return types[i], true
	}
	return "", false
}

// Domain is the part before the first dot.
func (t Type) Domain() string {
	domain, _, _ := strings.Cut(string(t), ".")
	return domain
}
