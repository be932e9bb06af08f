package simulator

// ware is a kind of goods: what it weighs and costs. HS 2022, six digits.
type ware struct {
	hs, name    string
	packageKind string // UN/ECE Recommendation 21
	packageKG   int64  // gross, one package
	centsPerKG  int64  // US cents, net
}

// What Chongqing and its hinterland send by container.
var containerWares = []ware{
	{"847130", "portable automatic data processing machines", "CT", 32, 6400},
	{"871120", "motorcycles, 50 to 250 cm3", "CR", 145, 620},
	{"870899", "parts of motor vehicles", "CS", 210, 540},
	{"870323", "passenger cars, 1500 to 3000 cm3", "VN", 1650, 780},
	{"870380", "electric passenger cars", "VN", 1820, 1150},
	{"840734", "reciprocating piston engines over 1000 cm3", "CR", 180, 760},
	{"850440", "static converters", "CT", 24, 1350},
	{"853710", "boards for electric control", "CT", 36, 1800},
	{"392690", "articles of plastics", "CT", 12, 340},
	{"691110", "tableware of porcelain", "CT", 18, 290},
	{"940360", "wooden furniture", "CT", 42, 310},
	{"200899", "preserved vegetables and fruit", "CT", 15, 170},
	{"283090", "sulphides of metals", "BG", 25, 95},
	{"310520", "mineral fertilisers with three elements", "BG", 50, 42},
	{"760429", "bars and profiles of aluminium alloys", "BE", 480, 385},
	{"732690", "articles of iron or steel", "CS", 160, 210},
}

// What flies.
var airWares = []ware{
	{"854231", "processors and controllers", "CT", 9, 42000},
	{"851713", "smartphones", "CT", 14, 21000},
	{"847170", "storage units", "CT", 16, 15500},
	{"901890", "instruments for medicine", "CT", 22, 9800},
	{"300490", "medicaments in doses", "CT", 11, 12600},
	{"420292", "bags with outer surface of textile", "CT", 13, 2100},
}
