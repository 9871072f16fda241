# METADATA
# title: A Spacelift plan policy that checks the review written by the after_plan hook
# description: Paste this text into a policy of type "Plan policy" (Rego v1), and change `limits`.
# schemas:
#   - input.third_party_metadata.custom.review: schema["review.schema"]
package spacelift

limits := {
	"re_keyed_at_most": 5,
	# From the start of the first day to the end of the last, in UTC.
	"freezes": [{"from": "2026-12-20", "to": "2027-01-06"}],
}

review := input.third_party_metadata.custom.review

# A branch may leave out the hook. Without this rule, no one would notice.
deny contains "there is no review of this plan" if not review.version

deny contains sprintf("the review is incomplete: %s", [reason]) if some reason in review.incomplete

# The rules of mqtt-pki.yaml.
deny contains sprintf("%s: %s", [violation.rule, violation.message]) if {
	some violation in review.violations
	violation.level == "fail"
	not is_waived(violation)
}

deny contains sprintf("%s: %s", [authority.title, kind]) if {
	some authority in review.authorities
	some kind in authority.kinds
	kind in {"authority-replaced", "authority-removed"}
}

deny contains message if {
	titles := {certificate.title | some certificate in review.certificates; "re-keyed" in certificate.kinds}
	count(titles) > limits.re_keyed_at_most
	message := sprintf("%d are re-keyed at once, but at most %d may", [count(titles), limits.re_keyed_at_most])
}

# Spacelift has no time.now_ns.
deny contains sprintf("nothing changes from %s to %s", [freeze.from, freeze.to]) if {
	some freeze in limits.freezes
	today := time.format([input.spacelift.request.timestamp_ns, "UTC", "2006-01-02"])
	freeze.from <= today
	today <= freeze.to
	count(changes) > 0
}

# Someone must confirm the run, also on a stack with autodeploy.
warn contains sprintf("%s: %s", [change.title, concat(", ", change.kinds)]) if {
	some change in changes
	change.isGrave
}

changes contains change if some change in review.authorities

changes contains change if some change in review.certificates

is_waived(violation) if violation.waiver.isOver == false
