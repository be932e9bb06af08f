package trade

import "testing"

func TestKindsAreInOrder(t *testing.T) {
	for i, k := range Kinds() {
		if k.Order() != i {
			t.Errorf("order of %s is %d, its place in Kinds is %d", k, k.Order(), i)
		}
	}
	for kind, want := range map[Kind]Class{
		BL: ClassDocument, ConsignmentNote: ClassDocument, Declaration: ClassIdentity, OneOrder: ClassIdentity,
		Booking: ClassBundle, Manifest: ClassBundle, "parcel": ClassUnknown,
	} {
		if got := kind.Class(); got != want {
			t.Errorf("class of %s is %d, want %d", kind, got, want)
		}
	}
}
