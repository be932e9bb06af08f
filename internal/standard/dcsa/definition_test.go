package dcsa

import "testing"

func TestTheDefinitionsAreComplete(t *testing.T) {
	all, err := readDefinitions()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []*family{bookings, bills, envelopes} {
		for _, m := range f.messages {
			if all[m.name] == nil {
				t.Errorf("%s has no definition", m.name)
			}
		}
	}
}

func TestADefinitionThatIsWrongIsTold(t *testing.T) {
	for content, want := range map[string]string{
		"A\n  a text 3\nA\n":      "x:3: A is defined twice",
		"A\n  a B\n":              "B is not defined",
		"A\n  a wide 3\n":         `x:2: a: no form is called "wide"`,
		"A\n  a text 3 4\n":       "x:2: a: text has one length",
		"A\n  a text three\n":     `x:2: a: strconv.Atoi: parsing "three": invalid syntax`,
		"A\n  a [text 3\n":        "x:2: a: [[text 3]: want a ]",
		"A\n  a [date] some 3\n":  "x:2: a: some: want least or most",
		"A\n  a [date] most x\n":  `x:2: a: strconv.Atoi: parsing "x": invalid syntax`,
		"A\n  a! [A] least 2\n\n": "",
	} {
		var d definer
		err := d.read("x", content)
		if err == nil {
			err = d.complete()
		}
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", content, got, want)
		}
	}
}

func TestPatternsAreThoseOfTheDefinitions(t *testing.T) {
	for form, texts := range map[string]map[string]bool{
		"trimmed":  {"a": true, "a b": true, "": false, " a": false, "a ": false, "\t": false},
		"solid":    {"MAEU": true, "MA U": false, "": false},
		"country":  {"CN": true, "cn": false, "CHN": false},
		"currency": {"USD": true, "US": false},
		"checksum": {"583c29ab3e47f2d80899993200d3fbadb9f8a367f3a39f715935c46d7a283006": true, "583C": false},
		"locode":   {"CNCKG": true, "CN1KG": false, "CNCK": false, "cnckg": false},
		"voyage":   {"2617S": true, "26A7X": false, "2617": false},
		"service":  {"SR12345A": true, "SR1234AA": false, "XR12345A": false},
		"jws":      {"a.b.c": true, "a.b": false, "a..c": false, ".b.c": false, "a.b.": false, "a.b.c.d": false, "a.b+.c": false},
		"email":    {"a@b": true, "a b@c.d": true, "@b": false, "a@": false, "a@b c": false},
	} {
		r, known := plainForms[form]
		if !known {
			r, _ = patterned(form, []int{50})
		}
		for s, want := range texts {
			if got := r.pattern(s); got != want {
				t.Errorf("%s %q: %v", form, s, got)
			}
		}
	}
}
