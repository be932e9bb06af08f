package trade

// Flags are remarks on an event that is kept all the same: something looks wrong, or was left out of
// the joining. They stand in the column `flags` of `events`.
type Flags uint32

// The flags.
const (
	FlagIdentifierInvalid Flags = 1 << iota // a check digit or form fails; many real numbers do
	FlagUnknownKind                         // a reference kind that is not in the closed list; joins nothing
	FlagPlaceholder                         // a placeholder (N/A, TBA, 000 …) was dropped from the numbers
	FlagUnknownPlace                        // a UN/LOCODE that the place table does not have
	FlagUnknownCode                         // a code of a foreign standard that we do not know, kept in detail; a country or currency that is in no list
	FlagRevisionConflict                    // two contents at one revision
	FlagRekinded                            // a number whose format shows another kind than it came as
	FlagWide                                // a number that stands beside too many others, and joins nothing any more
	FlagLinkSuspect                         // a number of a group too large to be believed, so that each number in it stands alone
	FlagUnclear                             // a number without issuer, of which several issuers are known
	FlagUnknownHS                           // a code of goods whose heading or chapter is none of the Harmonized System
	flagEnd
)

var flagNames = [...]string{
	"identifier_invalid", "unknown_kind", "placeholder", "unknown_place", "unknown_code",
	"revision_conflict", "rekinded", "wide", "link_suspect", "unclear", "unknown_hs",
}

// Names lists the flags by name, in a fixed order.
func (f Flags) Names() []string {
	var names []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// FlagsNamed gives the flags of these names; a name that is none of ours is passed over.
func FlagsNamed(names []string) Flags {
	var f Flags
	for i, name := range flagNames {
		for _, n := range names {
			if n == name {
				f |= 1 << i
			}
		}
	}
	return f
}

// AllFlags are all flags at once.
const AllFlags = flagEnd - 1
