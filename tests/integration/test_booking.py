"""Booking in a real database: the same engine that shows a slot commits it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from agenda.commands import add_resource, change_resource, plan_absence, set_booking_terms
from agenda.events import ServiceNeed
from agenda.queries import find_slots, first_slot, free_days
from agenda.wanted import Wanted
from booking.allocation import TimeNotWhole
from booking.appointment import NoticeTooShort
from booking.commands import (
    approve_appointment,
    book_appointment,
    cancel_appointment,
    confirm_appointment,
    expire_appointment,
    hold_time,
    move_appointment,
    release_hold,
    restore_appointment,
)
from booking.hold import HoldOver
from booking.rules import (
    BeyondHorizon,
    BufferTooShort,
    DayFull,
    LeadTooShort,
    NotOnGrid,
    OutsideHours,
    OverrideNotAllowed,
    ReasonMissing,
    ResourceAbsent,
)
from kernel.errors import KeyUsedDifferently, NotFound, TimeNotFree, VersionChanged
from projections import desk, history
from tests.story import NOW, House, at


def claims(house: House, id: UUID) -> list[tuple]:
    return house.rows(
        "SELECT resource_id, seat, starts_at, ends_at FROM claims WHERE stream_id = %s ORDER BY 1, 2, 3", id
    )


def test_the_same_time_is_not_given_twice(house: House):
    first = house.book(at(10))
    with pytest.raises(TimeNotFree) as refused:
        house.book(at(10, 30))
    assert refused.value.facts["taken_by"] == str(first)
    assert house.rows("SELECT count(*) FROM claims") == [(1,)]


def test_touching_appointments_are_both_right(house: House):
    house.book(at(10))
    house.book(at(11))
    house.book(at(9))


def test_all_resources_or_none(house: House):
    house.book(at(10), house.check_up)
    with pytest.raises(TimeNotFree):
        house.book(at(10), house.check_up, house.karim)
    assert house.rows("SELECT count(DISTINCT stream_id), count(*) FROM claims") == [(1, 2)]


def test_several_services_in_a_row_each_with_their_own_people(house: House):
    id = uuid4()
    wanted = [Wanted(house.check_up, (house.claire,)), Wanted(house.massage, (house.karim,))]
    book_appointment(house.store, id, None, at(9, 30), wanted, by=house.by())
    spans = {(resource, start, end) for resource, _, start, end in claims(house, id)}
    assert spans == {
        (house.claire, at(9, 30), at(10)),
        (house.room, at(9, 30), at(10)),
        (house.karim, at(10), at(11)),
    }


def test_a_class_of_three_takes_three_and_refuses_the_fourth(house: House):
    for _ in range(3):
        house.book(at(10), house.class_of_three)
    with pytest.raises(TimeNotFree):
        house.book(at(10), house.class_of_three)
    assert house.rows("SELECT array_agg(seat ORDER BY seat) FROM claims") == [([1, 2, 3],)]


def test_seats_are_changed_under_way_rather_than_refusing_a_bookable_time(house: House):
    duo = house.add_service(uuid4(), "Duo", 60, capacity=2)
    house.book(at(9), duo)
    spare = house.book(at(9), duo)
    house.book(at(10), duo)
    cancel_appointment(house.store, spare, by=house.by())
    # Seat 1 is taken from 9 to 10 and from 10 to 11; move one to seat 2 by making the first seat free only at the end.
    id = house.book(at(9, 30), duo)
    assert {seat for _, seat, _, _ in claims(house, id)} == {2}


def test_an_appointment_alone_and_a_class_do_not_mix(house: House):
    house.book(at(10), house.class_of_three)
    with pytest.raises(TimeNotFree):
        house.book(at(10), house.massage)
    house.book(at(14), house.massage)
    with pytest.raises(TimeNotFree):
        house.book(at(14), house.class_of_three)


def test_buffers_hold_at_commit_whoever_asks(house: House):
    care = house.add_service(uuid4(), "Soin", 30, before_minutes=10, after_minutes=15)
    house.book(at(10), care)
    for minute in (9, 16), (10, 44):
        with pytest.raises(BufferTooShort):
            house.book(at(*minute), care)
    house.book(at(10, 45), care)


def test_a_neighbour_keeps_its_buffers_from_those_who_have_none(house: House):
    care = house.add_service(uuid4(), "Soin", 30, after_minutes=15)
    house.book(at(10), care)
    with pytest.raises(BufferTooShort):
        house.book(at(10, 44))
    house.book(at(10, 45))


@pytest.mark.parametrize("hour", [8, 12, 18])
def test_closed_hours_are_refused(house: House, hour: int):
    with pytest.raises(OutsideHours):
        house.book(at(hour))


def test_absence_is_refused(house: House):
    plan_absence(house.store, uuid4(), house.claire, at(10), at(11), reason="Formation", by=house.by())
    with pytest.raises(ResourceAbsent):
        house.book(at(10, 30))


def test_the_daily_maximum_holds(house: House):
    change_resource(house.store, house.claire, max_per_day=2, by=house.by())
    house.book(at(9))
    house.book(at(10))
    with pytest.raises(DayFull):
        house.book(at(14))
    house.book(at(14, days=1))


def test_staff_overbook_only_with_the_rule_named_and_a_reason(house: House):
    house.book(at(10))
    with pytest.raises(ReasonMissing):
        house.book(at(10), override=["taken"])
    id = house.book(at(10), override=["taken"], reason="Urgence")
    assert [seat for _, seat, _, _ in claims(house, id)] == [2]
    house.read_on()
    line = history.of(house.store, house.id, id)[0]
    assert (line.override, line.reason) == (["taken"], "Urgence")


def test_a_rule_that_was_not_in_the_way_is_not_noted_as_set_aside(house: House):
    id = house.book(at(10), override=["taken"], reason="Au cas où")
    house.read_on()
    assert history.of(house.store, house.id, id)[0].override == []


def test_one_rule_set_aside_leaves_the_others_standing(house: House):
    plan_absence(house.store, uuid4(), house.claire, at(8), at(9), by=house.by())
    with pytest.raises(ResourceAbsent):
        house.book(at(8), override=["outside_hours"], reason="Exceptionnel")
    house.book(at(8), override=["outside_hours", "absent"], reason="Exceptionnel")


def test_clients_set_no_rule_aside(house: House):
    with pytest.raises(OverrideNotAllowed):
        house.book(at(8), override=["outside_hours"], reason="Moi", by=house.by(actor="client/1", origin="public"))


def test_clients_book_on_the_grid_between_lead_time_and_horizon(house: House):
    set_booking_terms(house.store, lead_minutes=60, horizon_days=10, by=house.by())
    asked = {"actor": "client/1", "origin": "public"}
    with pytest.raises(NotOnGrid):
        house.book(at(9, 10), by=house.by(**asked))
    with pytest.raises(LeadTooShort):
        house.book(at(10), by=house.by(**asked, at=at(9, 1)))
    with pytest.raises(BeyondHorizon):
        house.book(at(10), by=house.by(**asked, at=at(10, days=-20)))
    house.book(at(10), by=house.by(**asked, at=at(9)))


def test_moving_keeps_the_identifier_and_frees_the_old_time(house: House):
    id = house.book(at(10))
    move_appointment(house.store, id, at(15), wanted=[Wanted(house.massage, (house.karim,))], by=house.by())
    assert claims(house, id) == [(house.karim, 1, at(15), at(16))]
    house.book(at(10))


def test_an_appointment_may_move_over_itself(house: House):
    id = house.book(at(10))
    move_appointment(house.store, id, at(10, 30), by=house.by())
    assert claims(house, id)[0][2:] == (at(10, 30), at(11, 30))


def test_a_refused_move_changes_nothing(house: House):
    id = house.book(at(10))
    house.book(at(15))
    before = claims(house, id)
    with pytest.raises(TimeNotFree):
        move_appointment(house.store, id, at(15), by=house.by())
    assert claims(house, id) == before


def test_two_who_move_the_same_version_do_not_overwrite_each_other(house: House):
    id = house.book(at(10))
    move_appointment(house.store, id, at(14), by=house.by().expecting(id, 1))
    with pytest.raises(VersionChanged):
        move_appointment(house.store, id, at(16), by=house.by().expecting(id, 1))


def test_cancelled_time_is_free_and_comes_back_only_if_still_free(house: House):
    id = house.book(at(10))
    cancel_appointment(house.store, id, reason="Malade", by=house.by())
    restore_appointment(house.store, id, by=house.by())
    cancel_appointment(house.store, id, by=house.by())
    house.book(at(10))
    with pytest.raises(TimeNotFree):
        restore_appointment(house.store, id, by=house.by())


def test_a_request_holds_its_time_until_it_expires(house: House):
    id = house.book(at(10), status="requested")
    with pytest.raises(TimeNotFree):
        house.book(at(10))
    later = house.by(at=NOW + timedelta(hours=49))
    other = house.book(at(10), by=later)
    expire_appointment(house.store, id, by=later)
    house.read_on()
    assert desk.appointment(house.store, house.id, id).status == "expired"
    assert claims(house, other)


def test_a_proposal_waits_for_the_client_and_holds_its_time(house: House):
    client = house.client()
    id = house.book(at(10), status="proposed", client_id=client)
    with pytest.raises(TimeNotFree):
        house.book(at(10))
    confirm_appointment(house.store, id, by=house.by(actor=f"client/{client}", origin="public"))
    card = desk.appointment(house.store, house.id, id)
    assert (card.status, card.expires_at) == ("booked", None)
    assert house.rows("SELECT expires_at FROM claims WHERE stream_id = %s", id) == [(None,)]


def test_two_requests_are_not_both_approved_on_one_slot(house: House):
    id = house.book(at(10), status="requested")
    with pytest.raises(TimeNotFree):
        house.book(at(10), status="requested")
    approve_appointment(house.store, id, by=house.by())
    assert house.rows("SELECT expires_at FROM claims WHERE stream_id = %s", id) == [(None,)]


def test_a_hold_keeps_time_and_becomes_the_appointment(house: House):
    hold, wanted = uuid4(), [Wanted(house.massage, (house.claire,))]
    hold_time(house.store, hold, at(10), wanted, by=house.by(actor="client/1", origin="public"))
    with pytest.raises(TimeNotFree):
        house.book(at(10))
    house.book(at(10), hold_id=hold)
    assert claims(house, hold) == []
    with pytest.raises(HoldOver):
        release_hold(house.store, hold, by=house.by())


def test_an_expired_hold_is_no_hold(house: House):
    hold, wanted = uuid4(), [Wanted(house.massage, (house.claire,))]
    hold_time(house.store, hold, at(10), wanted, by=house.by())
    late = house.by(at=NOW + timedelta(minutes=11))
    house.book(at(10), by=late)
    with pytest.raises(HoldOver):
        house.book(at(14), hold_id=hold, by=late)


def test_the_same_key_twice_is_one_booking(house: House):
    id, by = uuid4(), replace(house.by(), key="form-1")
    wanted = [Wanted(house.massage, (house.claire,))]
    once = book_appointment(house.store, id, None, at(10), wanted, by=by)
    again = book_appointment(house.store, id, None, at(10), wanted, by=by)
    assert once == again
    assert house.rows("SELECT count(*) FROM events WHERE stream_id = %s", id) == [(1,)]


def test_the_same_key_with_another_body_is_refused(house: House):
    by, wanted = replace(house.by(), key="form-2"), [Wanted(house.massage, (house.claire,))]
    book_appointment(house.store, uuid4(), None, at(10), wanted, by=by)
    with pytest.raises(KeyUsedDifferently):
        book_appointment(house.store, uuid4(), None, at(14), wanted, by=by)


def test_a_refused_key_may_be_sent_again(house: House):
    blocking = house.book(at(10))
    by, id = replace(house.by(), key="form-3"), uuid4()
    with pytest.raises(TimeNotFree):
        house.book(at(10), id=id, by=by)
    cancel_appointment(house.store, blocking, by=house.by())
    house.book(at(10), id=id, by=by)


def test_terms_are_copied_at_booking_and_stay(house: House):
    set_booking_terms(house.store, notice_minutes=60, by=house.by())
    client = house.client()
    id = house.book(at(10), client_id=client)
    set_booking_terms(house.store, notice_minutes=48 * 60, by=house.by())
    assert desk.appointment(house.store, house.id, id).terms.notice_minutes == 60
    as_client = house.by(actor=f"client/{client}", origin="public", at=at(8, 59))
    cancel_appointment(house.store, id, is_by_client=True, by=as_client)
    later = house.book(at(10), client_id=client)
    with pytest.raises(NoticeTooShort):
        cancel_appointment(house.store, later, is_by_client=True, by=replace(as_client, at=at(8, 59)))


def test_another_organisation_sees_nothing_and_takes_nothing(house: House, store):
    id = house.book(at(10))
    stranger = House(store)
    with pytest.raises(NotFound):
        cancel_appointment(store, id, by=stranger.by())
    with pytest.raises(NotFound):
        stranger.book(at(10), stranger.massage, house.claire)
    assert desk.appointment(store, stranger.id, id) is None


def test_seconds_are_refused(house: House):
    with pytest.raises(TimeNotWhole):
        house.book(at(10) + timedelta(seconds=1))


def test_every_offered_slot_commits(house: House):
    house.book(at(10))
    house.book(at(14, 30), house.check_up, house.karim)
    wanted = [Wanted(house.check_up), Wanted(house.massage)]
    by = house.by(actor="client/1", origin="public")
    slots = find_slots(house.store, house.id, wanted, at(0).date(), at(0, days=2).date(), NOW, for_staff=False)
    assert slots
    for slot in slots:
        id = uuid4()
        book_appointment(house.store, id, None, slot.starts_at, wanted, by=by)
        cancel_appointment(house.store, id, by=house.by())


def test_what_is_not_offered_does_not_commit(house: House):
    house.book(at(10, 30))
    wanted = [Wanted(house.massage, (house.claire,))]
    day = at(12).date()
    offered = {slot.starts_at for slot in find_slots(house.store, house.id, wanted, day, day, NOW, for_staff=False)}
    client = house.by(actor="client/1", origin="public")
    for minutes in range(8 * 60, 19 * 60, 15):
        start = at(0) + timedelta(minutes=minutes)
        if start in offered:
            cancel_appointment(house.store, house.book(start, by=client), by=house.by())
        else:
            with pytest.raises((TimeNotFree, OutsideHours, NotOnGrid)):
                house.book(start, by=client)


def test_first_available_and_the_month_at_a_glance(house: House):
    wanted = [Wanted(house.massage, (house.claire,))]
    for hour in (9, 10, 11, 14, 15, 16, 17):
        house.book(at(hour))
    slot = first_slot(house.store, house.id, wanted, at(8), NOW, for_staff=False)
    assert slot.starts_at == at(9, days=1)
    days = free_days(house.store, house.id, wanted, at(12).date(), at(12, days=1).date(), NOW, for_staff=False)
    assert days == {at(12, days=1).date(): 7}


def test_what_takes_only_the_named_people_leaves_the_room_to_others(house: House):
    id, wanted = uuid4(), [Wanted(house.check_up, (house.claire,), takes_only_these=True)]
    book_appointment(house.store, id, None, at(10), wanted, by=house.by())
    assert [resource for resource, *_ in claims(house, id)] == [house.claire]
    house.book(at(10), house.check_up, house.karim)
    move_appointment(house.store, id, at(14), by=house.by())
    assert [resource for resource, *_ in claims(house, id)] == [house.claire]


def test_a_room_of_two_serves_two_practitioners(house: House):
    pool, swim = uuid4(), uuid4()
    add_resource(house.store, pool, kind="room", name="Bassin", has_hours=False, capacity=2, by=house.by())
    needs = [ServiceNeed("practitioner"), ServiceNeed("room", resource_ids=[pool])]
    house.add_service(swim, "Balnéo", 30, needs=needs)
    house.book(at(10), swim, house.claire)
    house.book(at(10), swim, house.karim)
    third = house.add_practitioner(uuid4(), "Léa Fontaine")
    with pytest.raises(TimeNotFree):
        house.book(at(10), swim, third)
