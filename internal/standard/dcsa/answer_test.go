package dcsa_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"oneorder/internal/standard/dcsa"
	"oneorder/internal/trade"
)

func TestARefusalIsTheErrorBodyOfTheStandard(t *testing.T) {
	at := time.Date(2026, 9, 11, 8, 20, 11, 0, time.FixedZone("", 8*3600))
	got := string(dcsa.Refusal{
		Method: "PUT", URI: "/v3/ebl-issuance-requests", Status: 400, Text: "Bad Request", Why: "the document is at fault", At: at,
		Faults: trade.Faults{{Code: "mistyped", Pointer: "/document/consignmentItems/0/a~1b", Value: "7", Message: "a string"}, {Code: "too_deep", Message: "at most"}},
	}.JSON())
	want := `{"httpMethod":"PUT","requestUri":"/v3/ebl-issuance-requests","statusCode":400,"statusCodeText":"Bad Request",` +
		`"statusCodeMessage":"the document is at fault","errorDateTime":"2026-09-11T00:20:11Z","errors":[` +
		`{"property":"a~1b","value":"7","jsonPath":"$.document.consignmentItems[0][\"a/b\"]","errorCodeText":"mistyped","errorCodeMessage":"a string"},` +
		`{"jsonPath":"$","errorCodeText":"too_deep","errorCodeMessage":"at most"}]}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	bare := string(dcsa.Refusal{Method: "POST", URI: "/x", Status: 503, Text: strings.Repeat("ü", 60), At: at}.JSON())
	if !strings.Contains(bare, `"errors":[{"errorCodeText":"`) || !strings.Contains(bare, "ü…") {
		t.Errorf("without faults: %s", bare)
	}
}

func TestFeedbackNamesThePlaceOfEachFault(t *testing.T) {
	if got := string(dcsa.Feedback(nil)); got != `{"feedbackElements":[]}` {
		t.Errorf("none: %s", got)
	}
	got := string(dcsa.Feedback(trade.Faults{{Code: "missing", Pointer: "/events/2/eventDateTime", Value: "null", Message: "a time"}}))
	if want := `{"feedbackElements":[{"severity":"ERROR","message":"missing: a time (found null)","propertyPath":"$.events[2].eventDateTime"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
