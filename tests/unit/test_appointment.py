"""The life of an appointment, told in events."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from booking import events
from booking.appointment import Appointment, AppointmentClosed, NoticeTooShort, NotOver, NotWaiting, RequestExpired
from booking.events import AppointmentBooked, AppointmentMissed, AppointmentRequested, Segment, Terms, Use
from tests.story import NOW, at, fact, given, somebody, then

HOUSE, APPOINTMENT, CLAIRE, KARIM, SERVICE = (uuid4() for _ in range(5))
STAFF = somebody(HOUSE)
CLIENT = somebody(HOUSE, actor="client/2", origin="public")


def segment(hour: int, resource: Any = CLAIRE) -> Segment:
    return Segment(SERVICE, at(hour), at(hour + 1), [Use(resource, is_lead=True)])


def made(kind: type = AppointmentBooked, **facts: Any) -> Any:
    base = {"zone": "Europe/Paris", "wall_at": "2026-11-24T10:00", "segments": [segment(10)]}
    return kind(
        organisation_id=HOUSE, originator_id=APPOINTMENT, originator_version=1, **STAFF.stamp(), **(base | facts)
    )


BOOKED = made(terms=Terms(notice_minutes=24 * 60))
REQUESTED = made(AppointmentRequested, expires_at=NOW + timedelta(hours=48))
AFTERWARDS = replace(STAFF, at=at(12))


def test_a_client_may_cancel_in_good_time():
    appointment = given(Appointment, BOOKED)
    appointment.cancel(CLIENT, is_by_client=True)
    assert then(appointment) == [fact(events.AppointmentCancelled, is_by_client=True)]


def test_a_client_may_not_cancel_after_the_notice_agreed_at_booking():
    appointment = given(Appointment, BOOKED)
    with pytest.raises(NoticeTooShort):
        appointment.cancel(replace(CLIENT, at=at(10) - timedelta(hours=23)), is_by_client=True)


def test_staff_may_cancel_at_the_last_minute():
    appointment = given(Appointment, BOOKED)
    appointment.cancel(replace(STAFF, at=at(9, 59)), is_by_client=False)
    assert appointment.status == "cancelled"


def test_moving_keeps_the_appointment_and_its_terms():
    appointment = given(Appointment, BOOKED)
    appointment.move("Europe/Paris", "2026-11-24T14:00", [segment(14, KARIM)], STAFF)
    assert appointment.id == APPOINTMENT
    assert appointment.segments == [segment(14, KARIM)]
    assert appointment.terms == Terms(notice_minutes=24 * 60)


def test_moving_to_where_it_is_changes_nothing():
    appointment = given(Appointment, BOOKED)
    appointment.move("Europe/Paris", "2026-11-24T10:00", [segment(10)], STAFF)
    assert then(appointment) == []


@pytest.mark.parametrize("ending", ["cancel", "decline", "complete", "miss"])
def test_what_is_over_cannot_be_moved(ending: str):
    appointment = given(Appointment, REQUESTED if ending == "decline" else BOOKED)
    facts = {"is_by_client": False} if ending == "cancel" else {}
    getattr(appointment, ending)(AFTERWARDS, **facts)
    with pytest.raises(AppointmentClosed):
        appointment.move("Europe/Paris", "2026-11-24T14:00", [segment(14)], AFTERWARDS)


def test_a_request_is_approved_once():
    appointment = given(Appointment, REQUESTED)
    appointment.approve(STAFF)
    assert (appointment.status, appointment.expires_at) == ("booked", None)
    with pytest.raises(NotWaiting):
        appointment.approve(STAFF)


def test_an_expired_request_is_not_approved_even_if_nobody_noted_it_yet():
    appointment = given(Appointment, REQUESTED)
    with pytest.raises(RequestExpired):
        appointment.approve(replace(STAFF, at=NOW + timedelta(hours=48)))


def test_a_request_does_not_expire_early():
    with pytest.raises(NotWaiting):
        given(Appointment, REQUESTED).expire(replace(STAFF, at=NOW + timedelta(hours=47, minutes=59)))


def test_moving_a_request_keeps_its_expiry():
    appointment = given(Appointment, REQUESTED)
    appointment.move("Europe/Paris", "2026-11-24T14:00", [segment(14)], STAFF)
    assert appointment.expires_at == REQUESTED.expires_at
    assert appointment.pending[0].claims()[0].expires_at == REQUESTED.expires_at


def test_nobody_is_missed_before_the_start():
    with pytest.raises(NotOver):
        given(Appointment, BOOKED).miss(replace(STAFF, at=at(9, 59)))


def test_what_happened_before_it_was_learned_counts_from_when_it_happened():
    appointment = given(Appointment, BOOKED)
    appointment.miss(replace(STAFF, at=NOW, happened_at=at(10, 15)))
    assert appointment.status == "missed"


def test_a_mistaken_mark_is_taken_back():
    appointment = given(Appointment, BOOKED)
    appointment.miss(AFTERWARDS)
    appointment.reopen(AFTERWARDS)
    assert appointment.status == "booked"


def test_an_edit_names_only_what_changed():
    appointment = given(Appointment, BOOKED)
    appointment.edit(STAFF, price_cents=6000, is_asked_for=False)
    assert then(appointment) == [fact(events.AppointmentEdited, price_cents=6000)]


def test_what_was_decided_once_is_not_decided_again():
    """A rule of today, that nobody is missed before the start, says nothing of what is already in the log."""
    early = AppointmentMissed(originator_id=BOOKED.originator_id, originator_version=2, **STAFF.stamp())
    assert early.at < BOOKED.segments[0].starts_at
    with pytest.raises(NotOver):
        given(Appointment, BOOKED).miss(STAFF)
    assert given(Appointment, BOOKED, early).status == "missed"


def test_cancelling_gives_all_time_back_and_restoring_claims_it_again():
    appointment = given(Appointment, BOOKED)
    appointment.cancel(STAFF, is_by_client=False)
    appointment.restore([segment(10)], STAFF)
    cancelled, restored = appointment.pending
    assert cancelled.claims() == []
    assert [claim.resource_id for claim in restored.claims()] == [CLAIRE]


def test_rules_do_not_run_on_replay():
    late = replace(BOOKED, terms=Terms(notice_minutes=0))
    appointment = given(Appointment, late)
    appointment.cancel(replace(CLIENT, at=at(9, 59)), is_by_client=True)
    stricter = replace(BOOKED, terms=Terms(notice_minutes=24 * 60))
    assert given(Appointment, stricter, *appointment.pending).status == "cancelled"


@pytest.mark.parametrize(
    ("deed", "kind", "facts"),
    [
        ("cancel", events.AppointmentCancelled, {"is_by_client": False}),
        ("decline", events.AppointmentDeclined, {}),
    ],
)
def test_whoever_ends_a_promise_says_whether_the_client_is_to_hear_of_it(deed: str, kind: type, facts: dict[str, Any]):
    appointment = given(Appointment, REQUESTED)
    getattr(appointment, deed)(by=STAFF, tells_client=False, **facts)
    assert then(appointment) == [fact(kind, tells_client=False)]


def test_a_promise_is_moved_and_brought_back_without_a_word_when_that_is_wished():
    appointment = given(Appointment, BOOKED)
    appointment.move("Europe/Paris", "2026-11-24T14:00", [segment(14, KARIM)], STAFF, tells_client=False)
    appointment.cancel(STAFF, is_by_client=False)
    appointment.restore([segment(14, KARIM)], STAFF, tells_client=False)
    assert [facts.get("tells_client", True) for _, facts in then(appointment)] == [False, True, False]
