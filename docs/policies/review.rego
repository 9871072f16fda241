# METADATA
# title: Limits for changes that plans make to certificates
# description: The input is the output of `mqtt-pki review --format json`. Copy this file, and change `limits`.
# schemas:
#   - input: schema["review.schema"]
package mqtt_pki.review

limits := {
	"re_keyed_at_most": 5,
	# Addresses that clients dial; * stands for any text.
	"protected": ["mqtt-core-*.plant.example.com"],
	"longest_validity_days": 398,
	# From the start of the first day to the end of the last, in UTC.
	"freezes": [{"from": "2026-12-20", "to": "2027-01-06"}],
}

# The trust anchors of clients must stay.
deny contains sprintf("%s: %s", [authority.title, kind]) if {
	some authority in input.authorities
	some kind in authority.kinds
	kind in {"authority-replaced", "authority-removed"}
}

# A re-keyed broker needs both files at once, so only a few may be re-keyed on one day.
deny contains message if {
	titles := {certificate.title | some certificate in input.certificates; "re-keyed" in certificate.kinds}
	count(titles) > limits.re_keyed_at_most
	message := sprintf("%d are re-keyed at once, but at most %d may", [count(titles), limits.re_keyed_at_most])
}

# Protected brokers keep their certificates.
deny contains sprintf("%s is protected: %s", [change.title, concat(", ", change.kinds)]) if {
	some change in changes
	some pattern in limits.protected
	glob.match(pattern, [], change.title)
	is_other(change)
}

# A certificate starts one hour before the deployment, for slow clocks. That hour is not counted.
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

# A plan for some of the resources does not show what happens to the others.
deny contains sprintf("the review is incomplete: %s", [reason]) if some reason in input.incomplete

warn contains sprintf("%s: %s", [change.title, concat(", ", change.kinds)]) if {
	some change in changes
	change.isGrave
}

changes contains change if some change in input.authorities

changes contains change if some change in input.certificates

# An existing certificate is replaced or removed.
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
