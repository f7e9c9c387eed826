"""Bringing in another program's agenda: what was agreed stands, nothing twice, nobody's time given away."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from agenda.commands import change_resource, change_service, plan_absence
from booking.commands import move_appointment
from importing.appointments import import_appointments
from importing.report import Report
from tests.story import NOW, House, at

Bring = Callable[..., Report]
TIMES = "DTSTART;TZID=Europe/Paris:{start}\nDURATION:PT{minutes}M"
BOOKED = "SELECT state::json->>'wall_at' FROM events WHERE name = 'AppointmentBooked' ORDER BY 1"
NAMES = "SELECT name FROM events WHERE stream_id = %s ORDER BY version"


@pytest.fixture
def bring(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    """Brings a file into the house; the name of the file says what it is."""
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")

    def bring_in(text: str, name: str = "agenda.ics", **options: object) -> Report:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return import_appointments(house.store, tmp_path / name, organisation_id=house.id, now=NOW, **options)

    return bring_in


def calendar(*events: str, owner: str = "Claire Moreau") -> str:
    return "\n".join(("BEGIN:VCALENDAR", f"X-WR-CALNAME:{owner}", *events, "END:VCALENDAR", ""))


def event(title: str, *lines: str, start: str = "20261124T100000", minutes: int = 60, uid: str = "1") -> str:
    times = TIMES.format(start=start, minutes=minutes)
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", times, f"SUMMARY:{title}", *lines, "END:VEVENT"))


def outcomes(report: Report) -> list[tuple[str, list[str]]]:
    return [(line.outcome, [note.reason for note in line.notes]) for line in report.lines]


def appointment_id(house: House, source_id: str) -> UUID:
    return uuid5(house.id, f"appointment/{source_id}")


def test_an_appointment_comes_with_its_client_service_note_and_place(house: House, bring: Bring):
    client_id = house.client("Zoé", "Noël")
    report = bring(calendar(event("Zoé NOËL - massage", "DESCRIPTION:coussin", "LOCATION:Cabinet")))
    assert outcomes(report) == [("imported", [])]
    query = """SELECT state::json->>'client_id', state::json->>'source_id', state::json->>'via',
        state::json#>>'{segments,0,service_id}' FROM events WHERE name = 'AppointmentBooked'"""
    assert house.rows(query) == [(str(client_id), "1", "import", str(house.massage))]
    texts = house.rows("SELECT words FROM texts WHERE kind IN ('note', 'location', 'reason') ORDER BY kind")
    assert texts == [("Cabinet",), ("coussin",), ("Repris de l’ancien agenda",)]


def test_twice_is_the_same_as_once(house: House, bring: Bring):
    leave = event("Congés", uid="2", start="20261125T090000")
    text = calendar(event("Zoé NOËL - Coupe"), leave, event("Zoé NOËL - Coupe", "STATUS:CANCELLED", uid="3"))
    assert outcomes(bring(text)) == [("imported", ["client_added"]), ("imported", ["as_absence"]), ("imported", [])]
    before = house.rows("SELECT count(*) FROM events")
    assert outcomes(bring(text)) == [("joined", []), ("joined", []), ("joined", [])]
    assert house.rows("SELECT count(*) FROM events") == before


def test_the_past_is_completed_at_its_end_and_dated_when_it_was_agreed(house: House, bring: Bring):
    bring(calendar(event("Zoé NOËL - Coupe", "CREATED:20261001T080000Z", start="20261110T100000", minutes=30)))
    told = house.rows(
        "SELECT name, left(state::json->>'happened_at', 16) FROM events WHERE stream_id = %s ORDER BY version",
        appointment_id(house, "1"),
    )
    assert told == [("AppointmentBooked", "2026-10-01T08:00"), ("AppointmentCompleted", "2026-11-10T09:30")]


