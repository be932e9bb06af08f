package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"oneorder/internal/authority"
	"oneorder/internal/embedded"
	"oneorder/internal/service"
)

func newOrg() *cobra.Command {
	c := &cobra.Command{
		Use: "org VERB", Short: "Register the organisations that may send, and give them their tokens",
		Long: "Keeps the register of organisations: a file in the data folder (--orgs), which a running `oneorder up` and the\n" +
			"services that are given the same file read again when it changes. One token opens both doors of an organisation:\n" +
			"HTTP (Authorization: Bearer TOKEN) and the broker (user: the organisation, password: the token). Only hashes are\n" +
			"kept. A broker of your own includes the accounts file that is written beside the register: docs/operator.md.\n\n" +
			"While nobody is registered, whoever is on this machine may send for anyone.",
	}
	return verbs(
		c, newOrgAdd(), newOrgSet(), newOrgList(),
		newOrgToken("rotate ORG", "Give an organisation a new token, shown once; the old one ends", (*authority.Register).Rotate),
		newOrgRemove(), newOrgClickHouse(),
	)
}

// orgAdded is what --json prints of a new token.
type orgAdded struct {
	Org   string `json:"org"`
	User  string `json:"nats_user"`
	Token string `json:"token"`
}

func newOrgToken(use, short string, change func(*authority.Register, string, time.Time) (string, error)) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: exactly(1, "one organisation"),
		Long: short + ".\n\nThe token alone goes to standard output. It is the bearer token over HTTP and the password of the broker's user that is\n" +
			"named like the organisation.",
	}
	config := environment(c, "data", "orgs")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(_ *cobra.Command, args []string) error {
		added := orgAdded{Org: args[0], User: args[0]}
		err := authority.Update(config.Register(), func(r *authority.Register) (err error) {
			added.Token, err = change(r, args[0], time.Now())
			return err
		})
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(added)
		}
		fmt.Println(added.Token)
		fmt.Fprintf(os.Stderr, "the token of %s: shown once, kept as a hash in %s\n"+
			"  HTTP   Authorization: Bearer TOKEN\n"+
			"  NATS   user %s, password TOKEN\n"+
			"In force within a second where that file is read; a broker of your own reads %s.\n",
			args[0], config.Register(), args[0], authority.AccountsFile(config.Register()))
		return nil
	}
	return c
}

func newOrgAdd() *cobra.Command {
	notices := false
	c := newOrgToken("add ORG", "Register an organisation and show its token, once", func(r *authority.Register, org string, now time.Time) (string, error) {
		token, err := r.Add(org, now)
		if err == nil && notices {
			err = r.SetNotices(org, true)
		}
		return token, err
	})
	c.Flags().BoolVar(&notices, "notices", false, noticesUsage)
	return c
}

const noticesUsage = "tell it on chains.ORG whenever a chain changes that it reported of"

func newOrgSet() *cobra.Command {
	c := &cobra.Command{
		Use: "set ORG", Short: "Change what an organisation asked for", Args: exactly(1, "one organisation, or "+authority.All),
		Long: "Changes what an organisation asked for; its token stays. For ORG " + authority.All + ": what operators asked for, who are told of\n" +
			"every chain, on chains." + authority.All + ".",
		Example: "  oneorder org set sitc --notices\n  oneorder org set sitc --notices=false",
	}
	config := environment(c, "data", "orgs")
	notices := c.Flags().Bool("notices", false, noticesUsage)
	c.RunE = func(c *cobra.Command, args []string) error {
		if !c.Flags().Changed("notices") {
			return usageError{errors.New("nothing to set: there is --notices")}
		}
		return authority.Update(config.Register(), func(r *authority.Register) error { return r.SetNotices(args[0], *notices) })
	}
	return c
}

func newOrgRemove() *cobra.Command {
	c := &cobra.Command{
		Use: "remove ORG", Short: "End an organisation's token; what it has sent stays", Args: exactly(1, "one organisation"),
	}
	config := environment(c, "data", "orgs")
	c.RunE = func(_ *cobra.Command, args []string) error {
		left := 0
		err := authority.Update(config.Register(), func(r *authority.Register) error {
			err := r.Remove(args[0])
			left = len(r.Organisations)
			return err
		})
		if err == nil && left == 0 {
			fmt.Fprintln(os.Stderr, "nobody is registered now: on this machine anyone may send for anyone")
		}
		return err
	}
	return c
}

// orgListed is one organisation as --json prints it.
type orgListed struct {
	Org     string     `json:"org"`
	Added   time.Time  `json:"added"`
	Rotated *time.Time `json:"rotated"`
	Notices bool       `json:"notices"`
}

func newOrgList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "Show who is registered", Args: noArguments,
	}
	config := environment(c, "data", "orgs")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(*cobra.Command, []string) error {
		// Through Update, so that the accounts file is there from the first moment on.
		list := []orgListed{}
		err := authority.Update(config.Register(), func(r *authority.Register) error {
			for _, o := range r.Organisations {
				listed := orgListed{Org: o.Org, Added: o.Added, Notices: o.Notices}
				if !o.Rotated.IsZero() {
					listed.Rotated = &o.Rotated
				}
				list = append(list, listed)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if *asJSON {
			return printJSON(list)
		}
		if len(list) == 0 {
			fmt.Fprintf(os.Stderr, "nobody is registered in %s\n", filepath.Clean(config.Register()))
			return nil
		}
		t := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ORG\tADDED\tTOKEN OF\tNOTICES")
		for _, o := range list {
			since := o.Added
			if o.Rotated != nil {
				since = *o.Rotated
			}
			notices := "no"
			if o.Notices {
				notices = "yes"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", o.Org, o.Added.Format(time.DateTime), since.Format(time.DateTime), notices)
		}
		return t.Flush()
	}
	return c
}

func newOrgClickHouse() *cobra.Command {
	c := &cobra.Command{
		Use: "clickhouse", Short: "Print the organisations as users of a ClickHouse server of your own", Args: noArguments,
		Long: "Prints a file for the folder users.d of a ClickHouse server that has deploy/clickhouse/users.d/oneorder.xml: a user\n" +
			"org_ORG for each registered organisation, whose password is its token, and who reads the chains that it takes part in\n" +
			"and nothing else. The ClickHouse of `oneorder up` has these users from its next start on.",
		Example: "  oneorder org clickhouse > /etc/clickhouse-server/users.d/organisations.xml",
	}
	config := environment(c, "data", "orgs")
	c.RunE = func(*cobra.Command, []string) error {
		r, err := authority.Read(config.Register())
		if err != nil {
			return err
		}
		return embedded.WriteUsers(os.Stdout, readers(r))
	}
	return c
}

// operatorToken is what makes a verb on this machine the operator of the broker of `oneorder up`: whoever may read the
// data folder is.
func operatorToken(c *service.Config) string {
	token, err := os.ReadFile(authority.OperatorFile(c.Data))
	if err != nil {
		return ""
	}
	return string(token)
}
