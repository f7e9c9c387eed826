"""Series in a real database: what the preview shows is what is kept, all of it or nothing."""

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from agenda.commands import change_resource, close_dates, plan_absence
from agenda.wanted import Wanted
from booking.commands import (
    cancel_appointment,
    edit_appointment,
    mark_arrived,
    mark_completed,
    move_appointment,
    restore_appointment,
)
from booking.rules import OverrideNotAllowed, ReasonMissing
from booking.series.changes import Movement
from booking.series.commands import cancel_series, edit_series, end_series, move_series, plan_series, restore_series
from booking.series.queries import Preview, preview_cancel, preview_end, preview_move, preview_restore, preview_series
from booking.series.queries import series as series_of
from booking.series.rule import Rule
from booking.series.series import SeriesEmpty, SeriesExists, occurrence_id
from booking.series.settling import OccurrencesNotFree
from booking.series.wishes import Choice
from kernel.check import check
from kernel.errors import KeyUsedDifferently, NotFound, VersionChanged
from projections import agenda, desk, history, visits
from projections import series as series_view
from tests.story import NOW, PARIS, House, at

TUESDAY = date(2026, 11, 24)
WEEKLY = Rule(unit="week", count=4)


def week(number: int, days: int = 0) -> date:
    return TUESDAY + timedelta(weeks=number, days=days)


def wanted(house: House, service: UUID | None = None, *resources: UUID) -> list[Wanted]:
    return [Wanted(service or house.massage, resources or (house.claire,))]


def plan(house: House, rule: Rule = WEEKLY, wall_time: str = "10:00", **facts: Any) -> UUID:
    id = facts.pop("id", None) or uuid4()
    first_on, by = facts.pop("first_on", TUESDAY), facts.pop("by", None) or house.by()
    asked = facts.pop("wanted", None) or wanted(house)
    plan_series(house.store, id, facts.pop("client_id", None), first_on, wall_time, rule, asked, **facts, by=by)
    return id


def preview(house: House, rule: Rule = WEEKLY, wall_time: str = "10:00", **facts: Any) -> Preview:
    asked = facts.pop("wanted", None) or wanted(house)
    first_on = facts.pop("first_on", TUESDAY)
    return preview_series(house.store, house.id, uuid4(), first_on, wall_time, rule, asked, NOW, **facts)


def standing(house: House, series_id: UUID) -> dict[date, datetime]:
    """The start of each occurrence that still holds its time, by its name, as the ledger and the view have it."""
    house.read_on()
    query = """
        SELECT DISTINCT o.occurrence_on, c.starts_at, o.starts_at
        FROM view_occurrences o JOIN claims c ON c.stream_id = o.appointment_id WHERE o.series_id = %s ORDER BY 1, 2"""
    rows = house.rows(query, series_id)
    assert all(claimed == seen for _, claimed, seen in rows)
    return {on: start for on, start, _ in rows}


def of(series_id: UUID, on: date) -> UUID:
    return occurrence_id(series_id, on)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements sent to the database from now on."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def counting(self: Any, query: Any, *args: Any, **facts: Any) -> Any:
        sent.append(str(query))
        return execute(self, query, *args, **facts)

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)
    return sent


# What is planned


def test_every_occurrence_is_an_appointment_that_names_its_series_and_its_date(house: House):
    client = house.client()
    id = plan(house, client_id=client, note="Avec bébé", price_cents=4000)
    assert standing(house, id) == {week(n): at(10, days=7 * n) for n in range(4)}
    read = desk.appointment(house.store, house.id, of(id, week(3)))
    assert (read.client.id, read.note, read.price_cents, read.status) == (client, "Avec bébé", 4000, "booked")
    lived = history.of(house.store, house.id, of(id, week(3)))
    assert [line.name for line in lived] == ["AppointmentBooked"]


def test_all_of_it_is_one_action_of_one_command(house: House):
    plan(house, by=(by := house.by()))
    query = "SELECT name, count(*) FROM events WHERE state::json->>'command' = %s GROUP BY 1 ORDER BY 1"
    assert house.rows(query, str(by.command_id)) == [("AppointmentBooked", 4), ("SeriesPlanned", 1)]