def test_our_rules_do_not_stand_in_the_way_of_what_was_agreed(house: House, bring: Bring):
    change_service(house.store, house.massage, after_minutes=30, by=house.by())
    plan_absence(house.store, appointment_id(house, "x"), house.claire, at(14), at(16), by=house.by())
    starts = ("20261124T060000", "20261124T070000", "20261124T150000")
    events = (event("Zoé NOËL - Massage", start=start, uid=start) for start in starts)
    assert bring(calendar(*events)).totals()["imported"] == 3
    rules = "SELECT state::json->>'override' FROM events WHERE name = 'AppointmentBooked' ORDER BY position"
    assert house.rows(rules) == [
        ('["outside_hours"]',),
        ('["buffer","outside_hours"]',),
        ('["absent"]',),
    ]


def test_time_that_a_client_has_is_not_given_away_unless_asked_for(house: House, bring: Bring):
    house.book(at(10), client_id=house.client("Anne", "Petit"))
    report = bring(calendar(event("Zoé NOËL - Massage", minutes=30)))
    assert report.lines[0].notes[0].sentence() == "heure déjà prise par Anne Petit (10:00–11:00)"
    assert house.rows("SELECT count(*) FROM clients WHERE last_name = 'NOËL'") == [(0,)]
    assert outcomes(bring(calendar(event("Zoé NOËL - Massage", minutes=30)), overbook=True))[0][0] == "imported"


def test_a_room_of_ours_does_not_undo_what_was_agreed_and_is_told(house: House, bring: Bring):
    house.book(at(10), house.check_up, client_id=house.client("Anne", "Petit"))
    text = calendar(event("Zoé NOËL - Bilan", minutes=30), owner="Karim Benali")
    report = bring(text)
    assert outcomes(report) == [("imported", ["client_added", "room_taken"])]
    assert house.rows("SELECT seat FROM claims WHERE resource_id = %s ORDER BY 1", house.room) == [(1,), (2,)]
    assert outcomes(bring(text)) == [("joined", [])]


def test_neither_does_the_room_open_the_practitioner_to_two(house: House, bring: Bring):
    house.book(at(10), house.check_up, client_id=house.client("Anne", "Petit"))
    house.book(at(10), house.massage, house.karim)
    report = bring(calendar(event("Zoé NOËL - Bilan", minutes=30), owner="Karim Benali"))
    assert [line.outcome for line in report.lines] == ["refused"]


def test_a_cancelled_entry_is_kept_in_the_history_and_stands_in_nobodys_way(house: House, bring: Bring):
    house.book(at(10))
    cancelled = event("Zoé NOËL - Massage", "STATUS:CANCELLED", uid="1")
    report = bring(calendar(cancelled, event("Zoé NOËL - Massage", uid="2", start="20261124T110000")))
    assert report.totals()["imported"] == 2
    assert house.rows(NAMES, appointment_id(house, "1")) == [("AppointmentBooked",), ("AppointmentCancelled",)]
    assert house.rows("SELECT count(*) FROM claims") == [(2,)]


def test_meetings_and_leave_become_absences_and_free_time_stays_out(house: House, bring: Bring):
    leave = "BEGIN:VEVENT\nUID:l\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261203\nSUMMARY:Congés\nEND:VEVENT"
    free = event("Anniversaire", "TRANSP:TRANSPARENT", uid="f")
    report = bring(calendar(leave, event("Réunion d'équipe", uid="m"), free))
    assert outcomes(report) == [
        ("imported", ["as_absence"]),
        ("imported", ["as_absence"]),
        ("kept_out", ["shows_as_free"]),
    ]
    house.read_on()
    absences = "SELECT resource_id, starts_at, ends_at, is_whole_days FROM view_absences ORDER BY starts_at"
    assert house.rows(absences) == [
        (house.claire, at(10), at(11), False),
        (house.claire, at(0, days=7), at(0, days=9), True),
    ]


def test_an_unknown_service_and_practitioner_are_made_and_told(house: House, bring: Bring):
    report = bring(calendar(event("Zoé NOËL - Pose", minutes=40), owner="Inès Haddad"))
    notices = {notice.notes[0].reason: notice.notes[0].facts for notice in report.notices}
    assert notices == {
        "practitioner_added": {"name": "Inès Haddad"},
        "service_added": {"name": "Pose", "minutes": "40"},
    }
    state = house.rows("SELECT state::json FROM states WHERE kind = 'Service' AND state LIKE '%%Pose%%'")[0][0]
    assert (state["duration_minutes"], state["is_online"], len(state["performers"])) == (40, False, 1)


