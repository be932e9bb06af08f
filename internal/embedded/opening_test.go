package embedded_test

import (
	"bytes"
	"errors"
	"testing"

	"oneorder/internal/embedded"
)

func TestNativeOpening(t *testing.T) {
	for _, tc := range []struct {
		name string
		said []byte
		want error
	}{
		{"nothing yet", nil, embedded.ErrMore},
		{"whole hello", hello(), nil},
		{"hello with the next packet", append(hello(), 4), nil},
		{"another packet first", []byte{1, 0, 0}, embedded.ErrNotNative},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), embedded.ErrHTTP},
		{"name that is not text", append([]byte{0, 4}, "\xff\xfe\xfd\xfc"...), embedded.ErrNotNative},
		{"name without end", append([]byte{0}, bytes.Repeat([]byte{0xff}, 12)...), embedded.ErrNotNative},
		{"name too long", []byte{0, 0x81, 0x80, 0x01}, embedded.ErrNotNative},
		{"version out of range", append([]byte{0, 1, 'c'}, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f), embedded.ErrNotNative},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := embedded.ReadNativeOpening(tc.said); !errors.Is(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
	whole := hello()
	for n := range whole {
		if got := embedded.ReadNativeOpening(whole[:n]); !errors.Is(got, embedded.ErrMore) {
			t.Errorf("first %d bytes of a hello: got %v, want %v", n, got, embedded.ErrMore)
		}
	}
}

func TestHTTPOpening(t *testing.T) {
	for _, tc := range []struct {
		name, said string
		want       error
	}{
		{"nothing yet", "", embedded.ErrMore},
		{"part of a method", "PO", embedded.ErrMore},
		{"part of a head", "POST / HTTP/1.1\r\nHost: x\r\n", embedded.ErrMore},
		{"whole head", "POST / HTTP/1.1\r\nHost: x\r\n\r\n", nil},
		{"head and body", "POST / HTTP/1.0\r\nContent-Length: 8\r\n\r\nSELECT 1", nil},
		{"no method", "HELLO\r\n\r\n", embedded.ErrNotHTTP},
		{"noise after the method", "GET \x00\xff\r\n\r\n", embedded.ErrNotHTTP},
		{"noise in a header", "GET / HTTP/1.1\r\n\x00\xff\r\n\r\n", embedded.ErrNotHTTP},
		{"TLS", "\x16\x03\x01", embedded.ErrNotHTTP},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", embedded.ErrNotHTTP},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := embedded.ReadHTTPOpening([]byte(tc.said)); !errors.Is(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// What was refused stays refused, and what was accepted stays accepted, however
// the bytes are cut on their way.
func FuzzOpenings(f *testing.F) {
	f.Add(hello(), uint(3))
	f.Add([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), uint(20))
	f.Add(append([]byte{0}, bytes.Repeat([]byte{0xff}, 12)...), uint(2))
	f.Fuzz(func(t *testing.T, said []byte, cut uint) {
		part := said[:cut%(uint(len(said))+1)]
		for name, read := range map[string]func([]byte) error{"native": embedded.ReadNativeOpening, "http": embedded.ReadHTTPOpening} {
			early, late := read(part), read(said)
			if errors.Is(early, embedded.ErrMore) {
				continue
			}
			if (early == nil) != (late == nil) {
				t.Errorf("%s: %q was %v, and with the rest of %q %v", name, part, early, said, late)
			}
		}
	})
}
