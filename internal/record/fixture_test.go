package record_test

import (
	"testing"
	"time"

	"oneorder/internal/refdata"
	"oneorder/internal/trade"
)

func tables(t testing.TB) *refdata.Tables {
	t.Helper()
	tables, err := refdata.Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// at reads a time of the fixture, "09-11 08:15" of 2026.
func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-"+s)
	if err != nil {
		panic(err)
	}
	return t
}

// event makes an event, recorded an hour after it happened.
func event(id, org string, typ trade.Type, when string, d trade.Data) *trade.Event {
	if d.Classifier == "" {
		d.Classifier = trade.Actual
	}
	return &trade.Event{
		SpecVersion: trade.SpecVersion, ID: id, Source: trade.SourcePrefix + org, Type: typ,
		Time: at(when), Recorded: at(when).Add(time.Hour), Data: &d,
	}
}

func refs(list ...trade.Reference) []trade.Reference { return list }

// The numbers of the land-sea consignment.
var (
	order       = trade.Reference{Kind: trade.PurchaseOrder, Value: "PO-7781", Issuer: "BUYER"}
	invoice     = trade.Reference{Kind: trade.Invoice, Value: "INV-2026-311", Issuer: "SELLER"}
	packingList = trade.Reference{Kind: trade.PackingList, Value: "PL-311", Issuer: "SELLER"}
	booking     = trade.Reference{Kind: trade.Booking, Value: "BK7700123", Issuer: "SITC"}
	bill        = trade.Reference{Kind: trade.BL, Value: "SITGCKSG026001", Issuer: "SITC"}
	note        = trade.Reference{Kind: trade.ConsignmentNote, Value: "CR8812", Issuer: "CRCT"}
	export      = trade.Reference{Kind: trade.Declaration, Value: "800120260000012345", Issuer: "CN"}
	permit      = trade.Reference{Kind: trade.Permit, Value: "IG6I123456A", Issuer: "SG"}
	credit      = trade.Reference{Kind: trade.LetterOfCredit, Value: "DBSLC0042", Issuer: "DBSSSGSG"}
	loan        = trade.Reference{Kind: trade.Loan, Value: "RZ900", Issuer: "ICBKCNBJ"}
	payment     = trade.Reference{Kind: trade.Payment, Value: "0b7e8a52-6f0c-4b5e-9d0c-2f6a3c1d9e11"}
	policy      = trade.Reference{Kind: trade.InsurancePolicy, Value: "PYIE1", Issuer: "PICC"}
)

var (
	shipper   = trade.Party{Role: "shipper", ID: trade.PartyID{Kind: "uscc", Value: "91500000MA5U000000"}, Name: "Chongqing Motor Co", Country: "CN"}
	consignee = trade.Party{Role: "consignee", ID: trade.PartyID{Kind: "uen", Value: "200012345A"}, Name: "Lion Import Pte Ltd", Country: "SG"}

	chongqing = trade.Place{UNLOCODE: "CNCKG", Facility: "CNCKGTJC"}
	qinzhou   = trade.Place{UNLOCODE: "CNQZH", Facility: "CNQZHQZP"}
	singapore = trade.Place{UNLOCODE: "SGSIN"}

	train = trade.Transport{Mode: trade.Rail, Carrier: "CRCT", Conveyance: "X9571/2026-09-06", From: "CNCKG", To: "CNQZH"}
	ship  = trade.Transport{Mode: trade.Sea, Carrier: "SITC", Conveyance: "9793911", Voyage: "2617S", From: "CNQZH", To: "SGSIN"}

	exporting = trade.Customs{Territory: "CN", Direction: "export", Office: "8001"}
	importing = trade.Customs{Territory: "SG", Direction: "import"}
)

func boxes(state string) []trade.Equipment {
	return []trade.Equipment{
		{Kind: trade.Container, Number: "SITU9070320", ISOType: "45G1", State: state},
		{Kind: trade.Container, Number: "SITU9070336", ISOType: "45G1", State: state},
	}
}

