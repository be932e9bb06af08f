package identifier

import "strings"

var (
	errCountryForm   = form("two capital letters (ISO 3166-1 alpha-2), such as SG")
	errCountryList   = unlisted("ISO 3166-1")
	errCurrencyForm  = form("three capital letters (ISO 4217), such as SGD")
	errCurrencyList  = unlisted("ISO 4217")
	errTerritoryForm = form("two capital letters of a country (ISO 3166-1 alpha-2), or EU")
)

// countryList are the 249 officially assigned codes of ISO 3166-1.
const countryList = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS " +
	"BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE " +
	"EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM " +
	"HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC " +
	"LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA " +
	"NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO " +
	"TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "

// currencyList are the codes of ISO 4217, list one (funds and metals included), and of list three those withdrawn
// since 2014, since events may speak of earlier years.
const currencyList = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP " +
	"BYN BYR BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN " +
	"ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD " +
	"JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK " +
	"MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN " +
	"PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB " +
	"TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN USS UYI UYU UYW UZS VED VEF VES VND VUV WST XAD " +
	"XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG ZWL "

// letterSet is a set of codes of capital letters, by their place in the alphabet.
type letterSet []uint64

func lettersOf(list string, length int) letterSet {
	size := 1
	for range length {
		size *= 26
	}
	s := make(letterSet, size/64+1)
	for code := range strings.FieldsSeq(list) {
		i := place(code)
		s[i/64] |= 1 << (i % 64)
	}
	return s
}

func (s letterSet) has(code string) bool {
	i := place(code)
	return s[i/64]>>(i%64)&1 == 1
}

func place(code string) int {
	i := 0
	for _, c := range []byte(code) {
		i = i*26 + int(c-'A')
	}
	return i
}

var (
	countries  = lettersOf(countryList, 2)
	currencies = lettersOf(currencyList, 3)
)

// Country says whether s is a country of ISO 3166-1, by its alpha-2 code. Kosovo (XK) and Northern Ireland (XI), which
// customs and carriers use, are user-assigned there, and taken.
func Country(s string) error {
	switch {
	case len(s) != 2 || !letters(s):
		return errCountryForm
	case !countries.has(s) && s != "XK" && s != "XI":
		return errCountryList
	}
	return nil
}

// Territory says whether s is a customs territory: a country, or EU for the customs union (exceptionally reserved in
// ISO 3166-1).
func Territory(s string) error {
	switch {
	case len(s) != 2 || !letters(s):
		return errTerritoryForm
	case s == "EU":
		return nil
	}
	return Country(s)
}

// Currency says whether s is a currency of ISO 4217.
func Currency(s string) error {
	switch {
	case len(s) != 3 || !letters(s):
		return errCurrencyForm
	case !currencies.has(s):
		return errCurrencyList
	}
	return nil
}
