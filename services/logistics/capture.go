package logistics

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"oneorder/internal/intake"
	"oneorder/internal/service"
)

// maxJobs is how many capture jobs are remembered. They are told of for as long as a client asks right after it has
// sent a document; the events themselves are kept by the stream.
const maxJobs = 10_000

// jobs remembers the captures that were answered, so that a client can ask after them as EPCIS 2.0 lets it. It is safe
// for concurrent use.
type jobs struct {
	mu    sync.Mutex
	known *intake.Recent[captureJob]
}

// captureJob is what EPCIS 2.0 (12.6.2) tells of a capture. A document is taken as a whole or not at all, and by the
// time a capture is answered its events are stored: so every job that there is has ended well.
type captureJob struct {
	ID         string     `json:"captureID"`
	CreatedAt  time.Time  `json:"createdAt"`
	FinishedAt time.Time  `json:"finishedAt"`
	Running    bool       `json:"running"`
	Success    bool       `json:"success"`
	Behaviour  string     `json:"captureErrorBehaviour"`
	Errors     []struct{} `json:"errors"`
}

// captured answers a capture: accepted, and where its job can be asked after.
func (j *jobs) captured(w http.ResponseWriter, _ intake.Taken) {
	id := rand.Text()
	now := time.Now().UTC().Truncate(time.Millisecond)
	j.mu.Lock()
	j.known.Remember(id, captureJob{ID: id, CreatedAt: now, FinishedAt: now, Success: true, Behaviour: "rollback", Errors: []struct{}{}})
	j.mu.Unlock()
	w.Header().Set("Location", Capture+"/"+id)
	versions(w)
	w.WriteHeader(http.StatusAccepted)
}

// job tells of a capture job.
func (j *jobs) job(w http.ResponseWriter, r *http.Request) {
	j.mu.Lock()
	found, ok := j.known.Value(r.PathValue("id"))
	j.mu.Unlock()
	if !ok {
		service.Problem{
			Type: "epcisException:NoSuchResourceException", Title: "no such capture job", Status: http.StatusNotFound,
			Detail: "the last 10,000 jobs since the service started are known",
		}.Write(w)
		return
	}
	versions(w)
	service.WriteJSON(w, http.StatusOK, service.JSONMedia, found)
}

// versions says which versions of the standard are spoken (EPCIS 2.0, 12.3).
func versions(w http.ResponseWriter) {
	w.Header().Set("GS1-EPCIS-Version", "2.0.0")
	w.Header().Set("GS1-CBV-Version", "2.0.0")
}
