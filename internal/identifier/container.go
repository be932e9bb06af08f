package identifier

var (
	errContainerForm  = form("three letters, U, J or Z, six digits and a check digit (ISO 6346), such as SITU9070320")
	errContainerCheck = check("ISO 6346, annex A")
)

// Container says whether s is a container number of ISO 6346: owner code, category U, J or Z, serial
// number, check digit.
func Container(s string) error {
	if !containerForm(s) {
		return errContainerForm
	}
	if s[10] != weigh6346(s[:10]) {
		return errContainerCheck
	}
	return nil
}

func containerForm(s string) bool {
	return len(s) == 11 && letters(s[:3]) && (s[3] == 'U' || s[3] == 'J' || s[3] == 'Z') && digits(s[4:])
}

// ContainerCheckDigit is the check digit of the first ten characters of a container number (ISO 6346,
// annex A), or 0 where they are not four letters and six digits.
func ContainerCheckDigit(first10 string) byte {
	if len(first10) != 10 || !letters(first10[:4]) || !digits(first10[4:]) {
		return 0
	}
	return weigh6346(first10)
}

// weights6346 are the values of letters in ISO 6346, annex A: counted from 10, multiples of 11 left out.
var weights6346 = func() (w [256]uint32) {
	for c := byte('0'); c <= '9'; c++ {
		w[c] = uint32(c - '0')
	}
	n := uint32(10)
	for c := byte('A'); c <= 'Z'; c++ {
		if n%11 == 0 {
			n++
		}
		w[c] = n
		n++
	}
	return w
}()

// weigh6346 sums the values by powers of two and gives the remainder by 11, where 10 counts as 0. Customs
// uses the same sum for the MRN.
func weigh6346(s string) byte {
	var sum uint32
	for i := 0; i < len(s); i++ {
		sum += weights6346[s[i]] << i
	}
	return '0' + byte(sum%11%10)
}
