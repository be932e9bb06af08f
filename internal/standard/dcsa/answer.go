package dcsa

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"oneorder/internal/trade"
)

// Refusal is an error answer as the OpenAPI definitions of booking, eBL and PINT have it (ErrorResponse).
type Refusal struct {
	Method string // of the request
	URI    string
	Status int
	Text   string // of the status
	Why    string
	At     time.Time
	Faults trade.Faults
}

type errorResponse struct {
	HTTPMethod        string          `json:"httpMethod"`
	RequestURI        string          `json:"requestUri"`
	StatusCode        int             `json:"statusCode"`
	StatusCodeText    string          `json:"statusCodeText"`
	StatusCodeMessage string          `json:"statusCodeMessage,omitempty"`
	ErrorDateTime     string          `json:"errorDateTime"`
	Errors            []detailedError `json:"errors"`
}

type detailedError struct {
	Property         string `json:"property,omitempty"`
	Value            string `json:"value,omitempty"`
	JSONPath         string `json:"jsonPath,omitempty"`
	ErrorCodeText    string `json:"errorCodeText"`
	ErrorCodeMessage string `json:"errorCodeMessage"`
}

// The lengths that the definition allows.
const (
	maxStatusText    = 50
	maxStatusMessage = 200
	maxProperty      = 100
	maxErrorValue    = 500
	maxErrorMessage  = 5000
	maxPropertyPath  = 1000
)

// JSON writes the answer's body. It has one error at least, as the standard demands.
func (r Refusal) JSON() []byte {
	body := errorResponse{
		HTTPMethod: r.Method, RequestURI: r.URI, StatusCode: r.Status, StatusCodeText: cut(r.Text, maxStatusText),
		StatusCodeMessage: cut(r.Why, maxStatusMessage), ErrorDateTime: r.At.UTC().Format(time.RFC3339),
	}
	for _, f := range r.Faults {
		body.Errors = append(body.Errors, detailedError{
			Property: cut(f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:], maxProperty), Value: cut(f.Value, maxErrorValue),
			JSONPath: cut(jsonPath(f.Pointer), maxErrorValue), ErrorCodeText: cut(f.Code, maxProperty), ErrorCodeMessage: cut(f.Message, maxErrorMessage),
		})
	}
	if len(body.Errors) == 0 {
		body.Errors = []detailedError{{ErrorCodeText: cut(r.Text, maxProperty), ErrorCodeMessage: cut(r.Why, maxErrorMessage)}}
	}
	text, _ := json.Marshal(body) // strings and numbers always marshal
	return text
}

// cut shortens a text to so many bytes, at a whole character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most-len("…")], "") + "…"
}

// jsonPath writes a JSON pointer as the JSONPath that DCSA's answers have: $.events[2].location.
func jsonPath(pointer string) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, step := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		step = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		switch n, err := strconv.Atoi(step); {
		case err == nil && n >= 0:
			b.WriteString("[" + step + "]")
		case plainName(step):
			b.WriteString("." + step)
		default:
			b.WriteString("[" + strconv.Quote(step) + "]")
		}
	}
	return b.String()
}

func plainName(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && !isCapital(c) && (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return s != ""
}

type feedback struct {
	FeedbackElements []feedbackElement `json:"feedbackElements"`
}

type feedbackElement struct {
	Severity     string `json:"severity"`
	Message      string `json:"message"`
	PropertyPath string `json:"propertyPath,omitempty"`
}

// Feedback writes the answer of Track & Trace 3.0 (PostEventsResponse and PostEventsError): an element for each
// fault, none when there was none.
func Feedback(faults trade.Faults) []byte {
	elements := []feedbackElement{}
	for _, f := range faults {
		message := f.Code + ": " + f.Message
		if f.Value != "" {
			message += " (found " + f.Value + ")"
		}
		elements = append(elements, feedbackElement{
			Severity: "ERROR", Message: cut(message, maxErrorMessage), PropertyPath: cut(jsonPath(f.Pointer), maxPropertyPath),
		})
	}
	return feedback{elements}.json()
}

// Failure is the same answer for a request that failed as a whole.
func Failure(why string) []byte {
	return feedback{[]feedbackElement{{Severity: "ERROR", Message: cut(why, maxErrorMessage)}}}.json()
}

func (f feedback) json() []byte {
	text, _ := json.Marshal(f) // strings always marshal
	return text
}
