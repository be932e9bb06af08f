// Package record folds the events of one consignment into its record, the trade chain. It is pure: no clock, no
// IO; what it needs of the world comes in as Tables.
//
// # The rule of choice
//
// Sources disagree. Each field of the record keeps the report that wins by, in this order:
//
//  1. the classifier: ACT, or none, over EST over PLN;
//  2. the standing of the report for this very fact (rule.go has it by type of event): a declaration of lodging
//     over one that was accepted and so must have been lodged; the bill's weight over the invoice's;
//  3. the latest recorded; an event that does not say when it was recorded counts by its own time;
//  4. the smallest source, then the smallest id.
//
// That is a total order, so each field is a maximum, and a maximum depends neither on the order nor on the
// repetition of what it is taken over: Fold gives one record for one set of events.
//
//	references    every number in `references` and `replaces`. Of bills or notes that stand several in one event,
//	              which is then about several consignments, only those that an event of this one alone names too,
//	              where there is any of their kind
//	orgs          every organisation that reported
//	parties       one per role and identity, or role and name: the fullest report, then the rule of choice.
//	              One without identity gives way to one of the same role and name that has it
//	containers    likewise every number; of events that name several containers and none of the consignment's
//	              own numbers, only where there is no better
//	goods         codes, packages and gross weight, and value are chosen each by itself, never summed over
//	              documents, but summed over the items of the chosen one. Codes: declaration, certificate of
//	              origin, invoice, bill. Packages and weight: bill, declaration, packing list, invoice. Value:
//	              invoice, export declaration, import declaration, bill. Events about several consignments say
//	              nothing of the goods of one
//	value         of an invoice its total, else the sum of its items, if they have one currency. An invoice that
//	              belongs to several consignments counts in full for each of them
//	value_usd     by the rate of the month of the event that the value is from
//	legs          a departure and an arrival are one per place and mode, chosen by the rule; an arrival ends the
//	              leg that was bound for it, else the one of the same conveyance, else the last open one of its
//	              mode. A discharge proves an arrival, but a loading proves no departure. A conveyance that calls on
//	              the way makes one leg, unless the goods were handled there or the place is a hub
//	first plans   of each departure and arrival the plan (PLN) of the highest standing that was recorded first, by source and id where
//	              two were recorded alike; an estimate is none
//	origin        where the first leg departs; what a document says, if the leg departs from a hub or from the
//	              country of destination; destination likewise
//	milestones    actual reports only. Departed is the first departure; arrived the arrival of the last leg, once
//	              at the destination; border_crossed the first crossing. Customs' are per territory and direction:
//	              export at the origin, import at the destination. Discharged is the last discharge where the last leg
//	              ends, at the destination; gated_out the last gate-out there, once all that was discharged there is out
//	boxes         of each container the discharge and the laden gate-out at that place, and the return of the empty to whatever depot
//	export boxes  of each container the pick-up of the empty from whatever depot, and where the first leg begins, at the origin, the laden
//	              gate-in and the loading
//	emissions     of each leg by the chosen gross weight, between its places, by the leg's mode; the sum is known where all are
//	due           what follows a milestone that is reached, in the normal time of deploy/corridors.yaml
//	title         of each document the steps in the order of their own times, those that cannot follow the ones before left out. The
//	              consignment's is that which no other took the place of, a bill before others, no master, of the last step
//	recognition   each act that presented, recognised or refused a document; nothing is chosen. Its digest is held against those that
//	              other events report of the document
//	rails, green  of all events of its finance; nothing is chosen
//	zones         those of the places of all actual events; nothing is chosen
package record
