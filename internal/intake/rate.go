package intake

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"oneorder/internal/service"
)

// rates bounds how much each organisation sends, so that one that floods takes nothing from the others.
type rates struct {
	mu    *sync.Mutex
	each  rate.Limit
	burst int
	known map[string]*rate.Limiter // by the organisation of the credential: as many as are registered, and the operator
}

// burstSeconds is how long an organisation may send as fast as it can after a pause.
const burstSeconds = 5

func newRates(each float64, most int) rates {
	return rates{mu: new(sync.Mutex), each: rate.Limit(each), burst: max(most, int(burstSeconds*each)), known: map[string]*rate.Limiter{}}
}

func (r rates) of(c Caller) *rate.Limiter {
	org := c.Org
	if c.Operator {
		org = "" // who may name anyone counts as one
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.known[org]
	if l == nil {
		l = rate.NewLimiter(r.each, r.burst)
		r.known[org] = l
	}
	return l
}

// spent says how long the caller has to wait before anything of it is read; 0: not at all.
func (r rates) spent(c Caller) time.Duration {
	left := r.of(c).Tokens()
	if left >= 1 {
		return 0
	}
	return time.Duration((1 - left) / float64(r.each) * float64(time.Second))
}

// spend takes n events off what the caller may send, or says how long it has to wait before it may.
func (r rates) spend(c Caller, n int) time.Duration {
	now := time.Now()
	reserved := r.of(c).ReserveN(now, n)
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}

// charge takes n more off what the caller may send, for what has been read already: it may come to owe them.
func (r rates) charge(c Caller, n int) {
	l, now := r.of(c), time.Now()
	for ; n > 0; n -= r.burst {
		l.ReserveN(now, min(n, r.burst))
	}
}

// behind is how long a caller should wait when the broker or this process is behind.
const behind = 2 * time.Second

// tooMany is the answer 429 with the seconds to wait (RFC 6585, section 4; RFC 9110, section 10.2.3), which it sets.
func tooMany(w http.ResponseWriter, wait time.Duration, title string) service.Problem {
	w.Header().Set("Retry-After", seconds(wait))
	return service.Problem{
		Status: http.StatusTooManyRequests, Title: title,
		Detail: "nothing of the request was read; send it again after the seconds of Retry-After",
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(max(1, int(math.Ceil(d.Seconds())))) }
