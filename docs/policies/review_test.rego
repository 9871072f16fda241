package mqtt_pki.review_test

import data.mqtt_pki.review

broker(number, kinds) := {
	"title": sprintf("mqtt-%d.plant.example.com", [number]),
	"kinds": kinds,
	"isGrave": "re-keyed" in kinds,
	"after": {"notBefore": "2026-11-29T07:00:00Z", "notAfter": "2027-11-29T08:00:00Z"},
}

plan(certificates) := {"authorities": [], "certificates": certificates, "incomplete": []}

a_working_day := time.parse_rfc3339_ns("2026-12-19T23:59:59Z")

christmas := time.parse_rfc3339_ns("2026-12-25T12:00:00Z")

test_renewals_pass if {
	count(review.deny) == 0 with input as plan([broker(number, ["renewed"]) | some number in numbers.range(1, 99)])
		with time.now_ns as a_working_day
}

test_authority_stays if {
	authority := {"title": "Plant MQTT CA", "kinds": ["authority-replaced"], "isGrave": true}
	review.deny == {"Plant MQTT CA: authority-replaced"} with input as object.union(plan([]), {"authorities": [authority]})
		with time.now_ns as a_working_day
}

test_few_are_re_keyed_at_once if {
	count(review.deny) == 0 with input as plan([broker(number, ["re-keyed"]) | some number in numbers.range(1, 5)])
		with time.now_ns as a_working_day
	review.deny == {"6 are re-keyed at once, but at most 5 may"} with input as plan([broker(number, ["re-keyed"]) |
		some number in numbers.range(1, 6)
	])
		with time.now_ns as a_working_day
}

test_protected_broker_stays if {
	core := object.union(broker(1, ["removed"]), {"title": "mqtt-core-1.plant.example.com"})
	review.deny == {"mqtt-core-1.plant.example.com is protected: removed"} with input as plan([core, broker(2, ["removed"])])
		with time.now_ns as a_working_day
	count(review.deny) == 0 with input as plan([object.union(core, {"kinds": ["files-changed"]})])
		with time.now_ns as a_working_day
}

test_validity_is_short if {
	day_longer := {"after": {"notBefore": "2026-11-29T07:00:00Z", "notAfter": "2028-01-02T08:00:00Z"}}
	review.deny == {"mqtt-1.plant.example.com is valid for more than 398 days"} with input as plan([object.union(
		broker(1, ["renewed"]),
		day_longer,
	)])
		with time.now_ns as a_working_day
}

test_nothing_changes_in_a_freeze if {
	review.deny == {"mqtt-1.plant.example.com changes, from 2026-12-20 to 2027-01-06"} with input as plan([
		broker(1, ["renewed"]),
		broker(2, ["issued"]),
	])
		with time.now_ns as christmas
}

test_plan_is_for_everything if {
	reason := "plan.json covers only a part of the resources, as with -target."
	review.deny == {sprintf("the review is incomplete: %s", [reason])} with input as object.union(
		plan([]),
		{"incomplete": [reason]},
	)
		with time.now_ns as a_working_day
}

test_what_is_grave_is_said if {
	review.warn == {"mqtt-1.plant.example.com: re-keyed"} with input as plan([
		broker(1, ["re-keyed"]),
		broker(2, ["renewed"]),
	])
		with time.now_ns as a_working_day
}
