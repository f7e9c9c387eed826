"""What a gesture on the agenda wants of an appointment."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from agenda.wanted import Wanted
from booking.events import Segment, Use
from web.desk.gestures import Gesture, wanted_after

MASSAGE, CARE = uuid4(), uuid4()
CLAIRE, KARIM, LEA, ROOM, ATTIC, TABLE = (uuid4() for _ in range(6))
KINDS = dict.fromkeys((CLAIRE, KARIM, LEA), "practitioner") | {ROOM: "room", ATTIC: "room", TABLE: "machine"}
USUAL = {MASSAGE: 60, CARE: 30}
NINE = datetime(2026, 11, 24, 8, tzinfo=UTC)


def segment(service: UUID, *ids: UUID, minutes: int = 60) -> Segment:
    return Segment(service, NINE, NINE + timedelta(minutes=minutes), [Use(id) for id in ids])


def after(gesture: Gesture, *segments: Segment) -> list[Wanted]:
    return wanted_after(list(segments), gesture, KINDS, USUAL)


def test_without_a_gesture_everything_stays_as_it_is():
    assert after(Gesture(), segment(MASSAGE, CLAIRE, ROOM)) == [Wanted(MASSAGE, (CLAIRE, ROOM), 60, True)]


def test_somebody_else_takes_over_and_a_room_is_found_again():
    assert after(Gesture(KARIM, CLAIRE), segment(MASSAGE, CLAIRE, ROOM)) == [Wanted(MASSAGE, (KARIM,), None)]


def test_a_length_that_was_agreed_goes_along():
    agreed = segment(MASSAGE, CLAIRE, minutes=75)
    assert after(Gesture(KARIM, CLAIRE), agreed) == [Wanted(MASSAGE, (KARIM,), 75)]


def test_of_two_people_only_the_one_who_was_moved_changes():
    assert after(Gesture(KARIM, LEA), segment(MASSAGE, CLAIRE, LEA)) == [Wanted(MASSAGE, (CLAIRE, KARIM), None)]


def test_another_room_changes_nobody():
    moved = after(Gesture(ATTIC, ROOM), segment(MASSAGE, CLAIRE, ROOM, TABLE))
    assert moved == [Wanted(MASSAGE, (CLAIRE, ATTIC, TABLE), 60, True)]


def test_a_room_is_added_where_there_was_none():
    assert after(Gesture(ATTIC, CLAIRE), segment(MASSAGE, CLAIRE)) == [Wanted(MASSAGE, (CLAIRE, ATTIC), 60, True)]


def test_a_card_dragged_from_a_room_to_a_person_is_given_by_that_person():
    assert after(Gesture(KARIM, ROOM), segment(MASSAGE, CLAIRE, ROOM)) == [Wanted(MASSAGE, (KARIM,), None)]


def test_a_service_that_somebody_else_gives_is_left_alone():
    wanted = after(Gesture(KARIM, CLAIRE), segment(MASSAGE, CLAIRE), segment(CARE, LEA, minutes=30))
    assert wanted == [Wanted(MASSAGE, (KARIM,), None), Wanted(CARE, (LEA,), 30, True)]


def test_only_the_part_that_was_stretched_lasts_longer():
    wanted = after(Gesture(part=1, minutes=45), segment(MASSAGE, CLAIRE), segment(CARE, CLAIRE, minutes=30))
    assert [each.duration_minutes for each in wanted] == [60, 45]
