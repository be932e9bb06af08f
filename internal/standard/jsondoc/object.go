package jsondoc

import "slices"

// Object is an opened JSON object, whose members are taken out one by one.
type Object struct {
	At      *Path
	members []member
}

type member struct {
	name    string
	value   Value
	object  *Object   // when it was opened as an object
	objects []*Object // when it was opened as an array of objects; nil entries are elements that are none
	taken   bool
}

// Open gives the members of a value that is an object. It must have passed Check: of two members of a name
// only the first is ever found.
func (v Value) Open(at *Path) *Object {
	o := &Object{At: at}
	var buf [24]member
	list := buf[:0]
	for name, value := range v.members {
		list = append(list, member{name: name, value: value})
	}
	o.members = slices.Clone(list)
	return o
}

// Names goes through the members with their values, in the order of the document.
func (o *Object) Names(yield func(string, Value) bool) {
	for i := range o.members {
		if !yield(o.members[i].name, o.members[i].value) {
			return
		}
	}
}

func (o *Object) find(name string) *member {
	if o == nil {
		return nil
	}
	for i := range o.members {
		if o.members[i].name == name {
			return &o.members[i]
		}
	}
	return nil
}

// Has says whether there is such a member, taken or not. A nil Object has none.
func (o *Object) Has(name string) bool { return o.find(name) != nil }

// Value gives a member's value.
func (o *Object) Value(name string) (Value, bool) {
	if m := o.find(name); m != nil {
		return m.value, true
	}
	return "", false
}

// Text gives a member that is a string, or "".
func (o *Object) Text(name string) string {
	if m := o.find(name); m != nil && m.value.Kind() == String {
		return m.value.Text()
	}
	return ""
}

// Take marks members as placed elsewhere, so that Rest leaves them out.
func (o *Object) Take(names ...string) {
	for _, name := range names {
		if m := o.find(name); m != nil {
			m.taken = true
		}
	}
}

// Object opens a member that is an object; nil when it is none or missing. It is the same Object each time.
func (o *Object) Object(name string) *Object {
	m := o.find(name)
	if m == nil || m.value.Kind() != Structure {
		return nil
	}
	if m.object == nil {
		m.object = m.value.Open(o.At.Member(name))
	}
	return m.object
}

// Objects opens a member that is an array of objects. An element that is no object is nil. They are the same
// Objects each time.
func (o *Object) Objects(name string) []*Object {
	m := o.find(name)
	if m == nil || m.value.Kind() != Array {
		return nil
	}
	if m.objects == nil {
		at := o.At.Member(name)
		for i, element := range m.value.Elements {
			var opened *Object
			if element.Kind() == Structure {
				opened = element.Open(at.Element(i))
			}
			m.objects = append(m.objects, opened)
		}
	}
	return m.objects
}