def test_nine_stays_nine_across_summer_time(house: House):
    id = plan(house, Rule(unit="week", count=20), "09:00", first_on=date(2027, 3, 2))
    walls = {start.astimezone(PARIS).hour for start in standing(house, id).values()}
    offsets = {start.hour for start in standing(house, id).values()}
    assert (walls, offsets) == ({9}, {7, 8})


def test_a_conflict_at_the_fortieth_occurrence_is_found_before_and_refuses_all(house: House):
    rule = Rule(unit="week", count=60)
    blocking = house.book(at(10, days=7 * 39))
    seen = preview(house, rule)
    assert [each.number for each in seen.occurrences if each.refusal] == [40]
    assert (seen.fitting, seen.clashing) == (59, 1)
    with pytest.raises(OccurrencesNotFree) as refused:
        plan(house, rule)
    (told,) = refused.value.facts["occurrences"]
    assert (told["on"], told["refusal"], told["taken_by"]) == (str(week(39)), "TimeNotFree", str(blocking))
    assert house.rows("SELECT count(*) FROM claims") == [(1,)]
    assert house.rows("SELECT count(*) FROM events WHERE name LIKE 'Series%%'") == [(0,)]


def test_what_was_taken_since_the_preview_refuses_all_and_is_named(house: House):
    assert preview(house).clashing == 0
    house.book(at(10, days=14))
    with pytest.raises(OccurrencesNotFree) as refused:
        plan(house)
    assert [each["on"] for each in refused.value.facts["occurrences"]] == [str(week(2))]
    assert house.rows("SELECT count(*) FROM claims") == [(1,)]


def test_each_conflict_says_its_reason_the_next_free_time_and_who_else_is_free(house: House):
    house.book(at(10))
    plan_absence(house.store, uuid4(), house.claire, at(9, days=7), at(18, days=7), by=house.by())
    close_dates(house.store, house.place_id, {week(2): "Fermé"}, by=house.by())
    taken, away, closed, fits = preview(house).occurrences
    assert (type(taken.refusal).__name__, taken.next_at, taken.people) == ("TimeNotFree", at(11), [house.karim])
    assert (type(away.refusal).__name__, away.next_at, away.people) == ("ResourceAbsent", at(9, days=8), [house.karim])
    assert (type(closed.refusal).__name__, closed.people) == ("PlaceClosed", [])
    assert closed.rules == ["outside_hours"]
    assert fits.fits


def test_the_next_free_time_is_looked_for_before_when_the_rest_of_the_day_is_taken(house: House):
    for hour in (11, 14, 15, 16, 17):
        house.book(at(hour))
    (first, *_) = preview(house, wall_time="17:00").occurrences
    assert first.next_at == at(10)


def test_a_full_day_a_buffer_and_the_night_are_told_like_anywhere(house: House):
    change_resource(house.store, house.claire, max_per_day=1, by=house.by())
    house.book(at(14))
    care = house.add_service(uuid4(), "Soin", 30, after_minutes=15)
    house.book(at(10), care, house.karim)
    by_karim = wanted(house, None, house.karim)
    assert type(preview(house).occurrences[0].refusal).__name__ == "DayFull"
    assert type(preview(house, wall_time="10:40", wanted=by_karim).occurrences[0].refusal).__name__ == "BufferTooShort"
    assert type(preview(house, wall_time="20:00").occurrences[0].refusal).__name__ == "OutsideHours"


def test_the_daily_maximum_counts_the_occurrences_of_the_same_series(house: House):
    change_resource(house.store, house.claire, max_per_day=1, by=house.by())
    choices = {week(1): Choice(starts_at=at(15))}
    assert type(preview(house, choices=choices).occurrences[1].refusal).__name__ == "DayFull"


def test_occurrences_of_one_series_do_not_overlap_each_other(house: House):
    long = house.add_service(uuid4(), "Retraite", 26 * 60)
    change_resource(house.store, house.room, by=house.by())
    asked = [Wanted(long, (house.room,), takes_only_these=True)]
    seen = preview(house, Rule(unit="day", count=4), wanted=asked)
    assert [each.fits for each in seen.occurrences] == [True, False, True, False]
    assert seen.occurrences[1].clashes_on == TUESDAY
    with pytest.raises(OccurrencesNotFree):
        plan(house, Rule(unit="day", count=4), wanted=asked)


