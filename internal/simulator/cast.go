package simulator

import (
	"fmt"

	"oneorder/internal/identifier"
	"oneorder/internal/trade"
)

// source is the CloudEvents source of an organisation.
func source(org string) string { return trade.SourcePrefix + org }

// carrier gives bills, and is known by two codes.
type carrier struct {
	source     string
	scac, smdg string
	prefix     string   // of its bills
	owners     []string // ISO 6346 owner codes with the category
}

var seaCarriers = []carrier{
	{source("sitc"), "SITC", "SIT", "SITG", []string{"SITU", "TGBU"}},
	{source("cosco"), "COSU", "COS", "COSU", []string{"CSNU", "CBHU", "CCLU"}},
	{source("maersk"), "MAEU", "MSK", "MAEU", []string{"MRKU", "MSKU"}},
	{source("one-line"), "ONEY", "ONE", "ONEY", []string{"ONEU", "NYKU"}},
	{source("cma-cgm"), "CMDU", "CMA", "CMDU", []string{"CMAU", "APZU"}},
	{source("evergreen"), "EGLV", "EMC", "EGLV", []string{"EMCU", "EISU"}},
	{source("hmm"), "HDMU", "HMM", "HDMU", []string{"HMMU", "KOCU"}},
	{source("wan-hai"), "WHLC", "WHL", "WHLC", []string{"WHSU", "WHLU"}},
}

var (
	chinaRailway   = carrier{source: source("china-railway"), scac: "CRCT", prefix: "CR", owners: []string{"TBJU", "TBQU", "CRXU"}}
	yuxinou        = carrier{source: source("yuxinou"), scac: "YXOL", prefix: "YXO", owners: []string{"YXOU", "TBJU", "CRXU"}}
	yangtzeBarge   = source("yangtze-feeder")
	kazakhRailway  = source("ktz-express")
	russianRailway = source("rzd-logistics")
	belarusRailway = source("belintertrans")
	germanRailway  = source("db-cargo")
)

var airlines = []struct{ source, designator, prefix, flight string }{
	{source("singapore-airlines"), "SQ", "618", "SQ7877"},
	{source("air-china-cargo"), "CA", "999", "CA1043"},
	{source("sichuan-airlines"), "3U", "876", "3U3923"},
	{source("scoot"), "TR", "668", "TR135"},
}

var hauliers = []carrier{
	{source: source("cross-border-haul"), scac: "CBHL", prefix: "CBH"},
	{source: source("asean-express"), scac: "ASXP", prefix: "ASX"},
	{source: source("banan-bus"), scac: "BNGB", prefix: "BNG"},
}

// forwarders give house bills, rail bills and house air waybills.
var forwarders = []carrier{
	{source: source("yuchuan-logistics"), scac: "YCLG", prefix: "YC"},
	{source: source("landbridge-forwarding"), scac: "LBFW", prefix: "LB"},
	{source: source("lion-city-freight"), scac: "LCFR", prefix: "LCF"},
	{source: source("western-gate"), scac: "WGTF", prefix: "WG"},
}

// vessels by carrier code; the IMO numbers have right check digits and no ship.
type vessel struct{ imo, name string }

var seaVessels, barges = func() ([]vessel, []vessel) {
	series := func(first int, names ...string) []vessel {
		list := make([]vessel, len(names))
		for i, name := range names {
			six := fmt.Sprint(first + 37*i)
			list[i] = vessel{six + string(identifier.IMOCheckDigit(six)), name}
		}
		return list
	}
	return series(979301, "BEIBU PIONEER", "NANHAI STAR", "CORRIDOR HARMONY", "LION STRAIT", "ORIENT JASMINE", "QINZHOU BRIDGE",
			"SOUTHERN LYNX", "STRAITS COURAGE", "TONKIN GULF", "VICTORIA LOTUS", "WESTERN SEA", "YUGUI EXPRESS"),
		series(963107, "CHANGJIANG 801", "CHANGJIANG 806", "MINJIANG 12", "SANXIA HUA", "YUJIANG 7", "WUSHAN 3")
}()

// company is a trader, or any party that a document names.
type company struct {
	source string
	name   string
	id     trade.PartyID
	short  string // how its own numbers begin
	bank   *bank
}

func (c *company) party(role, country string) trade.Party {
	return trade.Party{Role: role, ID: c.id, Name: c.name, Country: country}
}

type bank struct {
	source string
	id     trade.PartyID
	bic    string
}

func lei(first18 string) trade.PartyID {
	return trade.PartyID{Kind: "lei", Value: first18 + identifier.LEICheckDigits(first18)}
}

func newBank(org, bic string) bank {
	return bank{source(org), lei(fmt.Sprintf("3003%-14s", bic+"000000000000000000")[:18]), bic}
}

var (
	chineseBanks = []bank{newBank("boc-chongqing", "BKCHCNBJ59A"), newBank("icbc-chongqing", "ICBKCNBJCQG"), newBank("chongqing-rural-bank", "CQRBCNBC")}
	foreignBanks = map[string][]bank{
		"SG": {newBank("dbs", "DBSSSGSG"), newBank("ocbc", "OCBCSGSG"), newBank("uob", "UOVBSGSG")},
		"VN": {newBank("vietcombank", "BFTVVNVX")},
		"TH": {newBank("kasikornbank", "KASITHBK")},
		"ID": {newBank("bank-mandiri", "BMRIIDJA")},
		"MY": {newBank("maybank", "MBBEMYKL")},
		"LA": {newBank("bcel", "COEBLALA")},
		"DE": {newBank("commerzbank", "COBADEFF"), newBank("helaba", "HELADEFF")},
	}
)

