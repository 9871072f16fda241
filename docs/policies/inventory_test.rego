package mqtt_pki.inventory_test

import data.mqtt_pki.inventory

broker := {
	"kind": "broker",
	"address": "mqtt-1.plant.example.com",
	"keyType": "ECDSA P-256",
	"issuer": {"commonName": "Plant MQTT CA"},
	"daysLeft": 90,
	"accepted": true,
	"reasons": [],
}

list(change) := {"certificates": [object.union(broker, change)], "unreadable": []}

test_what_is_right_passes if {
	count(inventory.deny | inventory.warn) == 0 with input as list({})
}

test_refused if {
	inventory.deny == {"mqtt-1.plant.example.com is refused: expired on 2026-11-20"} with input as list({
		"accepted": false,
		"reasons": ["expired on 2026-11-20"],
	})
}

test_ends_soon if {
	inventory.deny == {"mqtt-1.plant.example.com expires in 29 days"} with input as list({"daysLeft": 29})
	count(inventory.deny) == 0 with input as list({"daysLeft": null})
}

test_key if {
	inventory.deny == {"mqtt-1.plant.example.com has a key that is RSA 2048"} with input as list({"keyType": "RSA 2048"})
}

test_authority if {
	inventory.deny == {"mqtt-1.plant.example.com is signed by Other CA"} with input as list({"issuer": {"commonName": "Other CA"}})
}

test_unreadable if {
	inventory.deny == {"a.pem cannot be read: it is cut off"} with input as {
		"certificates": [],
		"unreadable": [{"location": "a.pem", "reason": "it is cut off"}],
	}
}

test_unknown if {
	inventory.warn == {"it is not known whether clients accept mqtt-1.plant.example.com"} with input as list({"accepted": null})
}
