package authority

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

const (
	// OperatorUser is the broker's user that may do everything: the services of `oneorder up`, and the verbs of whoever
	// may read its data folder.
	OperatorUser = "operator"
	// anonymousUser is who connects to the broker of `oneorder up` without a name.
	anonymousUser = "anonymous"
	// Domain is the JetStream domain under which an organisation reaches its consumers (`nats --js-domain`).
	Domain = "oneorder"
)

// Accounts writes the broker's account of each organisation, in the broker's configuration language, for the inside of an
// accounts block. What an organisation imports is all that it sees of the account ONEORDER:
//
//   - it publishes events.<org>.> and inbox.<org>.>, but no link, which is the operator's word;
//   - it reads rejected.<org>.> and chains.<org>, as they are published and, what it missed, from the durable
//     consumer of its name on each of the two streams;
//   - it asks how far its events and documents are (the archive's record, the inbox consumers), and asks review.<org>
//     for rejects kept in the stream.
func Accounts(r Register) string {
	var b strings.Builder
	for _, o := range r.Organisations {
		writeAccount(&b, o)
	}
	return b.String()
}

func writeAccount(b *strings.Builder, o Organisation) {
	var send, services []string // subjects the user may publish to; imports
	service := func(remote, local string) {
		send = append(send, quoted(local))
		entry := "{ service: { account: ONEORDER, subject: " + quoted(remote) + " }"
		if local != remote {
			entry += ", to: " + quoted(local)
		}
		services = append(services, entry+" }")
	}
	same := func(subject string) { service(subject, subject) }
	same("events." + o.Org + ".>")
	same("inbox." + o.Org + ".>")
	same("review." + o.Org)
	// The account has no JetStream of its own, and the broker says so to calls under the plain prefix.
	call := func(s string) { service("$JS.API."+s, "$JS."+Domain+".API."+s) }
	call("DIRECT.GET.KV_READERS.$KV.READERS.archive")
	call("CONSUMER.INFO.INBOX.*")
	for _, stream := range []string{"REJECTED", "CHAINS"} {
		call("CONSUMER.INFO." + stream + "." + o.Org)
		call("CONSUMER.MSG.NEXT." + stream + "." + o.Org)
		same("$JS.ACK." + stream + "." + o.Org + ".>")
	}
	reads := []string{"rejected." + o.Org + ".>", "chains." + o.Org}
	for _, subject := range reads {
		services = append(services, "{ stream: { account: ONEORDER, subject: "+quoted(subject)+" } }")
	}
	fmt.Fprintf(b, "ORG_%s {\n", o.Org)
	fmt.Fprintf(b, "  users: [ { user: %s, password: %s, permissions: {\n", quoted(o.Org), quoted(o.Broker))
	fmt.Fprintf(b, "    publish: { allow: [ %s ], deny: [ %s ] }\n", strings.Join(send, ", "), quoted("events."+o.Org+".trade.link.>"))
	fmt.Fprintf(b, "    subscribe: { allow: [ %s, %s, %s, %s ] }\n  } } ]\n",
		quoted(reads[0]), quoted(reads[1]), quoted("_INBOX.>"), quoted("_INBOX_"+o.Org+".>"))
	fmt.Fprintf(b, "  imports: [\n    %s\n  ]\n}\n", strings.Join(services, "\n    "))
}

func quoted(s string) string { return `"` + s + `"` }

// Local is the broker of one machine: who may connect to it.
type Local struct {
	Exports  string // what the account ONEORDER offers to the organisations: deploy/nats/exports.conf
	Operator string // token of OperatorUser
	Beyond   bool   // the broker listens beyond loopback
}

// Config writes the broker's accounts and users. While nobody is registered and only this machine can reach the broker, a client
// without a name is the operator; else it is refused.
func (l Local) Config(r Register) (string, error) {
	operator, err := bcrypt.GenerateFromPassword([]byte(l.Operator), bcrypt.MinCost)
	if err != nil {
		return "", fmt.Errorf("hash the token of the operator: %w", err)
	}
	// The broker takes this one as it stands, and compares it with itself.
	nobody, _, _, err := newToken()
	if err != nil {
		return "", err
	}
	// no_auth_user cannot change while the broker runs. A user that may come by a door that is not
	// there is refused like one that is unknown.
	closed := ""
	if l.Beyond || len(r.Organisations) > 0 {
		closed = ", allowed_connection_types: [ MQTT ]"
	}
	return fmt.Sprintf("no_auth_user: %s\naccounts {\nONEORDER {\n  jetstream: enabled\n  users: [\n    { user: %s, password: %s }\n    { user: %s, password: %s%s }\n  ]\n%s}\n%s}\n",
		anonymousUser, OperatorUser, quoted(string(operator)), anonymousUser, quoted(nobody), closed, l.Exports, Accounts(r)), nil
}

// Reserved says whether a name of the broker's users is OneOrder's own, and no organisation's.
func Reserved(user string) bool { return slices.Contains(reserved, user) }
