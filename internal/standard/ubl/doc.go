// Package ubl reads invoices and credit notes of the Universal Business Language (OASIS UBL 2.x, ISO/IEC 19845), of
// any profile: Peppol BIS Billing and PINT, Singapore's among them, EN 16931, national ones.
//
// An invoice is one event. Its number is scoped by who gave it, the seller or, self-billed, the buyer; so another
// seller's invoice of the same number is another invoice.
package ubl
