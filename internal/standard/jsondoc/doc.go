// Package jsondoc reads the JSON documents of foreign standards: bytes whose structure is not trusted, of
// which nothing may be lost.
//
// Read checks size, encoding, nesting and syntax before anything is decoded. An Object then gives its members
// one at a time; each that finds its place in a canonical event is taken out, and Rest writes what remains,
// in the document's own words. So a member that an adapter has never heard of is kept without further ado.
// A Log collects every fault with its JSON pointer.
//
// Text is decoded when it is asked for, and no tree is built: what is held stays near the size of the document.
package jsondoc
