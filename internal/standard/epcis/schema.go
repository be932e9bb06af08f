package epcis

import "maps"

// The structure of EPCIS 2.0 in JSON, as section 9 of the standard and its JSON Schema have it.

var (
	place    = &shape{members: map[string]form{"id": uri}, required: []string{"id"}}
	quantity = &shape{
		members:  map[string]form{"epcClass": uri, "quantity": numeric, "uom": unit},
		required: []string{"epcClass"}, closed: true,
	}
	transaction = &shape{
		members:  map[string]form{"type": oneOf(transactionTypes), "bizTransaction": uri},
		required: []string{"bizTransaction"}, closed: true,
	}
	origin = &shape{
		members:  map[string]form{"type": oneOf(partyTypes), "source": uri},
		required: []string{"type", "source"}, closed: true,
	}
	destination = &shape{
		members:  map[string]form{"type": oneOf(partyTypes), "destination": uri},
		required: []string{"type", "destination"}, closed: true,
	}
	declaration = &shape{
		members: map[string]form{
			"declarationTime": instant, "reason": oneOf(errorReasons), "correctiveEventIDs": listOf(uri),
		},
		required: []string{"declarationTime"},
	}
	persistent = &shape{members: map[string]form{"set": listOf(oneOf(dispositions)), "unset": listOf(oneOf(dispositions))}, closed: true}
	instance   = &shape{members: map[string]form{}} // ilmd: attributes of other namespaces only
	metadata   = &shape{members: map[string]form{
		"time": instant, "startTime": instant, "endTime": instant, "deviceID": uri, "deviceMetadata": uri, "rawData": uri,
		"dataProcessingMethod": uri, "bizRules": uri,
	}}
	report = &shape{members: map[string]form{
		"type": text, "exception": text, "deviceID": uri, "deviceMetadata": uri, "rawData": uri, "dataProcessingMethod": uri,
		"bizRules": uri, "time": instant, "microorganism": uri, "chemicalSubstance": uri, "component": text,
		"coordinateReferenceSystem": uri, "value": numeric, "stringValue": text, "booleanValue": boolean, "hexBinaryValue": text,
		"uriValue": uri, "minValue": numeric, "maxValue": numeric, "meanValue": numeric, "sDev": numeric, "percRank": numeric,
		"percValue": numeric, "uom": unit,
	}}
	sensor = &shape{
		members:  map[string]form{"sensorMetadata": objectOf(metadata), "sensorReport": listOf(objectOf(report))},
		required: []string{"sensorReport"},
	}
)

// common is what all kinds of events share.
var common = map[string]form{
	"@context": anything, "type": text, "eventID": uri, "eventTime": instant, "recordTime": instant, "eventTimeZoneOffset": zone,
	"errorDeclaration": objectOf(declaration), "certificationInfo": oneOrMore(uri),
	"bizStep": oneOf(bizSteps), "disposition": oneOf(dispositions), "persistentDisposition": objectOf(persistent),
	"readPoint": objectOf(place), "bizLocation": objectOf(place), "bizTransactionList": listOf(objectOf(transaction)),
	"sourceList": listOf(objectOf(origin)), "destinationList": listOf(objectOf(destination)),
	"sensorElementList": listOf(objectOf(sensor)),
}

func eventShape(required []string, own map[string]form) *shape {
	all := maps.Clone(common)
	maps.Copy(all, own)
	return &shape{members: all, required: append([]string{"type", "eventTime", "eventTimeZoneOffset"}, required...)}
}

var (
	epcs       = listOf(uri)
	quantities = listOf(objectOf(quantity))
	action     = exactly(actions)
)

// eventShapes are the kinds of events (EPCIS 2.0, 7.4).
var eventShapes = map[string]*shape{
	"ObjectEvent": eventShape([]string{"action"}, map[string]form{
		"epcList": epcs, "quantityList": quantities, "action": action, "ilmd": objectOf(instance),
	}),
	"AggregationEvent": eventShape([]string{"action"}, map[string]form{
		"parentID": uri, "childEPCs": epcs, "childQuantityList": quantities, "action": action,
	}),
	"AssociationEvent": eventShape([]string{"parentID", "action"}, map[string]form{
		"parentID": uri, "childEPCs": epcs, "childQuantityList": quantities, "action": action,
	}),
	"TransactionEvent": eventShape([]string{"bizTransactionList", "action"}, map[string]form{
		"parentID": uri, "epcList": epcs, "quantityList": quantities, "action": action,
	}),
	"TransformationEvent": eventShape(nil, map[string]form{
		"inputEPCList": epcs, "inputQuantityList": quantities, "outputEPCList": epcs, "outputQuantityList": quantities,
		"transformationID": uri, "ilmd": objectOf(instance),
	}),
}

// envelope is what surrounds the events of a document.
var envelope = &shape{
	members: map[string]form{
		"@context": anything, "id": uri, "type": text, "schemaVersion": version, "creationDate": instant, "sender": text, "receiver": text,
		"instanceIdentifier": text, "epcisHeader": anything, "epcisBody": objectOf(&shape{members: map[string]form{
			"eventList": anything, "event": anything, "queryResults": anything,
		}}),
	},
	required: []string{"@context", "type", "schemaVersion", "creationDate", "epcisBody"},
}
