package wire

import (
	"reflect"
	"strconv"
	"testing"

	"oneorder/internal/trade"
)

// A collision would be found out to be none, but every event with both names would pay for that.
func TestOurNamesHaveDifferentHashes(t *testing.T) {
	seen := make(map[reflect.Type]bool)
	var check func(typ reflect.Type)
	check = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		var set names
		for name, field := range fieldsOf(typ) {
			text := []byte(`{"` + name + `":0,                 `)
			if set.add(text, 2, 2+len(name)) {
				t.Errorf("%s: %s has the hash of another member", typ, name)
			}
			check(field.typ)
		}
	}
	check(reflect.TypeFor[envelope]())
	if !seen[reflect.TypeFor[trade.Goods]()] {
		t.Error("the walk over the event's members is short")
	}
}

// The hash must not depend on where in the text the name stands.
func TestHashOfANameIsTheSameAnywhere(t *testing.T) {
	for n := range 20 {
		name := "abcdefghijklmnopqrstuvwxyz"[:n]
		var set names
		for _, after := range []string{`"`, `":1}`, `":1,"abcdefgh`} {
			text := []byte(`{"` + name + after)
			if had := set.add(text, 2, 2+n); had != (after != `"`) {
				t.Errorf("%s before %s: had it: %s", name, after, strconv.FormatBool(had))
			}
		}
	}
}

func TestAttributesAreAllKnown(t *testing.T) {
	for name := range fieldsOf(reflect.TypeFor[attributes]()) {
		if !attributeName(name) {
			t.Errorf("%s is an attribute of the struct alone", name)
		}
	}
}
