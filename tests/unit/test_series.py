"""The life of a series, told in events: which occurrences it has, whatever became of their appointments."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from booking.appointment import Appointment
from booking.events import AppointmentBooked, AppointmentEdited, AppointmentMoved, Segment, Use
from booking.series import events
from booking.series.events import Occurrence, SeriesPlanned
from booking.series.series import Series, SeriesEmpty, SeriesExists, occurrence_id
from kernel.errors import NotFound
from tests.story import at, fact, given, somebody, then

HOUSE, SERIES, CLAIRE, SERVICE = (uuid4() for _ in range(4))
STAFF = somebody(HOUSE)
TUESDAY = date(2026, 11, 24)


def week(number: int, shift: int = 0) -> date:
    return TUESDAY + timedelta(weeks=number, days=shift)


def planned(weeks: int = 4, skipped: list[date] | None = None, rule: str = "") -> SeriesPlanned:
    return SeriesPlanned(
        organisation_id=HOUSE,
        originator_id=SERIES,
        originator_version=1,
        **STAFF.stamp(),
        rule=rule or f"FREQ=WEEKLY;BYDAY=TU;COUNT={weeks}",
        zone="Europe/Paris",
        wall_time="10:00",
        services=[],
        occurrences=[Occurrence(week(n), week(n)) for n in range(weeks)],
        skipped=skipped or [],
    )


def names(series: Series) -> list[date]:
    return [each.on for each in series.made]


def moved(series: Series, from_on: date, days: int) -> None:
    series.move(from_on, days, STAFF, wall_time="10:00", services=[])


def test_what_was_skipped_when_it_was_planned_keeps_its_place_and_is_not_made():
    series = given(Series, planned(skipped=[week(1)]))
    assert names(series) == [week(0), week(2), week(3)]


def test_a_series_of_nothing_is_refused():
    with pytest.raises(SeriesEmpty):
        Series(id=SERIES).plan(STAFF, occurrences=[Occurrence(TUESDAY, TUESDAY)], skipped=[TUESDAY])


def test_a_series_is_planned_once():
    with pytest.raises(SeriesExists):
        given(Series, planned()).plan(STAFF, occurrences=[], skipped=[])


def test_an_occurrence_keeps_its_name_when_it_is_moved_by_days():
    series = given(Series, planned())
    moved(series, week(2), 1)
    assert names(series) == [week(0), week(1), week(2), week(3)]
    assert [each.planned_on for each in series.made] == [week(0), week(1), week(2, 1), week(3, 1)]
    assert series.rule == "FREQ=WEEKLY;BYDAY=WE;COUNT=4"


def test_an_occurrence_of_another_name_is_not_of_the_series():
    with pytest.raises(NotFound):
        given(Series, planned()).from_one_on(week(0, 1))


def test_what_is_cancelled_together_leaves_the_series_with_the_empty_places_after_it():
    series = given(Series, planned(6, skipped=[week(1), week(4)]))
    series.cancel([week(3), week(5)], ended=[week(0), week(2)], by=STAFF)
    assert then(series) == [
        fact(
            events.SeriesCancelled,
            rule="FREQ=WEEKLY;BYDAY=TU;COUNT=3",
            cancelled=[str(week(3)), str(week(5))],
            empty=[str(week(4))],
        )
    ]
    assert names(series) == [week(0), week(2)]
    assert series.last_on == week(2)


def test_what_is_brought_back_has_its_rule_again():
    series = given(Series, planned())
    series.cancel([week(2), week(3)], ended=[], by=STAFF)
    series.restore(STAFF)
    assert names(series) == [week(0), week(1), week(2), week(3)]
    assert series.rule == "FREQ=WEEKLY;BYDAY=TU;COUNT=4"
    with pytest.raises(SeriesEmpty):
        series.restore(STAFF)


def test_a_rule_that_ends_on_a_date_ends_on_the_last_one_left():
    series = given(Series, planned(rule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20261218"))
    series.cancel([week(2), week(3)], ended=[], by=STAFF)
    assert series.rule == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261201"


def test_cancelling_nothing_is_refused():
    with pytest.raises(SeriesEmpty):
        given(Series, planned()).cancel([], ended=[], by=STAFF)


def test_what_was_brought_back_by_a_longer_rule_is_not_brought_back_twice():
    series = given(Series, planned())
    series.cancel([week(2), week(3)], ended=[], by=STAFF)
    series.extend("FREQ=WEEKLY;BYDAY=TU;COUNT=3", series.named([week(2)]), [], STAFF)
    assert [each.on for each in series.restorable] == [week(3)]


def test_a_new_occurrence_takes_no_name_of_another():
    series = given(Series, planned(rule="FREQ=WEEKLY;BYDAY=TU;COUNT=4"))
    for _ in range(2):
        moved(series, week(0), -7)
    new = series.named([week(2), week(3)])
    assert len({each.on for each in [*new, *series.occurrences]}) == 6
    assert [each.planned_on for each in new] == [week(2), week(3)]


def test_the_appointment_of_an_occurrence_is_known_before_it_is_made():
    assert occurrence_id(SERIES, TUESDAY) == occurrence_id(UUID(str(SERIES)), date(2026, 11, 24))
    assert occurrence_id(SERIES, TUESDAY) != occurrence_id(SERIES, week(1))


def test_a_series_replayed_is_the_same_series():
    series = given(Series, planned(skipped=[week(1)]))
    moved(series, week(2), 1)
    series.edit(week(2), STAFF, price_cents=4000)
    series.cancel([week(3)], ended=[], by=STAFF)
    series.restore(STAFF)
    series.extend("FREQ=WEEKLY;BYDAY=WE;COUNT=5", series.named([week(4, 1)]), [], STAFF)
    again = given(Series, planned(skipped=[week(1)]), *series.pending)
    series.pending = []
    assert again == series


def segment(hour: int) -> Segment:
    return Segment(SERVICE, at(hour), at(hour + 1), [Use(CLAIRE, is_lead=True)])


def occurrence(**facts: object) -> Appointment:
    base = {"zone": "Europe/Paris", "wall_at": "2026-11-24T10:00", "segments": [segment(10)], "price_cents": 5000}
    base |= {"series_id": SERIES, "occurrence_on": TUESDAY}
    stamps = {"organisation_id": HOUSE, "originator_id": uuid4(), "originator_version": 1} | STAFF.stamp()
    return given(Appointment, AppointmentBooked(**stamps, **base | facts))


def test_an_occurrence_moved_alone_is_an_exception():
    appointment = occurrence()
    appointment.move("Europe/Paris", "2026-11-24T14:00", [segment(14)], STAFF)
    assert (type(appointment.pending[0]), appointment.is_exception) == (AppointmentMoved, True)


def test_an_occurrence_edited_alone_is_an_exception():
    appointment = occurrence()
    appointment.edit(STAFF, price_cents=6000)
    assert then(appointment) == [fact(AppointmentEdited, price_cents=6000, is_exception=True)]


def test_an_edit_that_changes_nothing_makes_no_exception():
    appointment = occurrence()
    appointment.edit(STAFF, price_cents=5000)
    assert then(appointment) == []


def test_an_exception_that_moves_with_its_series_is_none_any_more_even_where_it_stands():
    appointment = occurrence(is_exception=True)
    appointment.move("Europe/Paris", "2026-11-24T10:00", [segment(10)], STAFF, is_exception=False)
    assert not appointment.is_exception


def test_an_appointment_of_no_series_is_no_exception():
    appointment = occurrence(series_id=None, occurrence_on=None)
    appointment.move("Europe/Paris", "2026-11-24T14:00", [segment(14)], STAFF)
    appointment.edit(STAFF, price_cents=6000)
    assert not appointment.is_exception
