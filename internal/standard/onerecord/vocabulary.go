package onerecord

import "oneorder/internal/trade"

// statuses says what a status code of the code list StatusCode (IATA Cargo-IMP FSU, Cargo-XML XFSU) is in our words.
// Whatever is not among them says that the goods were seen; its code stays in the detail, and is flagged when
// it is no code of the list.
var statuses = map[string]trade.Type{
	"BKD": trade.BookingConfirmed,     // booked
	"FOH": trade.WarehouseReceived,    // freight on hand
	"RCS": trade.WarehouseReceived,    // received from the shipper, ready for carriage
	"RCT": trade.ConveyanceHandedOver, // received from another carrier
	"TFD": trade.ConveyanceHandedOver, // transferred to another carrier
	"DEP": trade.ConveyanceDeparted,
	"ARR": trade.ConveyanceArrived,
	"RCF": trade.WarehouseReceived,  // received from a flight
	"AWR": trade.DocumentPresented,  // documents received
	"AWD": trade.DocumentPresented,  // documents delivered to the consignee
	"DOC": trade.DocumentPresented,  // documents received by the handling party
	"TGC": trade.DeclarationLodged,  // transferred to customs
	"CRC": trade.DeclarationLodged,  // reported to customs
	"CCD": trade.GoodsCleared,       // cleared by customs
	"DIS": trade.CargoHeld,          // discrepancy
	"DLV": trade.CargoDelivered,     // delivered to the consignee
	"DDL": trade.CargoDelivered,     // delivered to the door
	"FWB": trade.DocumentPresented,  // waybill data received
	"FHL": trade.DocumentPresented,  // house waybill data received
	"MAN": trade.ManifestFiled,      // manifested on a flight
	"RCP": trade.WarehouseReceived,  // received at the place of pick-up
	"OFD": trade.WarehouseReleased,  // out for delivery
	"PUP": trade.WarehouseReleased,  // picked up
	"TRM": trade.ConveyanceDeparted, // to be transferred to another carrier, by truck
	"NFD": trade.PositionRead,       // consignee told of the arrival
	"NTF": trade.PositionRead,
	"PRE": trade.PositionRead, // prepared for loading
	"OCI": trade.PositionRead, // other customs information
	"SEC": trade.CargoInspected,
	"SPX": trade.CargoInspected,
}

// timeTypes says how an event's time is meant (EventTimeType).
var timeTypes = map[string]trade.Classifier{
	"ACTUAL": trade.Actual, "ESTIMATED": trade.Estimated, "EXPECTED": trade.Estimated, "PLANNED": trade.Planned,
	"SCHEDULED": trade.Planned, "REQUESTED": trade.Planned,
}

// waybillKinds says which number a waybill has (WaybillType).
var waybillKinds = map[string]trade.Kind{
	"DIRECT": trade.AirWaybill, "MASTER": trade.MasterAirWaybill, "HOUSE": trade.HouseAirWaybill,
}

// waybillMembers are the members that name a waybill, with the kind that it is where it does not say so.
var waybillMembers = []struct {
	name string
	kind trade.Kind
}{
	{"waybill", trade.AirWaybill}, {"shipmentOfWaybill", trade.AirWaybill}, {"houseWaybills", trade.HouseAirWaybill}, {"masterWaybill", trade.MasterAirWaybill},
}

// roles says which party is meant (ParticipantIdentifier, PartyRole).
var roles = map[string]string{
	"CNE": "consignee", "CONSIGNEE": "consignee", "SHP": "shipper", "SHIPPER": "shipper", "FFW": "forwarder", "FREIGHTFORWARDER": "forwarder", "AGT": "forwarder",
	"AIR": "carrier", "CARRIER": "carrier", "NFY": "notify", "NOTIFY": "notify", "GHA": "handler", "CUS": "customs",
}

// modes says how a movement goes (ModeCode, UN/ECE Recommendation 19).
var modes = map[string]string{"1": trade.Sea, "2": trade.Rail, "3": trade.Road, "4": trade.Air, "8": trade.Barge}

func types() []trade.Type {
	list := []trade.Type{trade.TitleDrafted, trade.TitleIssued, trade.PositionRead}
	seen := map[trade.Type]bool{trade.PositionRead: true}
	for _, t := range statuses {
		if !seen[t] {
			seen[t] = true
			list = append(list, t)
		}
	}
	return list
}
