package simulator

import "oneorder/internal/trade"

// place is where something happens, and whose customs rule there.
type place struct {
	trade.Place
	country string
}

// The places of the corridors: UN/LOCODE 2024-2, with the facilities that have no code of their own.
var (
	chongqingRail    = &place{trade.Place{UNLOCODE: "CNCKG", Facility: "CNCKGTJC", Name: "Tuanjiecun Rail Container Centre"}, "CN"}
	chongqingRiver   = &place{trade.Place{UNLOCODE: "CNCHQ", Facility: "CNCHQGUO", Name: "Guoyuan Port"}, "CN"}
	chongqingRoad    = &place{trade.Place{UNLOCODE: "CNCKG", Facility: "CNCKGNPN", Name: "Nanpeng Road Logistics Base"}, "CN"}
	chongqingAirport = &place{trade.Place{UNLOCODE: "CNCKG", Name: "Chongqing Jiangbei International Apt", Lat: "29.7192", Lon: "106.642"}, "CN"}
	qinzhou          = &place{trade.Place{UNLOCODE: "CNQZH", Facility: "CNQZHQZP", Name: "Qinzhou Port"}, "CN"}
	qinzhouEast      = &place{trade.Place{UNLOCODE: "CNQZH", Facility: "CNQZHQZE", Name: "Qinzhou Port East Railway Station"}, "CN"}
	yangshan         = &place{trade.Place{UNLOCODE: "CNSGH", Facility: "CNSGHYSH", Name: "Yangshan Port"}, "CN"}
	waigaoqiao       = &place{trade.Place{UNLOCODE: "CNSGH", Facility: "CNSGHWGQ", Name: "Waigaoqiao Port"}, "CN"}
	singapore        = &place{trade.Place{UNLOCODE: "SGSIN", Facility: "SGSINPSA", Name: "Singapore"}, "SG"}
	singaporeTuas    = &place{trade.Place{UNLOCODE: "SGSIN", Facility: "SGSINTUA", Name: "Tuas Port"}, "SG"}
	changi           = &place{trade.Place{UNLOCODE: "SGSIN", Facility: "SGSINCHG", Name: "Changi Airfreight Centre"}, "SG"}
	hoChiMinh        = &place{trade.Place{UNLOCODE: "VNSGN", Name: "Ho Chi Minh City", Lat: "10.766666", Lon: "106.666664"}, "VN"}
	laemChabang      = &place{trade.Place{UNLOCODE: "THLCH", Name: "Laem Chabang", Lat: "13.083333", Lon: "100.88333"}, "TH"}
	jakarta          = &place{trade.Place{UNLOCODE: "IDJKT", Name: "Jakarta", Lat: "-6.133333", Lon: "106.833336"}, "ID"}

	alashankou   = &place{trade.Place{UNLOCODE: "CNAKL", Name: "Alashankou", Lat: "45.183334", Lon: "82.433334"}, "CN"}
	horgos       = &place{trade.Place{UNLOCODE: "CNHRS", Name: "Horgos", Lat: "44.05", Lon: "80.833336"}, "CN"}
	dostyk       = &place{trade.Place{UNLOCODE: "KZDOS", Name: "Dostyk", Lat: "45.25", Lon: "82.48333"}, "KZ"}
	altynkol     = &place{trade.Place{UNLOCODE: "KZZRK", Facility: "KZALTKOL", Name: "Altynkol"}, "KZ"}
	aktobe       = &place{trade.Place{UNLOCODE: "KZAKX", Name: "Aqtobe"}, "KZ"}
	vorsino      = &place{trade.Place{UNLOCODE: "RUVRS", Name: "Vorsino", Lat: "55.216667", Lon: "36.633335"}, "RU"}
	brest        = &place{trade.Place{UNLOCODE: "BYBQT", Name: "Brest", Lat: "52.1083", Lon: "23.8981"}, "BY"}
	malaszewicze = &place{trade.Place{UNLOCODE: "PLMAA", Facility: "PLMAAEUP", Name: "Europort Malaszewicze"}, "PL"}
	duisburg     = &place{trade.Place{UNLOCODE: "DEDUI", Facility: "DEDUIDIT", Name: "Duisburg Intermodal Terminal"}, "DE"}

	pingxiang   = &place{trade.Place{UNLOCODE: "CNPIN", Facility: "YOUYIGUAN", Name: "Youyiguan"}, "CN"}
	mohan       = &place{trade.Place{Facility: "MOHAN", Name: "Mohan Border Port"}, "CN"}
	boten       = &place{trade.Place{UNLOCODE: "LABTN", Facility: "BOTEN", Name: "Boten"}, "LA"}
	vientiane   = &place{trade.Place{UNLOCODE: "LAVTE", Name: "Vientiane", Lat: "17.966667", Lon: "102.55"}, "LA"}
	hanoi       = &place{trade.Place{UNLOCODE: "VNHAN", Name: "Hanoi", Lat: "21.033333", Lon: "105.85"}, "VN"}
	nongKhai    = &place{trade.Place{UNLOCODE: "THNOK", Name: "Nong Khai Customs House"}, "TH"}
	bangkok     = &place{trade.Place{UNLOCODE: "THBKK", Name: "Bangkok", Lat: "13.75", Lon: "100.51667"}, "TH"}
	padangBesar = &place{trade.Place{UNLOCODE: "MYPGB", Name: "Padang Besar"}, "MY"}
	kualaLumpur = &place{trade.Place{UNLOCODE: "MYKUL", Name: "Kuala Lumpur"}, "MY"}
	johorBahru  = &place{trade.Place{UNLOCODE: "MYJHB", Name: "Johor Bahru"}, "MY"}
)