// sellers and buyers, all invented.
var (
	sellers = newSellers()
	buyers  = newBuyers()
)

func newSellers() []company {
	first := []string{"Jialing", "Liangjiang", "Bashu", "Yuzhong", "Nan'an", "Changshou", "Wanzhou", "Fuling", "Shapingba", "Beibei", "Qijiang", "Tongliang"}
	trades := []struct{ name, short string }{{"Machinery", "MAC"}, {"Electronics", "ELE"}, {"Auto Parts", "AUT"}}
	var list []company
	for i, f := range first {
		for j, t := range trades {
			code := fmt.Sprintf("91500%03dMA%07d", 103+i, 5200000+i*733+j*91)[:17]
			short := fmt.Sprintf("%s%c%c", t.short, 'A'+i, 'A'+j)
			list = append(list, company{
				source: source("cq-" + lower(f) + "-" + lower(t.short)),
				name:   "Chongqing " + f + " " + t.name + " Co., Ltd.",
				id:     trade.PartyID{Kind: "uscc", Value: code + string(identifier.USCCCheckCharacter(code))},
				short:  short, bank: &chineseBanks[(i+j)%len(chineseBanks)],
			})
		}
	}
	return list
}

func newBuyers() map[string][]company {
	names := map[string][]string{
		"SG": {"Merlion Trading", "Straits Supply", "Tanjong Tech", "Keppel Bay Motors", "Jurong Components", "Raffles Home", "Bukit Foods", "Marina Devices"},
		"VN": {"Song Hong Import", "Cuu Long Trading", "Binh Minh Machinery"},
		"TH": {"Chao Phraya Parts", "Siam Orchid Trading", "Isan Agro"},
		"ID": {"Nusantara Jaya", "Jakarta Niaga"},
		"MY": {"Selangor Supply", "Klang Valley Motors"},
		"LA": {"Mekong Lao Import", "Vientiane Trading"},
		"DE": {"Ruhr Handel", "Rhein Technik", "Westfalen Maschinen", "Niederrhein Import"},
	}
	suffix := map[string]string{"SG": " Pte. Ltd.", "VN": " JSC", "TH": " Co., Ltd.", "ID": " PT", "MY": " Sdn. Bhd.", "LA": " Sole Co., Ltd.", "DE": " GmbH"}
	m := make(map[string][]company)
	for country, list := range names {
		for i, name := range list {
			c := company{
				source: source(lower(country) + "-" + lower(name)), name: name + suffix[country],
				short: fmt.Sprintf("%s%c%d", country, name[0], i+1),
				bank:  &foreignBanks[country][i%len(foreignBanks[country])],
			}
			if country == "SG" {
				nine := fmt.Sprintf("20%02d%05d", 4+i, 10373*(i+2)%100000)
				c.id = trade.PartyID{Kind: "uen", Value: nine + string(identifier.UENCheckLetter(nine))}
			} else {
				c.id = lei(fmt.Sprintf("5299%s%02d0000000000", country, i+10)[:18])
			}
			m[country] = append(m[country], c)
		}
	}
	return m
}

// lower makes a part of an organisation's token.
func lower(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			b = append(b, c-'A'+'a')
		case c == ' ':
			b = append(b, '-')
		case c != '\'' && c != '.':
			b = append(b, c)
		}
	}
	return string(b)
}

// The authorities and service providers of the corridors.
var (
	chinaCustoms = source("china-customs")
	customsOf    = map[string]string{
		"CN": chinaCustoms, "SG": source("singapore-customs"), "VN": source("vietnam-customs"), "TH": source("thai-customs"),
		"ID": source("indonesia-customs"), "MY": source("malaysia-customs"), "LA": source("lao-customs"), "DE": source("german-customs"),
		"KZ": source("kazakhstan-customs"), "BY": source("belarus-customs"),
	}
	exportBrokers  = []string{source("yu-customs-brokers"), source("liangjiang-declare")}
	importBrokerOf = map[string]string{
		"SG": source("lion-declare"), "VN": source("saigon-brokers"), "TH": source("siam-brokers"), "ID": source("jakarta-ppjk"),
		"MY": source("klang-forwarding"), "LA": source("lao-brokers"), "DE": source("rhein-zollagentur"),
	}
	terminalOf = map[*place]string{
		chongqingRail: source("tuanjiecun-terminal"), chongqingRiver: source("guoyuan-port"), chongqingRoad: source("nanpeng-base"),
		qinzhou: source("qinzhou-port"), qinzhouEast: source("china-railway"), yangshan: source("yangshan-port"), waigaoqiao: source("waigaoqiao-port"),
		singapore: source("psa-singapore"), singaporeTuas: source("psa-singapore"), hoChiMinh: source("saigon-newport"),
		laemChabang: source("laem-chabang-port"), jakarta: source("tanjung-priok"), horgos: source("horgos-station"), alashankou: source("alashankou-station"),
		altynkol: source("ktz-express"), dostyk: source("ktz-express"), malaszewicze: source("malaszewicze-terminal"), duisburg: source("duisburg-intermodal"),
		chongqingAirport: source("ckg-cargo-terminal"), changi: source("sats"),
	}
	insurer  = source("picc-chongqing")
	chamber  = source("ccpit-chongqing")
	depot    = source("cq-container-depot")
	farDepot = source("overseas-depots")
	taxCN    = source("cq-tax-bureau")
	drayage  = source("last-mile-haulage")
)

// ebl are platforms for electronic bills, by their DCSA code.
var ebl = []string{"WAVE", "CARX", "EDOX", "IQAX"}
