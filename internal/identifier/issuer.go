package identifier

// IssuersVersion names the content of Issuers. It changes with every change of the table, since joining
// depends on it.
const IssuersVersion = "2026-11"

// Equivalents are codes of one company: the code that stands for it, and the others.
type Equivalents struct {
	Code string   // SCAC (NMFTA)
	Also []string // SMDG liner codes, and former or second SCACs
}

// issuers are the carriers that give bills and bookings under more than one code: the SCAC of NMFTA and the
// liner code of the SMDG list, both of which DCSA messages allow (carrierCodeListProvider).
var issuers = [...]Equivalents{
	{"CMDU", []string{"CMA"}},
	{"COSU", []string{"COS"}},
	{"EGLV", []string{"EMC"}},
	{"HDMU", []string{"HMM"}},
	{"HLCU", []string{"HLC"}},
	{"KMTU", []string{"KMT"}},
	{"MAEU", []string{"MSK"}},
	{"MSCU", []string{"MSC"}},
	{"ONEY", []string{"ONE"}},
	{"OOLU", []string{"OOL"}},
	{"PCIU", []string{"PIL"}},
	{"REGU", []string{"RCL"}},
	{"SITC", []string{"SIT"}},
	{"WHLC", []string{"WHL"}},
	{"YMLU", []string{"YML"}},
	{"ZIMU", []string{"ZIM"}},
}

// Issuers lists the companies that are known under several codes, in the order of their code.
func Issuers() []Equivalents { return append([]Equivalents(nil), issuers[:]...) }

var issuerOf = func() map[string]string {
	m := make(map[string]string)
	for _, e := range issuers {
		for _, also := range e.Also {
			m[also] = e.Code
		}
	}
	return m
}()

// Issuer gives the one code of the company that the code, in normal form, belongs to; the code itself where
// no other is known.
func Issuer(code string) string {
	if one, ok := issuerOf[code]; ok {
		return one
	}
	return code
}
