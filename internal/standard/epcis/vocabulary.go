package epcis

import (
	"strings"

	"oneorder/internal/trade"
)

// The words of the Core Business Vocabulary 2.0 that stand without a namespace. A word that is not among them is
// refused, since EPCIS 2.0 wants a URI or a prefixed name for whatever is not of the standard.
var (
	actions  = words("OBSERVE ADD DELETE")
	bizSteps = words("accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting " +
		"decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing " +
		"killing loading other packing picking receiving removing repackaging repairing replacing reserving retail_selling " +
		"sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting unloading unpacking " +
		"void_shipping")
	dispositions = words("active available completeness_inferred completeness_verified conformant container_closed container_open " +
		"damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance " +
		"mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled " +
		"reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown")
	transactionTypes = words("bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt")
	partyTypes       = words("owning_party possessing_party location")
	errorReasons     = words("did_not_occur incorrect_data")
)

func words(list string) []string { return strings.Fields(list) }

// transactionKinds says which number a business transaction is. A despatch advice, a receiving advice, a
// pedigree or a test's result has no kind of ours, and stays in the detail.
var transactionKinds = map[string]trade.Kind{
	"bol":  trade.BL,
	"cert": trade.Certificate,
	"inv":  trade.Invoice,
	"po":   trade.PurchaseOrder,
	"poc":  trade.PurchaseOrder,
}

// roles says which party is meant by where it stands: before or behind the move, and as what.
var roles = map[string]string{
	"source owning_party":          "seller",
	"source possessing_party":      "consignor",
	"destination owning_party":     "buyer",
	"destination possessing_party": "consignee",
}

// The namespaces that the words may come with.
var wordPrefixes = []string{
	"https://ref.gs1.org/cbv/BizStep-", "cbv:BizStep-", "urn:epcglobal:cbv:bizstep:",
	"https://ref.gs1.org/cbv/BTT-", "cbv:BTT-", "urn:epcglobal:cbv:btt:",
	"https://ref.gs1.org/cbv/SDT-", "cbv:SDT-", "urn:epcglobal:cbv:sdt:",
	"https://gs1.org/voc/", "https://ref.gs1.org/voc/", "gs1:",
}

// word takes a word of the standard out of its namespace, if it is in one.
func word(s string) string {
	for _, prefix := range wordPrefixes {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return rest
		}
	}
	return s
}

// scene is what decides the type of an event, beside its business step.
type scene struct {
	step     string
	boxed    bool // it names a container itself, not only what is in one
	parent   bool // a container that other objects are put into or taken out of
	joined   bool // action ADD
	parted   bool // action DELETE
	measured bool // it has a temperature
}

// typeOf tells what an event is in our words. Whatever has no word of its own says that the objects were seen at
// the place: the step itself stays in the detail.
func typeOf(s scene) trade.Type {
	switch {
	case s.parent && s.joined && (s.step == "packing" || s.step == "loading" || s.step == ""):
		return trade.EquipmentStuffed
	case s.parent && s.parted && (s.step == "unpacking" || s.step == "unloading" || s.step == ""):
		return trade.EquipmentStripped
	}
	switch s.step {
	case "arriving":
		if s.boxed {
			return trade.EquipmentGatedIn
		}
		return trade.ConveyanceArrived
	case "departing", "shipping":
		if s.boxed {
			return trade.EquipmentGatedOut
		}
		return trade.ConveyanceDeparted
	case "loading":
		if s.boxed {
			return trade.EquipmentLoaded
		}
	case "unloading":
		if s.boxed {
			return trade.EquipmentDischarged
		}
	case "accepting", "receiving", "storing":
		return trade.WarehouseReceived
	case "inspecting":
		return trade.CargoInspected
	case "holding":
		return trade.CargoHeld
	case "sensor_reporting", "":
		if s.measured {
			return trade.TemperatureRead
		}
	}
	return trade.PositionRead
}

// Types are the types that an event may become.
func types() []trade.Type {
	return []trade.Type{
		trade.EquipmentStuffed, trade.EquipmentStripped, trade.EquipmentGatedIn, trade.EquipmentGatedOut,
		trade.EquipmentLoaded, trade.EquipmentDischarged, trade.ConveyanceArrived, trade.ConveyanceDeparted,
		trade.WarehouseReceived, trade.CargoInspected, trade.CargoHeld, trade.TemperatureRead, trade.PositionRead,
	}
}