def test_a_service_of_some_is_also_given_by_whoever_gave_it(house: House, bring: Bring):
    bring(calendar(event("Zoé NOËL - Pose")))
    report = bring(calendar(event("Zoé NOËL - Pose", uid="2")), practitioner="Karim Benali")
    assert [notice.notes[0].reason for notice in report.notices] == ["performer_assigned"]
    state = house.rows("SELECT state::json FROM states WHERE kind = 'Service' AND state LIKE '%%Pose%%'")[0][0]
    assert {each["resource_id"] for each in state["performers"]} == {str(house.claire), str(house.karim)}


def test_what_the_house_renamed_since_is_not_made_again(house: House, bring: Bring):
    text = calendar(event("Zoé NOËL - Pose"), owner="Inès Haddad")
    bring(text)
    (service_id,) = house.rows("SELECT stream_id FROM states WHERE kind = 'Service' AND state LIKE '%%Pose%%'")[0]
    (resource_id,) = house.rows("SELECT resource_id FROM claims")[0]
    change_service(house.store, service_id, name="Pose complète", by=house.by())
    change_resource(house.store, resource_id, name="Inès Martin", by=house.by())
    report = bring(text)
    assert outcomes(report) == [("joined", [])]
    assert report.notices == []


@pytest.mark.parametrize("owner", ["claire moreau", "MOREAU Claire", "Agenda de Claire Moreau", "Claire"])
def test_whose_agenda_it_is_is_found_in_any_writing(house: House, bring: Bring, owner: str):
    assert bring(calendar(event("Zoé NOËL - Massage"), owner=owner)).notices == []
    assert house.rows("SELECT resource_id FROM claims") == [(house.claire,)]


def test_whose_agenda_it_is_can_be_said(house: House, bring: Bring):
    bring(calendar(event("Zoé NOËL - Massage")), practitioner="Karim Benali")
    assert house.rows("SELECT resource_id FROM claims") == [(house.karim,)]


def test_an_ambiguous_name_keeps_the_time_and_leaves_the_choice_to_the_desk(house: House, bring: Bring):
    for _ in range(2):
        house.client("Zoé", "Noël")
    report = bring(calendar(event("Zoé NOËL - Massage", "DESCRIPTION:coussin")))
    assert outcomes(report) == [("imported", ["client_ambiguous"])]
    assert house.rows("SELECT state::json->>'client_id' FROM events WHERE name = 'AppointmentBooked'") == [(None,)]
    note = house.rows("SELECT words FROM texts WHERE kind = 'note'")[0][0]
    assert note == "Client à choisir : 2 fiches au nom de Zoé NOËL. L’heure est réservée.\n\ncoussin"


def test_a_newer_export_moves_what_nobody_touched_here(house: House, bring: Bring):
    bring(calendar(event("Zoé NOËL - Massage"), event("Réunion", uid="2")))
    later = calendar(
        event("Zoé NOËL - Massage", start="20261126T150000", minutes=45),
        event("Réunion", uid="2", start="20261126T090000"),
    )
    assert outcomes(bring(later)) == [("changed", ["now_moved"]), ("changed", ["now_moved"])]
    spans = {(start, end) for start, end in house.rows("SELECT starts_at, ends_at FROM claims")}
    assert spans == {(at(15, days=2), at(15, 45, days=2)), (at(9, days=2), at(10, days=2))}
    assert outcomes(bring(later)) == [("joined", []), ("joined", [])]


def test_a_newer_export_cancels_brings_back_and_completes(house: House, bring: Bring):
    bring(calendar(event("Zoé NOËL - Massage"), event("Réunion", uid="2")))
    cancelled = calendar(
        event("Zoé NOËL - Massage", "STATUS:CANCELLED"), event("Réunion", "STATUS:CANCELLED", uid="2")
    )
    assert outcomes(bring(cancelled)) == [("changed", ["now_cancelled"]), ("changed", ["now_cancelled"])]
    assert house.rows("SELECT count(*) FROM claims") == [(0,)]
    earlier = calendar(event("Zoé NOËL - Massage", start="20261110T100000"))
    assert outcomes(bring(earlier)) == [("changed", ["now_moved"])]
    assert [name for (name,) in house.rows(NAMES, appointment_id(house, "1"))][2:] == [
        "AppointmentRestored",
        "AppointmentMoved",
        "AppointmentCompleted",
    ]


