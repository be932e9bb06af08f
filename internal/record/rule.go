package record

import "oneorder/internal/trade"

// rule is what a type of event says to the record. Standing 0 is silence; a higher standing wins.
type rule struct {
	milestone trade.Milestone
	reaches   uint8 // standing for the milestone
	customs   control
	move      move
	stands    uint8 // standing of the move
	box       handling
	title     titleState
	span      uint8 // standing of transport.from and .to as the consignment's journey, or a part of it
	codes     uint8 // standing for HS codes
	measures  uint8 // standing for packages and gross weight
	value     uint8 // standing for the value
	total     total // what `amount` means
	mute      bool  // its numbers and containers are not the consignment's own
}

// control is what customs did.
type control uint8

const (
	noControl control = iota
	accepted          // so it was lodged
	lodged
	exited // so it was cleared for export
	released
	cleared
	controlCount
)

// move is what a conveyance or a container did.
type move uint8

const (
	noMove move = iota
	departure
	loading
	arrival // and discharge, of lower standing
	border
	schedule
)

// handled is the standing of a loading and of a discharge as reports of a conveyance's call.
const handled = 1

// total says what an event's `amount` has to do with the value of the goods.
type total uint8

const (
	otherAmount total = iota
	firstTotal        // it is the value
	lastTotal         // it is the value where the items have none
)

// rules by type of event. Types that are not here only add their numbers, parties and organisation.
var rules = byOrder(map[trade.Type]rule{
	trade.OrderPlaced:            {milestone: trade.Ordered, reaches: 2, span: 1, codes: 1, measures: 1, value: 2, total: firstTotal},
	trade.OrderChanged:           {span: 1, codes: 1, measures: 1, value: 2, total: firstTotal},
	trade.ContractSigned:         {milestone: trade.Ordered, reaches: 1, span: 1, codes: 1, measures: 1, value: 1, total: firstTotal},
	trade.InvoiceIssued:          {milestone: trade.Invoiced, reaches: 2, span: 2, codes: 4, measures: 3, value: 7, total: firstTotal},
	trade.InvoiceCorrected:       {milestone: trade.Invoiced, reaches: 1, span: 2, codes: 4, measures: 3, value: 7, total: firstTotal},
	trade.PackingListIssued:      {span: 2, codes: 2, measures: 4, value: 3},
	trade.OriginCertified:        {codes: 5, measures: 2, value: 3},
	trade.CertificateIssued:      {codes: 2, measures: 2},
	trade.TitleDrafted:           {title: drafted, span: 3, codes: 2, measures: 2, value: 3},
	trade.TitleIssued:            {milestone: trade.TitleIssuedAt, reaches: 2, title: issued, span: 5, codes: 3, measures: 7, value: 4},
	trade.TitleSwitched:          {milestone: trade.TitleIssuedAt, reaches: 1, title: issued, span: 5, codes: 3, measures: 7, value: 4},
	trade.TitleAmended:           {title: amended, span: 5, codes: 3, measures: 7, value: 4},
	trade.TitleConverted:         {title: amended},
	trade.TitleTransferred:       {title: transferred},
	trade.TitleEndorsed:          {title: transferred},
	trade.TitleSurrendered:       {milestone: trade.TitleSurrenderedAt, reaches: 2, title: surrendered},
	trade.TitleSurrenderAnswered: {title: answered},
	trade.TitleVoided:            {title: void},
	trade.ReleaseAuthorised:      {milestone: trade.TitleSurrenderedAt, reaches: 1, title: surrendered},
	trade.DeliveryOrderIssued:    {codes: 1, measures: 2},
	trade.WarehouseReceived:      {codes: 1, measures: 2},
	trade.LinkDenied:             {mute: true},

	trade.DeclarationLodged:   {customs: lodged, codes: 7, measures: 5, value: 6, total: lastTotal},
	trade.DeclarationAccepted: {customs: accepted, codes: 7, measures: 5, value: 6, total: lastTotal},
	trade.DeclarationAmended:  {codes: 7, measures: 5, value: 6, total: lastTotal},
	trade.GoodsReleased:       {customs: released, codes: 6, measures: 5},
	trade.GoodsCleared:        {customs: cleared, codes: 6, measures: 5},
	trade.GoodsExited:         {customs: exited},
	trade.DutyPaid:            {milestone: trade.DutyPaidAt, reaches: 1},

	trade.BookingRequested:     {span: 2, codes: 1, measures: 1, value: 1},
	trade.BookingConfirmed:     {milestone: trade.Booked, reaches: 1, span: 4, codes: 1, measures: 1, value: 1},
	trade.EquipmentStuffed:     {codes: 1, measures: 1},
	trade.EmptyPickedUp:        {box: pickedUp},
	trade.EquipmentGatedIn:     {box: gatedIn},
	trade.EquipmentLoaded:      {move: loading, stands: handled, box: loaded},
	trade.ConveyanceDeparted:   {move: departure, stands: 2},
	trade.BorderCrossed:        {move: border, stands: 2},
	trade.ConveyanceHandedOver: {move: border, stands: 1},
	trade.ConveyanceArrived:    {move: arrival, stands: 2},
	trade.EquipmentDischarged:  {move: arrival, stands: handled, box: discharged},
	trade.EquipmentGatedOut:    {box: gatedOut},
	trade.ScheduleChanged:      {move: schedule, stands: 2},
	trade.CargoDelivered:       {milestone: trade.Delivered, reaches: 1, measures: 1},
	trade.EmptyReturned:        {milestone: trade.EmptyReturnedAt, reaches: 1, box: returned},

	trade.CreditIssued:     {milestone: trade.CreditIssuedAt, reaches: 2},
	trade.CreditAdvised:    {milestone: trade.CreditIssuedAt, reaches: 1},
	trade.FinancingGranted: {milestone: trade.Financed, reaches: 1},
	trade.FinancingRepaid:  {milestone: trade.Repaid, reaches: 1},
	trade.PaymentSettled:   {milestone: trade.Paid, reaches: 1},
	trade.CreditSettled:    {milestone: trade.Paid, reaches: 1},
	trade.CollectionPaid:   {milestone: trade.Paid, reaches: 1},
})

