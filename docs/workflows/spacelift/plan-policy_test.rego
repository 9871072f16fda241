package spacelift_test

import data.spacelift

given(changes) := {
	"spacelift": {"request": {"timestamp_ns": time.parse_rfc3339_ns("2026-11-29T12:00:00Z")}},
	"third_party_metadata": {"custom": {"review": object.union(
		{"version": 1, "authorities": [], "certificates": [], "incomplete": [], "violations": []},
		changes,
	)}},
}

broker(number, kinds) := {"title": sprintf("mqtt-%d.example.com", [number]), "kinds": kinds, "isGrave": "re-keyed" in kinds}

violation := {"rule": "small-steps", "level": "fail", "message": "31 change at once", "waiver": null}

test_renewal_passes if {
	count(spacelift.deny | spacelift.warn) == 0 with input as given({"certificates": [broker(1, ["renewed"])]})
}

test_review_is_there if {
	spacelift.deny == {"there is no review of this plan"} with input as object.remove(given({}), ["third_party_metadata"])
}

test_rules_hold if {
	spacelift.deny == {"small-steps: 31 change at once"} with input as given({"violations": [violation]})
	over := object.union(violation, {"waiver": {"isOver": true}})
	count(spacelift.deny) == 1 with input as given({"violations": [over]})
	waived := object.union(violation, {"waiver": {"isOver": false}})
	count(spacelift.deny) == 0 with input as given({"violations": [waived]})
	warned := object.union(violation, {"level": "warn"})
	count(spacelift.deny) == 0 with input as given({"violations": [warned]})
}

test_authority_stays if {
	authority := {"title": "Plant MQTT CA", "kinds": ["authority-removed"], "isGrave": true}
	spacelift.deny == {"Plant MQTT CA: authority-removed"} with input as given({"authorities": [authority]})
}

test_few_are_re_keyed_at_once if {
	re_keyed := [broker(number, ["re-keyed"]) | some number in numbers.range(1, 6)]
	spacelift.deny == {"6 are re-keyed at once, but at most 5 may"} with input as given({"certificates": re_keyed})
	count(spacelift.deny) == 0 with input as given({"certificates": array.slice(re_keyed, 0, 5)})
	count(spacelift.warn) == 5 with input as given({"certificates": array.slice(re_keyed, 0, 5)})
}

test_nothing_changes_in_a_freeze if {
	christmas := {"spacelift": {"request": {"timestamp_ns": time.parse_rfc3339_ns("2026-12-25T12:00:00Z")}}}
	changes := {"certificates": [broker(1, ["renewed"])]}
	spacelift.deny == {"nothing changes from 2026-12-20 to 2027-01-06"} with input as object.union(given(changes), christmas)
	count(spacelift.deny) == 0 with input as object.union(given({}), christmas)
}

test_plan_is_for_everything if {
	spacelift.deny == {"the review is incomplete: with -target"} with input as given({"incomplete": ["with -target"]})
}
