# METADATA
# title: Limits for existing certificates
# description: The input is the output of `mqtt-pki inventory --format json`. Copy this file, and change `limits`.
# schemas:
#   - input: schema["inventory.schema"]
package mqtt_pki.inventory

limits := {
	"shortest_renewal_days": 30,
	"key_types": {"ECDSA P-256", "Ed25519"},
	"authorities": {"Plant MQTT CA"},
}

deny contains sprintf("%s is refused: %s", [certificate.address, concat("; ", certificate.reasons)]) if {
	some certificate in input.certificates
	certificate.accepted == false
}

deny contains sprintf("%s expires in %d days", [certificate.address, certificate.daysLeft]) if {
	some certificate in input.certificates
	is_number(certificate.daysLeft)
	certificate.daysLeft < limits.shortest_renewal_days
}

deny contains sprintf("%s has a key that is %s", [certificate.address, certificate.keyType]) if {
	some certificate in input.certificates
	certificate.kind == "broker"
	is_string(certificate.keyType)
	not certificate.keyType in limits.key_types
}

deny contains sprintf("%s is signed by %s", [certificate.address, certificate.issuer.commonName]) if {
	some certificate in input.certificates
	certificate.kind == "broker"
	not certificate.issuer.commonName in limits.authorities
}

deny contains sprintf("%s cannot be read: %s", [entry.location, entry.reason]) if some entry in input.unreadable

warn contains sprintf("it is not known whether clients accept %s", [certificate.address]) if {
	some certificate in input.certificates
	is_null(certificate.accepted)
}