func byOrder(of map[trade.Type]rule) []rule {
	list := make([]rule, len(trade.Types()))
	for t, r := range of {
		list[t.Order()] = r
	}
	return list
}

// role is what a kind of number says of the event that names it.
type role uint8

const (
	otherNumber  role = iota
	identityRole      // one of the consignment's own numbers
	plainRole         // a bill or waybill, which is the consignment's unless a house one stands beside it
	houseRole
	masterRole
	noteRole // a consignment note, which is the consignment's unless a bill or waybill stands beside it
)

func roleOf(k trade.Kind) role {
	switch k {
	case trade.BL, trade.AirWaybill:
		return plainRole
	case trade.HouseBL, trade.HouseAirWaybill:
		return houseRole
	case trade.MasterBL, trade.MasterAirWaybill:
		return masterRole
	case trade.ConsignmentNote:
		return noteRole
	case trade.Declaration, trade.Permit, trade.Invoice, trade.CertificateOfOrigin, trade.Certificate, trade.PackingList,
		trade.DeliveryOrder, trade.WarehouseReceipt, trade.UCR, trade.Shipment, trade.OneOrder:
		return identityRole
	default:
		return otherNumber
	}
}

// extent is how much of the world an event is about.
type extent struct {
	several role // the role of the numbers of which several show that it is about several consignments, or otherNumber
	own     bool // it names a number of the consignment itself
	shared  bool // it is about several consignments
}

func (b *Builder) extentOf(d *trade.Data) extent {
	var seen [noteRole + 1]uint16
	for i := range d.References {
		seen[roleOf(d.References[i].Kind)]++
	}
	x := extent{shared: len(d.Covers) > 0}
	founding := noteRole
	switch {
	case seen[houseRole] > 0:
		founding = houseRole
	case seen[plainRole] > 0:
		founding = plainRole
	}
	if seen[founding] > 1 && !b.sameNumber(d.References, founding) {
		x.several, x.shared = founding, true
	}
	x.own = seen[identityRole]+seen[plainRole]+seen[houseRole]+seen[masterRole]+seen[noteRole] > 0
	return x
}

// sameNumber says whether all references of the role are of one consignment: they have one value, so that several issuers or kinds
// name one number, or took the place of one another.
func (b *Builder) sameNumber(refs []trade.Reference, of role) bool {
	var first *trade.Reference
	for i := range refs {
		r := &refs[i]
		switch {
		case roleOf(r.Kind) != of:
		case first == nil:
			first = r
		case r.Value == first.Value: // of whatever kind
		case documentKind(r.Kind) != documentKind(first.Kind) || !b.one(documentKind(r.Kind), first.Value, r.Value):
			return false
		}
	}
	return true
}
