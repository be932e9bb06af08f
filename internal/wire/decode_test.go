package wire_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"oneorder/internal/trade"
	"oneorder/internal/wire"
)

func TestFlags(t *testing.T) {
	for text, want := range map[string][]string{
		event(`"references":[{"kind":"bl","value":"SITGCKSG026001"}]`):                                       nil,
		event(`"references":[{"kind":"customer_code","value":"7"}]`):                                         {"unknown_kind"},
		event(`"covers":[{"kind":"bl","value":"TBA"}]`):                                                      {"placeholder"},
		event(`"transfer":{"from":["N/A"],"to":["SITU9070320"]}`):                                            {"placeholder"},
		event(`"equipment":[{"kind":"container","number":"SITU9070321"}]`):                                   {"identifier_invalid"},
		event(`"equipment":[{"kind":"wagon","number":"SITU9070321"}]`):                                       nil,
		event(`"transport":{"mode":"sea","conveyance":"9793912"}`):                                           {"identifier_invalid"},
		event(`"transport":{"mode":"rail","conveyance":"X8044/2026-09-11"}`):                                 nil,
		event(`"detail":{"conversion":{"flags":["unknown_code","no_such_flag"]}}`):                           {"unknown_code"},
		event(`"parties":[{"role":"buyer","name":"A","country":"na"}],"customs":{"territory":"N/A"}`):        {"placeholder"},
		event(`"parties":[{"role":"buyer","name":"A","country":"NA"}],"goods":[{"origin":"ZZ"}]`):            {"unknown_code"},
		event(`"detail":{"conversion":"by hand"}`):                                                           nil,
		event(`"replaces":[{"kind":"bl","value":"-"}],"equipment":[{"kind":"container","number":"BAD1"}]`):   {"identifier_invalid", "placeholder"},
		event(`"references":[{"kind":"invoice","value":"24SG12345678901234"},{"kind":"odd","value":"NIL"}]`): {"unknown_kind", "placeholder"},
	} {
		if diff := cmp.Diff(want, decode(t, text).Flags.Names(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s\nflags (-want +got):\n%s", text, diff)
		}
	}
}

// Decode gives memory of the event's own: what becomes of the text does not show.
func TestDecodedEventOwnsItsMemory(t *testing.T) {
	text := []byte(loaded)
	e, err := wire.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		text[i] = 'x'
	}
	if diff := cmp.Diff(decode(t, loaded), e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An attribute that is not ours takes the event another way through the decoder, to the same end.
func TestExtensionsChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := wire.Append(nil, anyEvent(t))
		extended := append([]byte(rapid.SampledFrom([]string{
			`{"partitionkey":"a\"},{b",`, `{"n":-1.5e3,"b":true,`, `{"a0":null, `, `{"\u0061bc":"x",`,
		}).Draw(t, "extension")), text[1:]...)
		plain, err := wire.Decode(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.Decode(extended)
		if err != nil {
			t.Fatalf("%v\n%s", err, extended)
		}
		if diff := cmp.Diff(plain, got); diff != "" {
			t.Fatalf("(-plain +extended):\n%s", diff)
		}
	})
}

// inputs are texts as a decoder meets them one after the other: sound, extended, and wrong ones.
func inputs(t *rapid.T) []byte {
	text := wire.Append(nil, anyEvent(t))
	switch rapid.IntRange(0, 7).Draw(t, "input") {
	case 0: // cut short, perhaps in the middle of a list
		return text[:rapid.IntRange(0, len(text)).Draw(t, "cut")]
	case 1:
		return append([]byte(`{"ext":1,`), text[1:]...)
	case 2: // refused by its values only
		return bytes.Replace(text, []byte(`"specversion":"1.0"`), []byte(`"specversion":"2.0"`), 1)
	case 3: // mistyped late, after much has been read
		return append(bytes.TrimSuffix(text, []byte("}")), []byte(`,"revision":"x"}`)...)
	case 4: // a list with less in each element than the one before had
		return []byte(event(`"references":[{"kind":"bl","value":"B9"},{"kind":"booking","value":"K9"}],"covers":[{"kind":"bl","value":"B8"}],` +
			`"replaces":[{"kind":"bl","value":"B7"}],"equipment":[{"kind":"wagon","number":"1"},{"kind":"container","number":"TBA"}],"goods":[{},{"hs":"1"}],` +
			`"parties":[{},{"role":"x"}],"transfer":{"from":["C1"]},"place":{},"document":{}`))
	case 5: // a list twice: the two must not be mixed
		return []byte(event(`"references":[{"kind":"bl","value":"B9","issuer":"I"},{"kind":"bl","value":"B8","issuer":"I"}],"references":[{"kind":"bl","value":"B7"}]`))
	case 6: // null for what was there
		return []byte(event(`"references":null,"goods":[null,{"description":null}],"equipment":null,"transfer":null,"detail":null`))
	}
	return text
}

// What a decoder decoded before, or failed to, never shows in what it decodes next.
func TestDecoderForgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var reused wire.Decoder
		for range rapid.IntRange(1, 4).Draw(t, "before") {
			text := inputs(t)
			var e trade.Event
			_ = reused.Decode(text, &e)
			for i := range text { // the caller may use the memory again
				text[i] = '#'
			}
		}
		text := inputs(t)
		var got trade.Event
		gotErr := reused.Decode(text, &got)
		var fresh wire.Decoder
		var want trade.Event
		wantErr := fresh.Decode(text, &want)
		if diff := cmp.Diff(wantErr, gotErr); diff != "" {
			t.Fatalf("errors (-fresh +reused):\n%s\n%s", diff, text)
		}
		if wantErr != nil {
			return
		}
		if diff := cmp.Diff(&want, &got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("events (-fresh +reused):\n%s\n%s", diff, text)
		}
		if a, b := wire.Append(nil, &want), wire.Append(nil, &got); !bytes.Equal(a, b) {
			t.Fatalf("canonical bytes:\n%s\n%s", a, b)
		}
	})
}