func goods(packages uint32, gross, value trade.Decimal, hs ...string) []trade.Goods {
	list := make([]trade.Goods, len(hs))
	for i := range hs {
		list[i] = trade.Goods{HS: hs[i], Packages: packages, GrossKG: gross}
		if value != "" {
			list[i].Value = trade.Money{Amount: value, Currency: "CNY"}
		}
	}
	return list
}

// landSea is one consignment from Chongqing by rail to Qinzhou and by sea to Singapore, in the order of time.
func landSea() []*trade.Event {
	return []*trade.Event{
		event("o1", "lion", trade.OrderPlaced, "08-20 02:00", trade.Data{References: refs(order), Parties: []trade.Party{{Role: "shipper", Name: "Chongqing Motor Co"}}, Amount: trade.Money{Amount: "900000", Currency: "CNY"}}),
		event("f1", "dbs", trade.CreditIssued, "08-22 03:00", trade.Data{References: refs(credit, order), Amount: trade.Money{Amount: "900000", Currency: "CNY"}}),
		event("f2", "icbc", trade.CreditAdvised, "08-23 03:00", trade.Data{References: refs(credit)}),
		event("i1", "cqmotor", trade.InvoiceIssued, "08-30 06:00", trade.Data{References: refs(invoice, order), Parties: []trade.Party{shipper, consignee}, Goods: goods(20, "10000", "440000.25", "870323", "8708991000"), Amount: trade.Money{Amount: "880000.50", Currency: "CNY"}, Terms: trade.Terms{Incoterm: "FOB"}}),
		event("i2", "cqmotor", trade.PackingListIssued, "08-30 07:00", trade.Data{References: refs(packingList, invoice), Goods: goods(21, "10100", "", "870323", "870899")}),
		event("b1", "forward", trade.BookingRequested, "08-31 01:00", trade.Data{References: refs(booking, order), Transport: trade.Transport{Mode: trade.Multimodal, From: "CNCKG", To: "SGSIN"}}),
		event("b2", "sitc", trade.BookingConfirmed, "09-01 01:00", trade.Data{References: refs(booking), Transport: trade.Transport{Mode: trade.Multimodal, Carrier: "SITC", From: "CNCKG", To: "SGSIN"}}),
		event("e1", "sitc", trade.EmptyPickedUp, "09-03 01:00", trade.Data{References: refs(booking), Equipment: boxes(trade.Empty), Place: chongqing}),
		event("e2", "cqmotor", trade.EquipmentStuffed, "09-03 09:00", trade.Data{Equipment: boxes(trade.Laden)[:1], References: refs(booking), Goods: goods(20, "9000", "", "870323")}),
		event("c1", "cncustoms", trade.DeclarationLodged, "09-04 01:00", trade.Data{References: refs(export, invoice), Customs: exporting, Goods: goods(20, "10050", "440000", "87032342", "87089910"), Place: chongqing}),
		event("c2", "cncustoms", trade.GoodsReleased, "09-04 05:00", trade.Data{References: refs(export), Customs: exporting, Place: chongqing}),
		event("c3", "cncustoms", trade.GoodsCleared, "09-04 06:00", trade.Data{References: refs(export), Customs: exporting, Place: chongqing}),
		event("r0", "crct", trade.ConveyanceDeparted, "09-05 20:00", trade.Data{Classifier: trade.Planned, References: refs(note), Transport: train, Place: chongqing}),
		event("r1", "crct", trade.EquipmentLoaded, "09-05 22:00", trade.Data{References: refs(note), Equipment: boxes(trade.Laden), Transport: train, Place: chongqing}),
		event("r2", "crct", trade.ConveyanceDeparted, "09-06 02:00", trade.Data{References: refs(note), Transport: train, Place: chongqing}),
		event("r3", "crct", trade.ConveyanceArrived, "09-08 04:00", trade.Data{References: refs(note), Transport: train, Place: trade.Place{Facility: "CNQZHQZE"}}),
		event("r4", "crct", trade.EquipmentDischarged, "09-08 09:00", trade.Data{References: refs(note), Equipment: boxes(trade.Laden), Transport: train, Place: qinzhou}),
		event("t1", "sitc", trade.TitleIssued, "09-10 03:00", trade.Data{References: refs(bill, booking, note), Transport: trade.Transport{Mode: trade.Sea, From: "CNQZH", To: "SGSIN"}, Goods: goods(20, "10040.5", "", "870323", "870899"), Parties: []trade.Party{shipper, consignee}, Document: trade.Document{Kind: "bl", Number: bill.Value, Status: "ISSUED"}}),
		event("s0", "sitc", trade.ConveyanceArrived, "09-16 12:00", trade.Data{Classifier: trade.Estimated, References: refs(bill), Transport: ship, Place: singapore}),
		event("s1", "sitc", trade.EquipmentLoaded, "09-10 01:00", trade.Data{References: refs(bill), Equipment: boxes(trade.Laden), Transport: ship, Place: qinzhou}),
		event("s2", "sitc", trade.ConveyanceDeparted, "09-10 22:00", trade.Data{References: refs(bill), Transport: ship, Place: qinzhou}),
		event("f3", "icbc", trade.FinancingGranted, "09-12 03:00", trade.Data{References: refs(loan), Covers: refs(invoice), Amount: trade.Money{Amount: "700000", Currency: "CNY"}}),
		event("t2", "icbc", trade.TitleTransferred, "09-13 03:00", trade.Data{References: refs(bill)}),
		event("s3", "sitc", trade.ConveyanceArrived, "09-16 14:00", trade.Data{References: refs(bill), Transport: ship, Place: singapore}),
		event("s4", "psa", trade.EquipmentDischarged, "09-16 20:00", trade.Data{References: refs(bill), Equipment: boxes(trade.Laden), Transport: ship, Place: trade.Place{Facility: "SGSINPPT"}}),
		event("c4", "sgcustoms", trade.DeclarationLodged, "09-15 01:00", trade.Data{References: refs(permit, bill), Customs: importing, Goods: goods(20, "10050", "470000", "870323", "870899")}),
		event("c5", "sgcustoms", trade.GoodsReleased, "09-17 01:00", trade.Data{References: refs(permit), Customs: importing}),
		event("c6", "sgcustoms", trade.GoodsCleared, "09-17 02:00", trade.Data{References: refs(permit), Customs: importing}),
		event("c7", "sgcustoms", trade.DutyPaid, "09-17 00:30", trade.Data{References: refs(permit), Customs: importing, Amount: trade.Money{Amount: "9000", Currency: "SGD"}}),
		event("t3", "lion", trade.TitleSurrendered, "09-17 05:00", trade.Data{References: refs(bill)}),
		event("g1", "psa", trade.EquipmentGatedOut, "09-17 15:00", trade.Data{Equipment: boxes(trade.Laden)[:1], Place: trade.Place{Facility: "SGSINPPT"}}),
		event("g2", "psa", trade.EquipmentGatedOut, "09-18 02:00", trade.Data{Equipment: boxes(trade.Laden)[1:], Place: singapore}),
		event("d1", "forward", trade.CargoDelivered, "09-18 08:00", trade.Data{References: refs(bill), Place: singapore}),
		event("e3", "sitc", trade.EmptyReturned, "09-20 08:00", trade.Data{Equipment: boxes(trade.Empty), Place: singapore}),
		event("p1", "dbs", trade.PaymentSettled, "09-25 08:00", trade.Data{References: refs(payment), Covers: refs(invoice, trade.Reference{Kind: trade.Invoice, Value: "INV-2026-310", Issuer: "SELLER"}), Amount: trade.Money{Amount: "1500000", Currency: "CNY"}}),
		event("n1", "picc", trade.InsuranceBound, "09-02 08:00", trade.Data{References: refs(policy, invoice)}),
		event("f4", "icbc", trade.FinancingRepaid, "10-02 08:00", trade.Data{References: refs(loan)}),
	}
}
