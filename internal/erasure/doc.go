// Package erasure takes the personal data of a natural person out of what is read: names, identity numbers, addresses, telephone
// numbers. Which texts those are is on a List that holds no text, only keyed digests; whoever decodes events applies it, so that the
// same stream gives the same rows whenever it is read. It is pure: where a list is kept is no matter of this package.
//
// Data about a company is no personal data (Regulation (EU) 2016/679, recital 14), and the numbers by which consignments are known
// (references, containers, events' own ids) are what joins them: neither is taken out unless a text on the list is found in it,
// and of the latter not even then.
package erasure