def test_a_choice_that_leads_into_another_occurrence_is_a_conflict(house: House):
    choices = {week(1): Choice(starts_at=at(10, 30))}
    assert preview(house, choices=choices).occurrences[1].clashes_on == TUESDAY
    with pytest.raises(OccurrencesNotFree):
        plan(house, choices=choices)


def test_every_conflict_may_have_its_own_choice(house: House):
    for days in (0, 7, 14, 21):
        house.book(at(10, days=days))
    choices = {
        week(0): Choice(is_skipped=True),
        week(1): Choice(starts_at=at(15, days=7)),
        week(2): Choice(resource_id=house.karim),
        week(3): Choice(override=("taken",), reason="Urgence"),
    }
    assert preview(house, choices=choices).fitting == 3
    id = plan(house, choices=choices)
    assert standing(house, id) == {week(1): at(15, days=7), week(2): at(10, days=14), week(3): at(10, days=21)}
    lines = {line.occurrence_on: line for line in series_view.card(house.store, house.id, id).lines}
    assert {on: line.is_exception for on, line in lines.items()} == {week(1): True, week(2): True, week(3): False}
    assert lines[week(2)].resource_id == house.karim
    told = history.of(house.store, house.id, of(id, week(3)))[0]
    assert (told.override, told.reason) == (["taken"], "Urgence")
    assert series_view.card(house.store, house.id, id).numbers == {week(1): 1, week(2): 2, week(3): 3}


def test_rules_are_set_aside_only_with_a_reason_and_by_staff(house: House):
    house.book(at(10))
    with pytest.raises(ReasonMissing):
        plan(house, choices={TUESDAY: Choice(override=("taken",))})
    by = house.by(actor="client/1", origin="public")
    with pytest.raises(OverrideNotAllowed):
        plan(house, choices={TUESDAY: Choice(override=("taken",), reason="Moi")}, by=by)


def test_a_choice_for_a_date_that_is_not_of_the_rule_is_not_overlooked(house: House):
    with pytest.raises(NotFound):
        plan(house, choices={week(9): Choice(is_skipped=True)})


def test_skipping_everything_plans_nothing(house: House):
    with pytest.raises(SeriesEmpty):
        plan(house, choices={week(n): Choice(is_skipped=True) for n in range(4)})


def test_months_without_the_day_are_shown_and_left_out(house: House):
    rule = Rule(unit="month", month_day=31, count=3)
    seen = preview(house, rule, first_on=date(2026, 12, 31))
    assert [each.on for each in seen.occurrences] == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 3, 31)]
    assert seen.missing_months == [date(2027, 2, 1)]


def test_classes_take_a_seat_each_time_until_they_are_full(house: House):
    asked = wanted(house, house.class_of_three)
    for _ in range(3):
        plan(house, wanted=asked)
    assert house.rows("SELECT seat, count(*) FROM claims GROUP BY 1 ORDER BY 1") == [(1, 4), (2, 4), (3, 4)]
    assert preview(house, wanted=asked).clashing == 4
    with pytest.raises(OccurrencesNotFree):
        plan(house, wanted=asked)


def test_a_room_is_found_for_every_occurrence(house: House):
    id = plan(house, wanted=wanted(house, house.check_up))
    assert house.rows("SELECT count(*) FROM claims WHERE resource_id = %s", house.room) == [(4,)]
    assert len(standing(house, id)) == 4


def test_the_same_key_twice_is_one_series(house: House):
    id, key = uuid4(), "form-1"
    choices = {week(1): Choice(is_skipped=True)}
    first = plan(house, id=id, choices=choices, by=house.by(key=key))
    plan(house, id=id, choices=choices, by=house.by(key=key))
    assert len(standing(house, first)) == 3
    with pytest.raises(KeyUsedDifferently):
        plan(house, id=id, by=house.by(key=key))
    with pytest.raises(SeriesExists):
        plan(house, id=id)


