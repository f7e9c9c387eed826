"""Worked cases of slot search: each question with the answer worked out by hand."""

import json
from pathlib import Path

import pytest

from agenda.cases import answer, answers, explain

CASES = json.loads((Path(__file__).parents[1] / "data" / "slot-cases.json").read_text())
CASE = next(case for case in CASES if case["id"] == "adv-notice-boundary-equal")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_case_has_its_answer(case):
    assert answer(case) == case["expected_slots"]
    assert len(answer(case)) == case["expected_count"]


def test_a_document_is_a_case_or_many():
    expected = {CASE["id"]: CASE["expected_slots"]}
    assert answers(CASE) == answers([CASE]) == answers({"cases": [CASE]}) == expected


def test_refused_starts_are_explained_in_the_zone_of_the_case():
    (refused,) = explain(CASE)
    assert refused["start"] == "2026-06-15T09:00:00+02:00"
    assert refused["reasons"] == [
        {"code": "notice_too_short", "earliest": "2026-06-15T10:00:00+02:00", "notice_minutes": 120}
    ]
    assert json.dumps(refused)


def test_an_appointment_without_buffers_has_those_of_the_service():
    service = {"duration_minutes": 30, "buffer_after": 30}
    rules = {"min_notice_minutes": 0}
    booked = {"start": "2026-06-15T09:00:00+02:00", "end": "2026-06-15T10:00:00+02:00"}
    case = CASE | {"service": service, "rules": rules, "existing_appointments": [booked]}
    assert answer(case)[0] == "2026-06-15T10:30:00+02:00"
    own = CASE | {"service": service, "rules": rules, "existing_appointments": [booked | {"buffer_after": 0}]}
    assert answer(own)[0] == "2026-06-15T10:00:00+02:00"


def test_a_class_takes_as_many_seats_as_it_has():
    service = {"duration_minutes": 60, "capacity": 3}
    booked = {"start": "2026-06-15T10:00:00+02:00", "end": "2026-06-15T11:00:00+02:00", "seats": 2}
    case = CASE | {"service": service, "existing_appointments": [booked]}
    assert len(answer(case)) == 2
    assert len(answer(case | {"existing_appointments": [booked | {"seats": 3}]})) == 1


def test_instants_without_offset_are_read_on_the_clock_of_the_case():
    assert answer(CASE | {"now": "2026-06-15T08:00:00"}) == CASE["expected_slots"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"timezone": "Europe/Lutetia"}, "timezone"),
        ({"timezone": 3}, "timezone"),
        ({"now": "soon"}, "now"),
        ({"opening_hours": [{"start": "09:00", "end": "10:00"}]}, "opening_hours"),
        ({"opening_hours": [{"weekday": 9, "start": "09:00", "end": "10:00"}]}, "opening_hours: bad_weekday"),
        ({"opening_hours": [{"weekday": 0}]}, "opening_hours: bad_time"),
        ({"service": {"duration_minutes": 0}}, "service.duration_minutes"),
        ({"service": {}}, "duration_minutes"),
        ({"rules": {"max_per_day": -1}}, "rules.max_per_day"),
        ({"busy": [{"start": "2026-06-15T10:00:00Z", "end": "2026-06-15T09:00:00Z"}]}, "busy"),
        ({"existing_appointments": [{"start": "2026-06-15T10:00:00Z"}]}, r"existing_appointments\[0\]"),
        ({"query": {"from": "2026-06-15", "to": "2026-06-15T09:00:00Z"}}, "query"),
        ({"rules": {"booking_window_days": 10**9}}, "rules.booking_window_days"),
        ({"query": {"from": "2026-06-15", "to": "9999-12-31"}}, "query"),
    ],
)
def test_a_malformed_case_names_the_field(change, named):
    with pytest.raises(ValueError, match=rf"Case adv-notice-boundary-equal: .*{named}"):
        answer(CASE | change)


@pytest.mark.parametrize("document", [[{}], [CASE, CASE], {"cases": "none"}, [3]])
def test_cases_need_an_id_each_its_own(document):
    with pytest.raises(ValueError, match="case"):
        answers(document)
