"""One action of an appointment taken back, whatever it was: the facts that say so, and what is refused."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from agenda.wanted import Wanted
from booking import commands
from booking.appointment import NotWaiting
from booking.queries import appointment
from booking.rewriting import rewrite_appointment
from booking.rules import TimeNotFree
from booking.taking_back import ActionOvertaken, take_back
from kernel.errors import NotFound
from kernel.rights import Forbidden, Rights
from tests.story import NOW, House, at


def status(house: House, id: UUID) -> str:
    return appointment(house.store, house.id, id).appointment.status


def starts_at(house: House, id: UUID) -> object:
    return appointment(house.store, house.id, id).appointment.starts_at


def back(house: House, id: UUID, version: int, **facts: object) -> None:
    take_back(house.store, id, version, by=house.by(at=at(12)), **facts)


def names(house: House, id: UUID) -> list[str]:
    return [name for (name,) in house.rows("SELECT name FROM events WHERE stream_id = %s ORDER BY version", id)]


def test_a_move_goes_back_to_its_time_its_people_and_its_length(house: House):
    id = house.book(at(9))
    wanted = [Wanted(house.massage, (house.karim,), 30)]
    commands.move_appointment(house.store, id, at(15), wanted=wanted, by=house.by())
    back(house, id, 2)
    now = appointment(house.store, house.id, id).appointment
    assert (now.starts_at, now.segments[0].ends_at) == (at(9), at(10))
    assert [use.resource_id for use in now.segments[0].uses] == [house.claire]


def test_a_move_gives_back_its_price_unless_another_was_said_since(house: House):
    house.add_service(long := uuid4(), "Soin long", 90)
    for said in (None, 4000):
        id = house.book(at(9), resource=house.karim, price_cents=3000)
        commands.move_appointment(house.store, id, at(15), wanted=[Wanted(long, (house.karim,))], by=house.by())
        if said:
            commands.edit_appointment(house.store, id, price_cents=said, by=house.by())
        assert appointment(house.store, house.id, id).appointment.price_cents == (said or 5000)
        back(house, id, 2)
        assert appointment(house.store, house.id, id).appointment.price_cents == (said or 3000)
        commands.cancel_appointment(house.store, id, is_by_client=False, by=house.by())


def test_what_one_command_did_goes_back_as_a_whole(house: House):
    house.add_service(long := uuid4(), "Soin long", 90)
    id = house.book(at(9), price_cents=3000, note="Avant")
    facts = {"words": {"note": "Après"}, "client_id": None, "price_cents": None, "is_asked_for": True}
    wanted = [Wanted(long, (house.karim,))]
    rewrite_appointment(house.store, id, at(15), wanted=wanted, **facts, by=house.by())
    assert names(house, id) == ["AppointmentBooked", "AppointmentMoved", "AppointmentEdited"]
    back(house, id, 3, is_whole=True)
    now = appointment(house.store, house.id, id)
    assert (now.words["note"], now.appointment.price_cents, now.appointment.starts_at) == ("Avant", 3000, at(9))
    assert [each.service_id for each in now.appointment.segments] == [house.massage]
    back(house, id, 5, is_whole=True)
    now = appointment(house.store, house.id, id)
    assert (now.words["note"], now.appointment.price_cents, now.appointment.starts_at) == ("Après", 5000, at(15))


def test_what_is_left_of_one_command_is_taken_back_alone(house: House):
    id = house.book(at(9), note="Avant")
    facts = {"words": {"note": "Après"}, "client_id": None, "price_cents": None, "is_asked_for": False}
    rewrite_appointment(house.store, id, at(15), **facts, by=house.by())
    back(house, id, 3)
    now = appointment(house.store, house.id, id)
    assert (now.words["note"], now.appointment.starts_at) == ("Avant", at(15))


def test_an_old_move_goes_back_to_where_it_was_then(house: House):
    id = house.book(at(9))
    for hour in (10, 11):
        commands.move_appointment(house.store, id, at(hour), by=house.by())
    back(house, id, 3)
    assert starts_at(house, id) == at(10)
    back(house, id, 2)
    assert starts_at(house, id) == at(9)


def test_a_time_that_went_to_somebody_else_is_not_taken_back(house: House):
    id = house.book(at(9))
    commands.move_appointment(house.store, id, at(15), by=house.by())
    house.book(at(9))
    with pytest.raises(TimeNotFree):
        back(house, id, 2)
    assert starts_at(house, id) == at(15)


def test_an_edit_gives_back_what_it_changed_and_nothing_else(house: House):
    client = house.client()
    id = house.book(at(9), client_id=client, note="Avant")
    commands.edit_appointment(house.store, id, words={"note": "Après"}, price_cents=7000, by=house.by())
    commands.edit_appointment(house.store, id, is_asked_for=True, by=house.by())
    back(house, id, 2)
    now = appointment(house.store, house.id, id)
    assert (now.words["note"], now.appointment.price_cents, now.appointment.is_asked_for) == ("Avant", 5000, True)


@pytest.mark.parametrize("deed", [commands.mark_arrived, commands.mark_completed, commands.mark_missed])
def test_what_was_noted_by_mistake_is_confirmed_again(house: House, deed: object):
    id = house.book(at(9))
    deed(house.store, id, by=house.by(at=at(10)))
    back(house, id, 2)
    assert status(house, id) == "booked"


def test_done_taken_back_is_arrived_again(house: House):
    id = house.book(at(9))
    commands.mark_arrived(house.store, id, by=house.by(at=at(9)))
    commands.mark_completed(house.store, id, by=house.by(at=at(10)))
    back(house, id, 3)
    assert status(house, id) == "arrived"


def test_a_reopening_taken_back_is_missed_again(house: House):
    id = house.book(at(9))
    commands.mark_missed(house.store, id, by=house.by(at=at(10)))
    commands.reopen_appointment(house.store, id, by=house.by(at=at(10)))
    back(house, id, 3)
    assert status(house, id) == "missed"


def test_an_approval_taken_back_waits_for_the_house_again_until_it_expires(house: House):
    id = house.book(at(9, days=3), status="requested")
    commands.approve_appointment(house.store, id, by=house.by())
    take_back(house.store, id, 2, by=house.by())
    assert names(house, id)[-1] == "ApprovalWithdrawn"
    assert status(house, id) == "requested"
    with pytest.raises(TimeNotFree):
        house.book(at(9, days=3))
    house.read_on()
    keys = [key for (key,) in house.rows("SELECT key FROM jobs WHERE key LIKE 'end_request/%%' ORDER BY key")]
    assert keys == [f"end_request/{id}", f"end_request/{id}/3"]
    # The first end was for the time before it was approved: at its moment there is nothing to end.
    with pytest.raises(NotWaiting):
        commands.expire_appointment(house.store, id, by=house.by(at=NOW + timedelta(hours=1)))


def test_a_confirmation_taken_back_waits_for_the_client_again(house: House):
    id = house.book(at(9, days=3), status="proposed")
    commands.confirm_appointment(house.store, id, by=house.by())
    take_back(house.store, id, 2, by=house.by())
    assert status(house, id) == "proposed"


def test_a_request_that_was_declined_is_a_request_again_and_not_a_promise(house: House):
    id = house.book(at(9, days=3), status="requested")
    commands.decline_appointment(house.store, id, by=house.by())
    take_back(house.store, id, 2, by=house.by())
    assert names(house, id)[-2:] == ["AppointmentRestored", "ApprovalWithdrawn"]
    assert status(house, id) == "requested"


def test_a_decline_an_approval_and_their_taking_back_are_taken_back_in_turn(house: House):
    for deed, after in ((commands.decline_appointment, "declined"), (commands.approve_appointment, "booked")):
        id = house.book(at(9, days=3), status="requested")
        deed(house.store, id, by=house.by())
        for expected in ("requested", after, "requested"):
            take_back(house.store, id, len(names(house, id)), is_whole=True, by=house.by())
            assert status(house, id) == expected
        commands.decline_appointment(house.store, id, by=house.by())


def test_whoever_may_not_approve_does_not_do_so_by_taking_back(house: House):
    id = house.book(at(9, days=3), status="requested")
    commands.approve_appointment(house.store, id, by=house.by())
    take_back(house.store, id, 2, by=house.by())
    writer = house.by(may=Rights({"agenda.write": None}))
    with pytest.raises(Forbidden):
        take_back(house.store, id, 3, by=writer)
    assert status(house, id) == "requested"
    asked = house.book(at(14, days=3), status="requested")
    with pytest.raises(Forbidden):
        take_back(house.store, asked, 1, by=writer)
    assert status(house, asked) == "requested"


def test_who_had_arrived_and_was_cancelled_has_arrived_again(house: House):
    id = house.book(at(9))
    commands.mark_arrived(house.store, id, by=house.by(at=at(9)))
    commands.cancel_appointment(house.store, id, by=house.by(at=at(9)))
    back(house, id, 3)
    assert status(house, id) == "arrived"


def test_a_cancelling_and_a_restoring_are_taken_back_in_turn(house: House):
    id = house.book(at(9))
    commands.cancel_appointment(house.store, id, by=house.by())
    back(house, id, 2)
    assert status(house, id) == "booked"
    back(house, id, 3)
    assert status(house, id) == "cancelled"


def test_what_was_settled_otherwise_since_is_not_taken_back_from_under_it(house: House):
    id = house.book(at(9))
    commands.mark_arrived(house.store, id, by=house.by(at=at(9)))
    commands.mark_missed(house.store, id, by=house.by(at=at(10)))
    with pytest.raises(ActionOvertaken):
        back(house, id, 2)
    assert status(house, id) == "missed"


@pytest.mark.parametrize("version", [0, 3, 99])
def test_an_action_that_there_was_not_is_not_found(house: House, version: int):
    with pytest.raises(NotFound):
        back(house, house.book(at(9)), version)


def test_an_appointment_is_rewritten_whole_or_not_at_all(house: House):
    id, client = house.book(at(9), note="Avant"), house.client()
    house.book(at(14))
    facts = {"words": {"note": "Après"}, "client_id": client, "price_cents": None, "is_asked_for": False}
    with pytest.raises(TimeNotFree):
        rewrite_appointment(house.store, id, at(14), **facts, by=house.by())
    assert appointment(house.store, house.id, id).words["note"] == "Avant"
    rewrite_appointment(house.store, id, at(15), **facts, by=house.by())
    now = appointment(house.store, house.id, id)
    assert (now.words["note"], now.appointment.client_id, now.appointment.starts_at) == ("Après", client, at(15))


def test_a_withdrawn_approval_ends_by_itself(house: House):
    id = house.book(at(9, days=9), status="requested")
    commands.approve_appointment(house.store, id, by=house.by())
    take_back(house.store, id, 2, by=house.by())
    later = house.by(at=NOW + timedelta(days=4))
    commands.expire_appointment(house.store, id, by=later)
    assert status(house, id) == "expired"
