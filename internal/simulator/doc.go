// Package simulator makes the traffic of five corridors: what traders, customs, carriers, ports and banks
// would report about consignments from order to payment, with the truth of which event belongs to which.
//
// The same Config gives the same events, byte for byte. All companies that trade are invented; codes, places
// and check digits are of the real kind.
//
// A deal is what one buyer and one seller agree on, and ships as one to three consignments. Each consignment
// is planned when its deal begins: a list of steps, each an event to be. The steps of all running deals wait in
// a heap by the time they arrive, so that memory follows the traffic in flight and not the length of the run.
package simulator
