package dcsa

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// The structure of the messages is written in the files of the folder definition, as the OpenAPI definitions of
// DCSA have it: an object's name, then a line per member, with ! behind the name of one that is required, and
// what it has to be.
//
//	text N, trimmed N, solid N   a string of at most N characters; without space around it; without any
//	digits M N, capitals M N     a string of M to N digits; of capital letters and digits
//	code A B …, platform         a string out of a list; the code of an eBL platform
//	country, currency, locode, voyage, service, checksum, jws, email
//	instant, moment, date, integer, number, amount (not negative), positive, boolean
//	Name                         an object of this file or another
//	[…] least M most N           an array of them
//	any of A B …, one of A B …   not a member, but that one of these must be there; one only
//
//go:embed definition/*.txt
var definitionFiles embed.FS

var definitions = sync.OnceValue(func() map[string]*schema {
	all, err := readDefinitions()
	if err != nil {
		panic(err) // the files are part of the program, and a test reads them
	}
	return all
})

// defined gives the structure of an object by its name in the definitions.
func defined(name string) *schema { return definitions()[name] }

func readDefinitions() (map[string]*schema, error) {
	files, err := definitionFiles.ReadDir("definition")
	if err != nil {
		return nil, err
	}
	var d definer
	for _, f := range files {
		data, err := definitionFiles.ReadFile("definition/" + f.Name())
		if err != nil {
			return nil, err
		}
		if err := d.read(f.Name(), string(data)); err != nil {
			return nil, err
		}
	}
	return d.all, d.complete()
}

// definer reads definitions. An object may be named before it is defined.
type definer struct {
	all     map[string]*schema
	defined map[string]bool
}

func (d *definer) schema(name string) *schema {
	if d.all == nil {
		d.all, d.defined = map[string]*schema{}, map[string]bool{}
	}
	if d.all[name] == nil {
		d.all[name] = &schema{}
	}
	return d.all[name]
}

func (d *definer) read(file, content string) error {
	var s *schema
	number := 0
	for line := range strings.Lines(content) {
		number++
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case line[0] != ' ':
			if s = d.schema(words[0]); d.defined[words[0]] {
				return fmt.Errorf("%s:%d: %s is defined twice", file, number, words[0])
			}
			d.defined[words[0]] = true
		case len(words) > 2 && words[1] == "of":
			s.choices = append(s.choices, choice{names: words[2:], only: words[0] == "one"})
		default:
			name, required := strings.CutSuffix(words[0], "!")
			r, err := d.rule(words[1:])
			if err != nil {
				return fmt.Errorf("%s:%d: %s: %w", file, number, name, err)
			}
			r.name, r.required = name, required
			s.rules = append(s.rules, r)
		}
	}
	return nil
}

// complete says what is named and not defined, and makes the indexes.
func (d *definer) complete() error {
	for name, s := range d.all {
		if !d.defined[name] {
			return fmt.Errorf("%s is not defined", name)
		}
		*s = schema{rules: s.rules, choices: s.choices, index: structure(s.rules...).index}
		for i := range s.rules {
			s.index[s.rules[i].name] = &s.rules[i]
		}
	}
	return nil
}

// rule reads what a member has to be.
func (d *definer) rule(words []string) (rule, error) {
	first := words[0]
	switch {
	case strings.HasPrefix(first, "["):
		return d.array(words)
	case first == "code":
		return rule{form: code, codes: words[1:]}, nil
	case first == "platform":
		return rule{form: code, codes: platforms}, nil
	case first[0] >= 'A' && first[0] <= 'Z':
		return rule{form: object, of: d.schema(first)}, nil
	}
	if r, ok := plainForms[first]; ok {
		return r, nil
	}
	numbers := make([]int, 0, 2)
	for _, w := range words[1:] {
		n, err := strconv.Atoi(w)
		if err != nil {
			return rule{}, err
		}
		numbers = append(numbers, n)
	}
	return patterned(first, numbers)
}

// array reads "[…] least M most N".
func (d *definer) array(words []string) (rule, error) {
	end := 0
	for !strings.HasSuffix(words[end], "]") {
		if end++; end == len(words) {
			return rule{}, fmt.Errorf("%v: want a ]", words)
		}
	}
	inner := strings.Fields(strings.Trim(strings.Join(words[:end+1], " "), "[]"))
	each, err := d.rule(inner)
	if err != nil {
		return rule{}, err
	}
	r := rule{form: values, each: &each}
	if each.form == object {
		r = rule{form: list, of: each.of}
	}
	for rest := words[end+1:]; len(rest) >= 2; rest = rest[2:] {
		n, err := strconv.Atoi(rest[1])
		switch {
		case err != nil:
			return rule{}, err
		case rest[0] == "least":
			r.least = n
		case rest[0] == "most":
			r.most = n
		default:
			return rule{}, fmt.Errorf("%s: want least or most", rest[0])
		}
	}
	return r, nil
}

var plainForms = map[string]rule{
	"instant":  {form: instant},
	"moment":   {form: moment},
	"date":     {form: date},
	"integer":  {form: integer},
	"number":   {form: decimal},
	"amount":   {form: decimal, sign: unsigned},
	"positive": {form: decimal, sign: positive},
	"boolean":  {form: boolean},
	"country":  {form: number, pattern: of(2, 2, isCapital)},
	"currency": {form: number, pattern: of(3, 3, isCapital)},
	"checksum": {form: number, pattern: of(64, 64, isHex)},
	"locode":   {form: number, pattern: isLocode},
	"voyage":   {form: number, pattern: isVoyageReference},
	"service":  {form: number, pattern: isServiceReference},
	"jws":      {form: number, pattern: isCompactJWS},
}

// patterned gives the forms of strings whose length is said.
func patterned(form string, numbers []int) (rule, error) {
	r := rule{form: number}
	switch {
	case form == "text" && len(numbers) == 0:
		return rule{form: text}, nil
	case len(numbers) == 1:
		r.most = numbers[0]
	case len(numbers) == 2:
		switch form {
		case "digits":
			r.pattern = of(numbers[0], numbers[1], isDigit)
		case "capitals":
			r.pattern = of(numbers[0], numbers[1], func(c byte) bool { return isCapital(c) || isDigit(c) })
		default:
			return r, fmt.Errorf("%s has one length", form)
		}
		return r, nil
	}
	switch form {
	case "text":
	case "trimmed":
		r.pattern = isTrimmed
	case "solid":
		r.pattern = isSolid
	case "email":
		r.pattern = isEmail
	default:
		return r, fmt.Errorf("no form is called %q", form)
	}
	return r, nil
}
