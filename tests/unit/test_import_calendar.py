"""Calendars as other programs write them: folds, zones, series, and entries that are broken."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from importing.entries import Entry, Unreadable
from importing.ics import Reading
from importing.ics_blocks import read_calendar
from importing.ics_zones import zone_of_file

PARIS = ZoneInfo("Europe/Paris")
UNTIL = datetime(2028, 11, 20, tzinfo=UTC)
OWN_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str = "a", times: str = "DTSTART:20261124T090000Z\nDURATION:PT30M") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", *times.splitlines(), *lines, "END:VEVENT", ""))


def read(*parts: str, head: str = "") -> list[Entry | Unreadable]:
    text = f"BEGIN:VCALENDAR\n{head}{''.join(parts)}END:VCALENDAR\n"
    calendar = read_calendar(text.replace("\n", "\r\n").encode())
    return Reading(calendar, zone_of_file(calendar, PARIS), UNTIL).entries()


def starts(entries: list[Entry | Unreadable], form: str = "%d/%m %H:%M") -> list[str]:
    return [each.starts_at.strftime(form) for each in entries if isinstance(each, Entry)]


def reasons(entries: list[Entry | Unreadable]) -> list[tuple[int, str, str]]:
    return [(each.number, each.reason, each.value) for each in entries if isinstance(each, Unreadable)]


def test_a_fold_may_part_the_bytes_of_a_letter():
    text = event("SUMMARY:Réglé").encode().replace("Réglé".encode(), b"R\xc3\r\n \xa9gl\r\n\t\xc3\xa9")
    calendar = read_calendar(b"BEGIN:VCALENDAR\r\n" + text + b"END:VCALENDAR\r\n")
    assert Reading(calendar, PARIS, UNTIL).entries()[0].title == "Réglé"


@pytest.mark.parametrize("zone", ["Europe/Paris", "Romance Standard Time", '"Romance Standard Time"'])
def test_wall_time_holds_in_winter_and_summer_by_any_name_of_the_zone(zone: str):
    times = [f"DTSTART;TZID={zone}:2026{month}05T090000\nDURATION:PT30M" for month in ("01", "07")]
    found = read(*(event(uid=str(number), times=each) for number, each in enumerate(times)))
    assert starts(found) == ["05/01 08:00", "05/07 07:00"]


@pytest.mark.parametrize("zone", ["Ma zone", "(UTC+01:00) Bruxelles, Paris"])
def test_a_zone_that_only_the_file_knows(zone: str):
    times = f'DTSTART;TZID="{zone}":20260705T090000\nDTEND;TZID="{zone}":20260705T093000'
    assert starts(read(OWN_ZONE.format(name=zone), event(times=times))) == ["05/07 07:00"]


def test_a_zone_that_nobody_knows_is_named():
    found = read(event(times="DTSTART;TZID=Nulle/Part:20260705T090000\nDURATION:PT30M"), event(uid="b"))
    assert reasons(found) == [(2, "zone_unknown", "Nulle/Part")]
    assert len(found) == 2


def test_time_without_a_zone_is_the_files_else_the_houses():
    times = "DTSTART:20260705T090000\nDURATION:PT30M"
    assert starts(read(event(times=times))) == ["05/07 07:00"]
    assert starts(read(event(times=times), head="X-WR-TIMEZONE:America/Toronto\n")) == ["05/07 13:00"]


def test_lengths_pass_as_elapsed_time_over_a_change_of_clocks():
    times = "DTSTART;TZID=Europe/Paris:20260329T010000\nDURATION:PT3H"
    assert read(event(times=times))[0].minutes == 180


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ("DTSTART:20261124T090000Z\nDTEND:20261124T080000Z", "end_before_start"),
        ("DTSTART:20261124T090000Z", "end_missing"),
        ("DTEND:20261124T090000Z", "start_missing"),
        ("DTSTART:2026-11-24 09h\nDURATION:PT30M", "property_unreadable"),
        ("DTSTART:20261124T090000Z\nDTEND:demain", "property_unreadable"),
        ("DTSTART:20261124T090000Z\nDTEND;VALUE=DATE:20261125", "property_unreadable"),
        ("DTSTART:20261124T090000Z\nDURATION:PT30M\nRRULE:FREQ=PARFOIS", "property_unreadable"),
        ("DTSTART:20261124T090000Z\nDURATION:PT30M\nRRULE:FREQ=HOURLY", "series_too_dense"),
    ],
)
def test_a_broken_entry_is_refused_by_its_line_and_the_others_stay(times: str, reason: str):
    found = read(event(uid="before"), event(uid="broken", times=times), event(uid="after"))
    assert [(number, why) for number, why, _ in reasons(found)] == [(7, reason)]
    assert [each.source_id for each in found if isinstance(each, Entry)] == ["before", "after"]


def test_an_entry_cut_off_costs_no_other():
    found = read("BEGIN:VEVENT\nUID:cut\nDTSTART:20261124T090000Z\n", event(uid="whole"), "BEGIN:VEVENT\nUID:last\n")
    assert reasons(found) == [(2, "entry_cut_off", ""), (10, "entry_cut_off", "")]
    assert len(found) == 3


def test_lines_of_nonsense_within_an_entry_are_passed_over():
    assert len(starts(read(event("n'importe quoi", "ATTENDEE;CN=\"x:mailto:y", "SEQUENCE:un")))) == 1


SERIES = "DTSTART;TZID=Europe/Paris:20261006T130000\nDTEND;TZID=Europe/Paris:20261006T133000\n"
WEEKLY = SERIES + "RRULE:FREQ=WEEKLY;COUNT=6\nEXDATE;TZID=Europe/Paris:20261013T130000"
MOVED = "RECURRENCE-ID;TZID=Europe/Paris:20261027T130000\nDTSTART;TZID=Europe/Paris:20261028T170000\nDURATION:PT1H"


def test_a_series_with_an_exception_and_a_moved_occurrence():
    found = read(event("SUMMARY:Point", times=WEEKLY), event("SUMMARY:Point (déplacé)", times=MOVED))
    assert starts(found) == ["06/10 11:00", "20/10 11:00", "03/11 12:00", "10/11 12:00", "28/10 16:00"]
    assert [each.number for each in found] == [2, 2, 2, 2, 10]
    assert found[-1].source_id == "a/20261027T1200Z"
    assert len({each.source_id for each in found}) == 5


def test_an_exception_without_its_series_stands_alone():
    assert [each.source_id for each in read(event(times=MOVED))] == ["a/20261027T1200Z"]


def test_a_broken_series_leaves_its_exceptions():
    found = read(event(times=WEEKLY.replace("WEEKLY", "MINUTELY")), event(times=MOVED))
    assert [each.number for each in found] == [2, 9]
    assert isinstance(found[1], Entry)


def test_an_endless_series_ends_after_two_years_and_says_so():
    text = f"BEGIN:VCALENDAR\r\n{event(times=SERIES + 'RRULE:FREQ=WEEKLY')}END:VCALENDAR\r\n"
    reading = Reading(read_calendar(text.encode()), PARIS, UNTIL)
    assert len(reading.entries()) == 111
    assert reading.goes_on == [2]


def test_a_series_without_a_date_is_told():
    gone = "DTSTART:20261124T090000Z\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE:20261124T090000Z"
    assert reasons(read(event(times=gone))) == [(2, "no_occurrence", "")]


def test_of_two_writings_of_one_entry_the_newer_counts():
    late = "DTSTART:20261124T150000Z\nDURATION:PT30M"
    found = read(event("SEQUENCE:2", times=late), event("SEQUENCE:1"))
    assert starts(found) == ["24/11 15:00"]
    assert reasons(found) == [(8, "superseded", "")]


def test_whole_days_free_time_and_cancellations():
    leave = event("SUMMARY:Congés", uid="1", times="DTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260824")
    marks = ("TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "STATUS:CANCELLED")
    found = read(leave, *(event(mark, uid=mark) for mark in marks))
    assert (found[0].is_whole_days, starts(found[:1]), found[0].ends_at.day) == (True, ["02/08 22:00"], 23)
    assert [(each.is_free, each.is_cancelled) for each in found[1:]] == [(True, False), (True, False), (False, True)]


def test_words_guests_and_when_it_was_known():
    lines = (
        'ATTENDEE;CN="Zoé Noël":MAILTO:Zoe@Exemple.fr',
        "ATTENDEE;CUTYPE=ROOM;CN=Salle 1:mailto:salle@exemple.fr",
        "ORGANIZER;CN=Claire Moreau:mailto:claire@exemple.fr",
        "DESCRIPTION:un\\, deux\\nsuite",
        "LOCATION:Cabinet",
        "CREATED:20261001T080000Z",
        "DTSTAMP:20261101T080000Z",
    )
    found = read(event(*lines))[0]
    assert [(guest.name, guest.email) for guest in found.guests] == [("Zoé Noël", "zoe@exemple.fr")]
    assert (found.practitioner, found.note, found.location) == ("Claire Moreau", "un, deux\nsuite", "Cabinet")
    assert found.happened_at == datetime(2026, 10, 1, 8, tzinfo=UTC)


def test_tasks_are_left_out():
    assert reasons(read("BEGIN:VTODO\nSUMMARY:Rappeler\nEND:VTODO\n", event())) == [(2, "not_an_appointment", "VTODO")]
