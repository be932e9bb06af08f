// Package authority knows who may speak for which organisation: the register of organisations with their
// hashed tokens, and the accounts that keep them apart at the broker.
//
// One token opens both doors of an organisation. Over HTTP it is the bearer token, at the broker the password of the
// user that is named like the organisation. The register is a file that `oneorder org` writes and that
// running processes read again when it changes; it holds no secret.
//
// At the broker each organisation has an account of its own, which sees the streams only through the
// imports that [Accounts] writes. Users of one account would not do: a client may name any subject as the
// reply of a request, and the broker would deliver there, under another organisation's subject too. Within
// its own account that harms nobody, and its inbox is its own.
package authority
