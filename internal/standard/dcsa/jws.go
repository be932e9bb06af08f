package dcsa

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"oneorder/internal/standard"
	"oneorder/internal/standard/jsondoc"
	"oneorder/internal/trade"
)

// jws is a signed text in compact serialisation (RFC 7515, 7.1), taken apart. Nothing of it is trusted: the
// signature is not verified here, since the keys are a matter between the platforms.
type jws struct {
	compact string
	payload jsondoc.Value
	object  *jsondoc.Object // the payload's
}

// digest is that of the whole text, by which PINT refers to it.
func (j jws) digest() string {
	sum := sha256.Sum256([]byte(j.compact))
	return hex.EncodeToString(sum[:])
}

// decode takes a JWS apart and holds its payload against a definition. It puts down what is wrong, at the place
// where the JWS stands and, behind it, the place within the payload.
func (a *assembly) decode(compact string, at *jsondoc.Path, name string) (jws, bool) {
	fail := func(value, want string) (jws, bool) {
		a.log.Add(trade.Fault{Code: "jws_malformed", Pointer: at.String(), Value: value, Message: want})
		return jws{}, false
	}
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return fail(trade.Quote(compact), "a JWS in compact serialisation: three parts with dots between (RFC 7515, 7.1)")
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return fail(trade.Quote(parts[1]), "a payload in base64url (RFC 7515, 2): "+err.Error())
	}
	v, fault := jsondoc.Read(payload, standard.MaxDetailBytes)
	if fault != nil {
		fault.Pointer, fault.Message = at.String(), fault.Message+", in the payload of the JWS"
		a.log.Add(*fault)
		return jws{}, false
	}
	before := a.log.Len()
	if v.Check(&a.log, at); a.log.Len() > before {
		return jws{}, false
	}
	if v.Kind() != jsondoc.Structure {
		return fail(v.Shown(), "a payload that is an object")
	}
	if v.Deeper(standard.MaxDetailDepth - 8) {
		return fail("", "a payload that is not nested so deep")
	}
	o := v.Open(at)
	ck := checker{log: &a.log}
	ck.object(o, defined(name))
	a.flags |= ck.flags
	return jws{compact: compact, payload: v, object: o}, a.log.Len() == before
}

// signed decodes a member that is a JWS; nil when it is missing or at fault.
func (a *assembly) signed(o *jsondoc.Object, member, name string) *jsondoc.Object {
	text := o.Text(member)
	if text == "" {
		return nil
	}
	j, ok := a.decode(text, o.At.Member(member), name)
	if !ok {
		return nil
	}
	return j.object
}
