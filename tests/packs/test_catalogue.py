"""The catalogue of rules: generated, complete, true."""

from __future__ import annotations

from inspector.model import Kind
from inspector.reports.catalogue import catalogue
from tests.builders import ROOT, shipped


def _ids(text: str) -> list[str]:
    return text.split()


FIRST = _ids("""
missing.opening_greeting missing.identity_verification missing.risk_disclosure missing.past_performance
missing.risk_level missing.closing missing.aml_notice_verbatim banned.guaranteed_return banned.zero_risk
banned.must_wording banned.deposit_confusion banned.rude_wording banned.buck_passing banned.collection_threat
banned.ask_secret urgent.complaint urgent.regulator_media urgent.account_theft urgent.fraud_induced urgent.self_harm
service.agent_interruption service.long_silence service.fast_speech service.slow_first_response
service.repeated_issue emotion.customer_negative emotion.agent_negative
""")
TIER_1 = _ids("""
missing.recording_notice missing.outbound_identity missing.suitability banned.suitability_coaching missing.annual_rate
missing.fee_disclosure missing.second_confirmation missing.customer_ack banned.decide_for_customer banned.tied_sale
banned.private_contact banned.operate_for_customer banned.exaggeration missing.insurance_nature missing.cooling_off
missing.surrender_loss wrong.product_value privacy.third_party_disclosure privacy.full_number_readback
missing.complaint_acceptance missing.complaint_ticket banned.refuse_complaint missing.fraud_dissuasion
missing.theft_handling urgent.escalation_request urgent.payment_failure urgent.large_abnormal urgent.data_leak
urgent.group_incident urgent.system_outage risk.account_lending risk.induced_investment service.agent_hangup
service.transfer_unannounced
""")
EVENTS = _ids("""
event.recommend_product event.purchase_consent event.refusal event.account_data_given event.verified event.hold_notice
event.hold_return event.transfer event.account_opening event.large_transfer event.debt_disclosed
event.customer_busy_with_phone
""")


def test_every_rule_that_was_promised_is_there() -> None:
    rules = {rule.id: rule for rule in shipped().rules}
    assert (len(FIRST), len(TIER_1), len(EVENTS)) == (27, 34, 12)
    assert [name for name in (*FIRST, *TIER_1, *EVENTS) if name not in rules] == []
    assert all(rules[name].kind is Kind.EVENT for name in EVENTS)
    assert all(rules[name].kind is not Kind.EVENT for name in (*FIRST, *TIER_1))


def test_the_packs_carry_their_proof() -> None:
    assert sum(1 for rule in shipped().rules for _ in rule.examples.cases()) >= 400


def test_what_ships_is_on_trial_but_for_the_safety_of_customers() -> None:
    wrong = [
        rule.id
        for rule in shipped().rules
        if rule.kind is not Kind.EVENT and (rule.status == "stable") != rule.id.startswith("urgent.")
        if rule.status != "experimental"
    ]
    assert wrong == []


def test_every_rule_says_which_demand_it_answers() -> None:
    packs = shipped()
    assert [rule.id for rule in packs.rules if not rule.asks] == []
    assert set(packs.demands) == {f"S{number}" for number in range(1, 33)}


def test_all_38_check_points_are_answered() -> None:
    points = shipped().checkpoints
    assert [point.number for point in points] == list(range(1, 39))
    assert all(point.rules or point.manual for point in points)
    assert all(point.owner for point in points)


def test_the_page_is_as_generated() -> None:
    page = ROOT / "docs" / "rules-catalogue.md"
    remedy = "inspector rules catalogue > docs/rules-catalogue.md"
    assert page.read_text(encoding="utf-8") == catalogue(shipped()), remedy