def test_a_client_plans_on_the_grid_and_within_the_horizon(house: House):
    by = house.by(actor=f"client/{uuid4()}", origin="public")
    with pytest.raises(OccurrencesNotFree) as refused:
        plan(house, Rule(unit="week", count=12), by=by)
    assert {each["refusal"] for each in refused.value.facts["occurrences"]} == {"BeyondHorizon"}
    assert preview(house, Rule(unit="week", count=12), for_staff=False).clashing > 0


# What it costs


def test_the_preview_asks_a_handful_of_statements_however_many_occurrences(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    for days in range(0, 70, 7):
        house.book(at(10, days=days))
    preview(house)
    sent = counted(monkeypatch)
    preview(house, Rule(unit="week", count=2))
    few = len(sent)
    preview(house, Rule(unit="week", count=200))
    assert len(sent) - few == few <= 4


def test_a_series_is_kept_in_a_handful_of_statements(house: House, monkeypatch: pytest.MonkeyPatch):
    preview(house)
    sent = counted(monkeypatch)
    plan(house, Rule(unit="week", count=2))
    few = len(sent)
    plan(house, Rule(unit="week", count=100), "14:00")
    assert len(sent) - few == few <= 6


def test_a_hundred_occurrences_are_kept_well_within_two_seconds(house: House):
    began = time.monotonic()
    id = plan(house, Rule(unit="week", count=100))
    move_series(house.store, id, Movement(wall_time="14:00"), by=house.by())
    assert time.monotonic() - began < 2
    assert len(standing(house, id)) == 100


# What is changed


def test_this_and_following_move_by_days_and_time_and_keep_their_names(house: House):
    id = plan(house)
    move_series(house.store, id, Movement(from_on=week(2), days=1, wall_time="15:00"), by=house.by())
    expected = {week(0): at(10), week(1): at(10, days=7), week(2): at(15, days=15), week(3): at(15, days=22)}
    assert standing(house, id) == expected
    assert series_of(house.store, house.id, id).rule == "FREQ=WEEKLY;BYDAY=WE;COUNT=4"


def test_a_move_by_days_may_go_over_the_other_occurrences(house: House):
    id = plan(house, Rule(unit="day", count=4), first_on=TUESDAY - timedelta(days=1))
    move_series(house.store, id, Movement(days=1), by=house.by())
    assert list(standing(house, id).values()) == [at(10, days=n) for n in range(4)]


def test_what_is_past_over_or_under_way_is_never_touched(house: House):
    id = plan(house, Rule(unit="week", count=6))
    late = {"at": at(9, days=8)}
    mark_completed(house.store, of(id, week(0)), by=house.by(**late))
    cancel_appointment(house.store, of(id, week(2)), by=house.by(**late))
    mark_arrived(house.store, of(id, week(3)), by=house.by(**late))
    move_series(house.store, id, Movement(wall_time="15:00"), by=house.by(**late))
    expected = {week(0): at(10), week(1): at(10, days=7), week(3): at(10, days=21)}
    assert standing(house, id) == expected | {week(4): at(15, days=28), week(5): at(15, days=35)}


def test_what_was_changed_alone_stays_until_somebody_includes_it(house: House):
    id = plan(house)
    move_appointment(house.store, of(id, week(1)), at(16, days=7), by=house.by())
    edit_appointment(house.store, of(id, week(2)), words={"note": "Seule"}, by=house.by())
    seen = preview_move(house.store, house.id, id, Movement(wall_time="15:00"), NOW)
    assert [each.on for each in seen.kept] == [week(1), week(2)]
    assert [each.on for each in seen.occurrences] == [week(0), week(3)]
    move_series(house.store, id, Movement(wall_time="15:00"), by=house.by())
    hours = [start.astimezone(PARIS).hour for start in standing(house, id).values()]
    assert hours == [15, 16, 10, 15]
    move_series(house.store, id, Movement(wall_time="11:00", includes_exceptions=True), by=house.by())
    assert [start.astimezone(PARIS).hour for start in standing(house, id).values()] == [11] * 4
    assert preview_move(house.store, house.id, id, Movement(wall_time="15:00"), NOW).kept == []


def test_a_move_that_meets_something_changes_nothing(house: House):
    id = plan(house)
    blocking = house.book(at(15, days=14))
    before = standing(house, id)
    seen = preview_move(house.store, house.id, id, Movement(wall_time="15:00"), NOW)
    assert [(each.on, each.fits) for each in seen.occurrences] == [(week(n), n != 2) for n in range(4)]
    with pytest.raises(OccurrencesNotFree) as refused:
        move_series(house.store, id, Movement(wall_time="15:00"), by=house.by())
    assert refused.value.facts["occurrences"][0]["taken_by"] == str(blocking)
    assert standing(house, id) == before
    assert series_of(house.store, house.id, id).wall_time == "10:00"


def test_in_a_move_one_may_be_left_one_dropped_one_put_elsewhere(house: House):
    id = plan(house)
    house.book(at(15, days=14))
    choices = {
        week(0): Choice(is_skipped=True),
        week(1): Choice(starts_at=at(16, days=7)),
        week(2): Choice(is_left=True),
    }
    assert preview_move(house.store, house.id, id, Movement(wall_time="15:00"), NOW, choices=choices).clashing == 0
    move_series(house.store, id, Movement(wall_time="15:00"), choices=choices, by=house.by())
    assert standing(house, id) == {week(1): at(16, days=7), week(2): at(10, days=14), week(3): at(15, days=21)}
    kept = preview_move(house.store, house.id, id, Movement(wall_time="11:00"), NOW).kept
    assert [each.on for each in kept] == [week(1), week(2)]


def test_what_is_left_where_it_stands_holds_its_time_against_the_others(house: House):
    id = plan(house, Rule(unit="day", count=3), wanted=wanted(house))
    choices = {TUESDAY + timedelta(days=1): Choice(is_left=True)}
    seen = preview_move(house.store, house.id, id, Movement(days=1), NOW, choices=choices)
    assert [each.fits for each in seen.occurrences if each.starts_at] == [False, True]
    with pytest.raises(OccurrencesNotFree):
        move_series(house.store, id, Movement(days=1), choices=choices, by=house.by())


def test_another_person_and_another_length_come_with_their_price(house: House):
    id = plan(house)
    longer = (Wanted(house.massage, (house.karim,), 90),)
    move_series(house.store, id, Movement(from_on=week(2), wanted=longer), by=house.by())
    spans = house.rows(
        "SELECT resource_id, ends_at - starts_at FROM claims WHERE stream_id = ANY(%s) ORDER BY starts_at",
        [of(id, week(n)) for n in range(4)],
    )
    hour = timedelta(hours=1)
    assert spans == [(house.claire, hour), (house.claire, hour), (house.karim, 1.5 * hour), (house.karim, 1.5 * hour)]


def test_facts_of_all_to_come_are_edited_and_hold_for_further_ones(house: House):
    id = plan(house, price_cents=5000)
    edit_series(house.store, id, from_on=week(1), price_cents=4500, words={"note": "Salle 2"}, by=house.by())
    end_series(house.store, id, count=5, by=house.by())
    house.read_on()
    cards = [desk.appointment(house.store, house.id, of(id, week(n))) for n in range(5)]
    assert [card.price_cents for card in cards] == [5000] + [4500] * 4
    assert [card.note for card in cards] == [""] + ["Salle 2"] * 4
    assert preview_cancel(house.store, house.id, id, NOW).kept == []


def test_this_and_following_are_cancelled_and_brought_back_as_they_were(house: House):
    id = plan(house)
    cancel_series(house.store, id, from_on=week(2), reason="Déménage", by=house.by())
    assert standing(house, id) == {week(0): at(10), week(1): at(10, days=7)}
    assert preview_restore(house.store, house.id, id, NOW).fitting == 2
    restore_series(house.store, id, by=house.by())
    assert len(standing(house, id)) == 4
    assert history.of(house.store, house.id, of(id, week(2)))[1].reason == "Déménage"


def test_what_cannot_all_come_back_stays_cancelled_unless_chosen_otherwise(house: House):
    id = plan(house)
    cancel_series(house.store, id, by=house.by())
    house.book(at(10, days=7))
    with pytest.raises(OccurrencesNotFree):
        restore_series(house.store, id, by=house.by())
    assert standing(house, id) == {}
    restore_series(house.store, id, choices={week(1): Choice(starts_at=at(15, days=7))}, by=house.by())
    assert standing(house, id) == {week(n): at(15 if n == 1 else 10, days=7 * n) for n in range(4)}


def test_exceptions_outlive_a_cancellation_unless_included(house: House):
    id = plan(house)
    move_appointment(house.store, of(id, week(1)), at(16, days=7), by=house.by())
    seen = preview_cancel(house.store, house.id, id, NOW)
    assert ([each.on for each in seen.kept], len(seen.cancelled)) == ([week(1)], 3)
    cancel_series(house.store, id, by=house.by())
    assert standing(house, id) == {week(1): at(16, days=7)}
    cancel_series(house.store, id, includes_exceptions=True, by=house.by())
    assert standing(house, id) == {}
    with pytest.raises(SeriesEmpty):
        cancel_series(house.store, id, by=house.by())


def test_one_cancelled_alone_does_not_come_back_with_the_others(house: House):
    id = plan(house)
    cancel_appointment(house.store, of(id, week(2)), by=house.by())
    cancel_series(house.store, id, from_on=week(1), by=house.by())
    restore_series(house.store, id, by=house.by())
    assert list(standing(house, id)) == [week(0), week(1), week(3)]


def test_a_series_is_extended_and_shortened(house: House):
    id = plan(house)
    assert preview_end(house.store, house.id, id, NOW, count=6).fitting == 2
    end_series(house.store, id, count=6, by=house.by())
    assert list(standing(house, id)) == [week(n) for n in range(6)]
    assert [each.on for each in preview_end(house.store, house.id, id, NOW, until_on=week(2)).cancelled] == [
        week(3), week(4), week(5)
    ]  # fmt: skip
    end_series(house.store, id, until_on=week(2), by=house.by())
    assert list(standing(house, id)) == [week(n) for n in range(3)]
    end_series(house.store, id, until_on=week(7), by=house.by())
    assert list(standing(house, id)) == [week(n) for n in range(8)]


def test_an_extension_brings_back_the_appointments_of_the_same_dates(house: House):
    id = plan(house)
    end_series(house.store, id, count=2, by=house.by())
    end_series(house.store, id, count=4, by=house.by())
    house.read_on()
    lived = history.of(house.store, house.id, of(id, week(3)))
    assert [line.name for line in lived] == ["AppointmentBooked", "AppointmentCancelled", "AppointmentRestored"]


def test_an_extension_goes_on_as_the_series_does_now(house: House):
    id = plan(house)
    move_series(house.store, id, Movement(days=1, wall_time="15:00"), by=house.by())
    end_series(house.store, id, count=5, by=house.by())
    assert standing(house, id)[week(4, 1)] == at(15, days=29)


def test_an_extension_has_as_many_as_asked_when_what_is_left_stands_on_another_day(house: House):
    """What was moved and cancelled again leaves one on the old weekday; the rule goes on with the new one."""
    id = plan(house)
    cancel_appointment(house.store, of(id, week(0)), by=house.by())
    move_series(house.store, id, Movement(days=-1), by=house.by())
    cancel_series(house.store, id, by=house.by())
    end_series(house.store, id, count=3, by=house.by())
    assert list(standing(house, id).values()) == [at(10, days=6), at(10, days=13)]


def test_one_brought_back_alone_is_of_the_series_again_when_it_grows_over_it(house: House):
    id = plan(house)
    cancel_series(house.store, id, from_on=week(2), by=house.by())
    restore_appointment(house.store, of(id, week(3)), by=house.by())
    end_series(house.store, id, count=4, by=house.by())
    assert list(standing(house, id)) == [week(n) for n in range(4)]


def test_an_extension_meets_conflicts_like_a_plan(house: House):
    id = plan(house)
    house.book(at(10, days=35))
    with pytest.raises(OccurrencesNotFree):
        end_series(house.store, id, count=6, by=house.by())
    end_series(house.store, id, count=6, choices={week(5): Choice(is_skipped=True)}, by=house.by())
    assert list(standing(house, id)) == [week(n) for n in range(5)]


def test_a_change_of_what_somebody_else_has_changed_is_refused(house: House):
    id = plan(house)
    move_series(house.store, id, Movement(wall_time="15:00"), by=house.by().expecting(id, 1))
    with pytest.raises(VersionChanged):
        cancel_series(house.store, id, by=house.by().expecting(id, 1))


def test_a_series_of_another_house_is_none(house: House, store: Any):
    id = plan(house)
    stranger = House(store)
    with pytest.raises(NotFound):
        cancel_series(store, id, by=stranger.by())
    assert series_of(store, stranger.id, id) is None
    with pytest.raises(NotFound):
        cancel_appointment(house.store, id, by=house.by())


# Who is faster


def race(*acts: Callable[[], Any]) -> list[Any]:
    """What became of acts that begin together: None, or the refusal."""
    gate, ends = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            act()
        except Exception as met:  # noqa: BLE001 — told to the test
            ends[number] = met

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.parametrize("number", range(5))
def test_of_two_who_plan_the_same_times_exactly_one_has_them_all(house: House, number: int):
    rule, ids = Rule(unit="week", count=30), [uuid4(), uuid4()]
    ends = race(*(lambda id=id: plan(house, rule, id=id) for id in ids))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "OccurrencesNotFree"]
    assert sorted(len(standing(house, id)) for id in ids) == [0, 30]