def test_what_was_changed_here_since_stays(house: House, bring: Bring):
    bring(calendar(event("Zoé NOËL - Massage")))
    move_appointment(house.store, appointment_id(house, "1"), at(15), by=house.by())
    assert outcomes(bring(calendar(event("Zoé NOËL - Massage")))) == [("joined", [])]
    later = calendar(event("Zoé NOËL - Massage", start="20261126T150000"))
    assert outcomes(bring(later)) == [("joined", ["changed_here"])]
    assert house.rows("SELECT starts_at FROM claims") == [(at(15),)]


def test_a_series_with_a_client_is_one_appointment_each_time(house: House, bring: Bring):
    series = event("Zoé NOËL - Massage", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Paris:20261201T100000")
    moved = event("Zoé NOËL - Massage", "RECURRENCE-ID;TZID=Europe/Paris:20261208T100000", start="20261209T160000")
    assert bring(calendar(series, moved)).totals()["imported"] == 2
    assert house.rows(BOOKED) == [("2026-11-24T10:00",), ("2026-12-09T16:00",)]


def test_a_line_that_fails_leaves_nothing_of_itself(house: House, bring: Bring):
    house.book(at(10))
    before = house.rows("SELECT count(*) FROM events WHERE name <> 'ServiceAdded' AND name <> 'PerformerAssigned'")
    good = event("Anne PETIT - Nouveau", uid="2", start="20261124T140000")
    report = bring(calendar(event("Zoé NOËL - Tout neuf"), good))
    assert [line.outcome for line in report.lines] == ["refused", "imported"]
    after = house.rows("SELECT count(*) FROM events WHERE name <> 'ServiceAdded' AND name <> 'PerformerAssigned'")
    assert after[0][0] - before[0][0] == 2


TABLE = """Date;Heure de début;Heure de fin;Durée;Client;Prestation;Praticien;Mutuelle;Statut
24/11/2026;9h;9h45;;Zoé NOËL;Massage;Karim Benali;MGEN;
24/11/2026;10:00;;1h30;Anne PETIT;Massage;Claire Moreau;;
24/11/2026;14h;;;Anne PETIT;Massage;Claire Moreau;;annulé
24/11/2026;15h;;;;Réunion;Claire Moreau;;
24/11/2026;tôt;10h;;Anne PETIT;Massage;Claire Moreau;;
25/11/2026;10h;9h;;Anne PETIT;Massage;Claire Moreau;;
25/11/2026;10h;11h;;Anne PETIT;;Claire Moreau;;
"""


def test_an_agenda_kept_as_a_table(house: House, bring: Bring):
    report = bring(TABLE, "agenda.csv")
    assert outcomes(report) == [
        ("imported", ["client_added"]),
        ("imported", ["client_added"]),
        ("imported", []),
        ("refused", ["end_missing"]),
        ("refused", ["time_not_valid"]),
        ("refused", ["end_before_start"]),
        ("imported", []),
    ]
    assert [line.number for line in report.lines] == list(range(2, 9))
    spans = house.rows("SELECT resource_id, starts_at, ends_at FROM claims ORDER BY starts_at")
    assert spans == [
        (house.karim, at(9), at(9, 45)),
        (house.claire, at(10), at(11, 30)),
        (house.claire, at(10, days=1), at(11, days=1)),
    ]
    assert house.rows("SELECT words FROM texts WHERE kind = 'note'") == [("Mutuelle : MGEN",)]
    assert bring(TABLE, "agenda.csv").totals() | {"refused": 0} == report.totals() | {
        "refused": 0,
        "imported": 0,
        "joined": 4,
    }


def test_nothing_is_imported_that_reaches_too_far(house: House, bring: Bring):
    bring(calendar(event("Réunion", "RRULE:FREQ=MONTHLY")))
    last = house.rows("SELECT max(starts_at) FROM claims")[0][0]
    assert NOW + timedelta(days=700) < last < NOW + timedelta(days=732)
