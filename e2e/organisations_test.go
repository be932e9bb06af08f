package e2e

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"oneorder/internal/authority"
	"oneorder/internal/stream"
)

// While the broker takes new organisations up, whoever connects for one must not be taken for nobody's: it would ask in vain
// for as long as it is connected.
func TestWhoConnectsWhileItIsRegisteredIsFenced(t *testing.T) {
	d := &deployment{t: t, folder: t.TempDir()}
	d.launch(nil)
	for round := range 5 {
		tokens := make(map[string]string)
		if err := authority.Update(filepath.Join(d.folder, "orgs.json"), func(r *authority.Register) (err error) {
			for i := range 4 {
				org := fmt.Sprintf("org%d-%d", round, i)
				if tokens[org], err = r.Add(org, time.Now()); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var connecting sync.WaitGroup
		for org, token := range tokens {
			connecting.Go(func() {
				for deadline := time.Now().Add(startWithin); ; {
					conn, err := stream.Connect(t.Context(), stream.Config{URL: d.addresses["nats"], User: org, Password: token, Org: org})
					switch {
					case err == nil:
						if conn.Org() != org {
							t.Errorf("the connection of %s is of %q", org, conn.Org())
						}
						conn.Close()
						return
					case time.Now().After(deadline):
						t.Errorf("%s: %v", org, err)
						return
					}
				}
			})
		}
		connecting.Wait()
	}
}