@pytest.mark.parametrize("number", range(3))
def test_a_rule_that_only_the_lock_guards_holds_between_two_who_plan(house: House, number: int):
    """No constraint of the ledger knows buffers: without the lock both would be kept."""
    care = house.add_service(uuid4(), "Soin", 30, after_minutes=15)
    asked, rule = wanted(house, care), Rule(unit="week", count=30)
    ends = race(*(lambda at=at: plan(house, rule, at, wanted=asked) for at in ("10:00", "10:30")))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "OccurrencesNotFree"]


def test_two_who_plan_beside_each_other_both_have_theirs(house: House):
    rule = Rule(unit="week", count=30)
    ends = race(lambda: plan(house, rule, "10:00"), lambda: plan(house, rule, "11:00"))
    assert ends == [None, None]
    assert house.rows("SELECT count(*) FROM claims") == [(60,)]


def test_an_ordinary_booking_in_between_is_met_or_meets(house: House):
    rule, id = Rule(unit="week", count=30), uuid4()
    ends = race(lambda: plan(house, rule, id=id), lambda: house.book(at(10, days=70)))
    assert sum(end is None for end in ends) == 1
    assert house.rows("SELECT count(*) FROM claims")[0][0] in (1, 30)


def test_a_move_of_all_and_a_move_of_one_leave_no_mixture(house: House):
    id = plan(house, Rule(unit="week", count=30))
    one = of(id, week(5))
    race(
        lambda: move_series(house.store, id, Movement(wall_time="15:00"), by=house.by()),
        lambda: move_appointment(house.store, one, at(16, days=35), by=house.by()),
    )
    hours = [start.astimezone(PARIS).hour for start in standing(house, id).values()]
    assert hours.pop(5) in (15, 16)
    assert set(hours) == {15}


# What is seen


def test_views_folded_anew_are_the_views_followed(house: House):
    id = plan(house)
    move_appointment(house.store, of(id, week(1)), at(16, days=7), by=house.by())
    move_series(house.store, id, Movement(wall_time="15:00"), by=house.by())
    cancel_series(house.store, id, from_on=week(3), by=house.by())
    restore_series(house.store, id, by=house.by())
    house.read_on()
    for view in (series_view.series, series_view.occurrences, visits.visits, agenda.agenda):
        assert [each.difference for each in check(view, house.store)] == [None]


def test_a_client_s_series_are_listed(house: House):
    client = house.client()
    id = plan(house, client_id=client)
    house.read_on()
    (line,) = series_view.of_client(house.store, house.id, client)
    assert (line.series_id, line.rule, line.resource_ids) == (id, "FREQ=WEEKLY;BYDAY=TU;COUNT=4", [house.claire])
