package embedded

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"net/http"
	"unicode/utf8"
)

// An opening is what a client says first. Its reader looks at the bytes that
// have come so far: errMore asks for more of them, any other error refuses
// the client.
type opening func(said []byte) error

var (
	errMore      = errors.New("opening is not complete")
	errNotNative = errors.New("no ClickHouse native hello")
	errHTTP      = errors.New("HTTP on the native port: use the HTTP port")
	errNotHTTP   = errors.New("no HTTP request")
)

const (
	openingMax = 64 << 10 // of either kind, in bytes
	helloText  = 4 << 10  // of each name in a hello
)

var httpMethods = []string{"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH "}

// readNativeOpening accepts a whole Hello packet: the client's name, its version
// (major, minor, revision), database, user, password.
func readNativeOpening(said []byte) error {
	if len(said) == 0 {
		return errMore
	}
	if said[0] != packetHello {
		if looksHTTP(said) {
			return errHTTP
		}
		return errNotNative
	}
	rest, err := cutText(said[1:])
	for i := 0; err == nil && i < 3; i++ {
		rest, err = cutNumber(rest)
	}
	for i := 0; err == nil && i < 3; i++ {
		rest, err = cutText(rest)
	}
	return err
}

func cutNumber(b []byte) ([]byte, error) {
	v, n := binary.Uvarint(b)
	switch {
	case n == 0 && len(b) < binary.MaxVarintLen64:
		return nil, errMore
	case n <= 0 || v > 1<<31:
		return nil, errNotNative
	}
	return b[n:], nil
}

func cutText(b []byte) ([]byte, error) {
	length, n := binary.Uvarint(b)
	switch {
	case n == 0 && len(b) < binary.MaxVarintLen64:
		return nil, errMore
	case n <= 0 || length > helloText:
		return nil, errNotNative
	case len(b)-n < int(length):
		return nil, errMore
	}
	end := n + int(length)
	if !utf8.Valid(b[n:end]) {
		return nil, errNotNative
	}
	return b[end:], nil
}

// readHTTPOpening accepts the whole head of an HTTP/1 request.
func readHTTPOpening(said []byte) error {
	if len(said) == 0 {
		return errMore
	}
	if !looksHTTP(said) {
		return errNotHTTP
	}
	end := bytes.Index(said, []byte("\r\n\r\n"))
	if end < 0 {
		return errMore
	}
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(said[:end+4])))
	if err != nil || req.ProtoMajor != 1 {
		return errNotHTTP
	}
	return nil
}

// looksHTTP also takes what may still become a method.
func looksHTTP(said []byte) bool {
	for _, m := range httpMethods {
		n := min(len(m), len(said))
		if string(said[:n]) == m[:n] {
			return true
		}
	}
	return false
}
