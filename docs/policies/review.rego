# METADATA
# title: Limits of what plans may do to certificates
# description: The input is what `mqtt-pki review --format json` writes. Copy this file, and change `limits`.
# schemas:
#   - input: schema["review.schema"]
package mqtt_pki.review

limits := {
	"re_keyed_at_most": 5,
	# As clients dial them; * is any text.
	"protected": ["mqtt-core-*.plant.example.com"],
	"longest_validity_days": 398,
	# From the start of the first day to the end of the last, in UTC.
	"freezes": [{"from": "2026-12-20", "to": "2027-01-06"}],
}

# What clients trust stays.
deny contains sprintf("%s: %s", [authority.title, kind]) if {
	some authority in input.authorities
	some kind in authority.kinds
	kind in {"authority-replaced", "authority-removed"}
}

# A broker with another key needs both files at once: not too many on one day.
deny contains message if {
	titles := {certificate.title | some certificate in input.certificates; "re-keyed" in certificate.kinds}
	count(titles) > limits.re_keyed_at_most
	message := sprintf("%d are re-keyed at once, and at most %d may", [count(titles), limits.re_keyed_at_most])
}

# These brokers keep their certificates.
deny contains sprintf("%s is protected: %s", [change.title, concat(", ", change.kinds)]) if {
	some change in changes
	some pattern in limits.protected
	glob.match(pattern, [], change.title)
	is_other(change)
}

# The hour before the deployment, for slow clocks, is not counted.
deny contains message if {
	some certificate in input.certificates
	from := time.parse_rfc3339_ns(certificate.after.notBefore)
	to := time.parse_rfc3339_ns(certificate.after.notAfter)
	((to - from) / hour) - 1 > limits.longest_validity_days * 24
	message := sprintf("%s is valid for more than %d days", [certificate.title, limits.longest_validity_days])
}

deny contains sprintf("%s changes, from %s to %s", [change.title, freeze.from, freeze.to]) if {
	some freeze in limits.freezes
	today := time.format([time.now_ns(), "UTC", "2006-01-02"])
	freeze.from <= today
	today <= freeze.to
	some change in changes
	is_other(change)
}

# A plan for a part of the resources does not tell what happens to the rest.
deny contains sprintf("the review is incomplete: %s", [reason]) if some reason in input.incomplete

warn contains sprintf("%s: %s", [change.title, concat(", ", change.kinds)]) if {
	some change in changes
	change.isGrave
}

changes contains change if some change in input.authorities

changes contains change if some change in input.certificates

# There was a certificate, and it is another afterwards, or none.
is_other(change) if count({kind | some kind in change.kinds} - lasting) > 0

lasting := {
	"issued",
	"authority-created",
	"authority-added",
	"files-changed",
	"schedule-changed",
	"forgotten",
	"renamed",
	"drifted",
}

hour := time.parse_duration_ns("1h")
