"""Services, hours, absences, closures and places, in a real database."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.commands import ZoneUnknown, change_organisation, change_place, open_place
from agenda.absence import AbsenceOverlaps, EndBeforeStart
from agenda.commands import (
    add_service,
    assign_performer,
    cancel_absence,
    change_resource,
    change_service,
    clear_day_hours,
    close_dates,
    close_public_holidays,
    move_absence,
    plan_absence,
    remove_performer,
    reopen_dates,
    set_booking_terms,
    set_day_hours,
    set_hours,
)
from agenda.hours import DatedPeriod, Hours, WeeklyPeriod
from agenda.queries import find_slots, hit_by_absence, left_outside, refused_starts, resources, services
from agenda.resource import HoursNotValid, HoursOverlap
from agenda.service import DurationNotValid, ServiceNameMissing
from agenda.wanted import NobodyPerforms, Wanted
from booking.rules import BeyondHorizon, LeadTooShort, OutsideHours, PlaceClosed, ResourceAbsent
from kernel.changes import LengthNegative
from kernel.errors import NotFound
from projections import desk
from tests.story import NOW, House, at, office_hours

TUESDAY = date(2026, 11, 24)


def starts(house: House, on: date = TUESDAY, last: date | None = None, service=None) -> list[datetime]:
    wanted = [Wanted(service or house.massage, (house.claire,))]
    return [slot.starts_at for slot in find_slots(house.store, house.id, wanted, on, last or on, NOW, for_staff=False)]


def test_a_public_holiday_closes_the_place_in_one_go(house: House):
    close_public_holidays(house.store, house.place_id, 2026, by=house.by())
    with pytest.raises(PlaceClosed):
        house.book(datetime(2026, 12, 25, 9, tzinfo=UTC))
    assert desk.day(house.store, house.id, date(2026, 12, 25)).closed == "Noël"
    assert starts(house, date(2026, 12, 25)) == []


def test_closing_again_adds_only_what_is_new(house: House):
    close_public_holidays(house.store, house.place_id, 2026, by=house.by())
    position = close_public_holidays(house.store, house.place_id, 2026, by=house.by())
    assert position == 0


def test_a_closed_date_reopens(house: House):
    close_dates(house.store, house.place_id, {TUESDAY: ""}, by=house.by())
    assert starts(house) == []
    reopen_dates(house.store, house.place_id, [TUESDAY], by=house.by())
    assert len(starts(house)) == 7


def test_who_says_to_work_on_a_holiday_works(house: House):
    close_dates(house.store, house.place_id, {TUESDAY: "Fête"}, by=house.by())
    set_day_hours(house.store, house.claire, TUESDAY, [DatedPeriod("09:00", "11:00")], by=house.by())
    assert starts(house) == [at(9), at(10)]


def test_a_day_of_its_own_replaces_the_week_and_can_be_cleared(house: House):
    set_day_hours(house.store, house.claire, TUESDAY, [], cause="training", by=house.by())
    with pytest.raises(OutsideHours):
        house.book(at(10))
    clear_day_hours(house.store, house.claire, TUESDAY, by=house.by())
    house.book(at(10))


def test_alternate_weeks(house: House):
    weekly = [WeeklyPeriod(1, "09:00", "11:00", from_on=TUESDAY, every_weeks=2)]
    set_hours(house.store, house.claire, Hours(weekly), by=house.by())
    found = starts(house, TUESDAY, TUESDAY + timedelta(21))
    assert [start.date() for start in found[::2]] == [TUESDAY, TUESDAY + timedelta(14)]


def test_hours_that_overlap_are_refused_and_nothing_changes(house: House):
    weekly = [WeeklyPeriod(1, "09:00", "12:00"), WeeklyPeriod(1, "11:00", "14:00")]
    with pytest.raises(HoursOverlap):
        set_hours(house.store, house.claire, Hours(weekly), by=house.by())
    assert len(starts(house)) == 7


@pytest.mark.parametrize(
    "period",
    [
        WeeklyPeriod(7, "09:00", "12:00"),
        WeeklyPeriod(1, "9h", "12:00"),
        WeeklyPeriod(1, "09:00", "12:00", every_weeks=2),
    ],
)
def test_malformed_hours_are_refused(house: House, period: WeeklyPeriod):
    with pytest.raises(HoursNotValid):
        set_hours(house.store, house.claire, Hours([period]), by=house.by())


def test_new_hours_list_the_appointments_that_they_leave_outside(house: House):
    house.book(at(10))
    outside = house.book(at(17))
    mornings = Hours([WeeklyPeriod(day, "09:00", "12:00") for day in range(5)])
    assert [row.id for row in left_outside(house.store, house.id, house.claire, mornings, NOW)] == [outside]
    assert left_outside(house.store, house.id, house.claire, office_hours(), NOW) == []


def test_an_absence_lists_the_appointments_that_it_covers_and_leaves_them(house: House):
    covered = house.book(at(10))
    house.book(at(14))
    hit = hit_by_absence(house.store, house.id, house.claire, at(9), at(10, 1), NOW)
    assert [row.id for row in hit] == [covered]
    plan_absence(house.store, uuid4(), house.claire, at(9), at(12), by=house.by())
    assert house.rows("SELECT count(*) FROM claims WHERE kind = 'visit'") == [(2,)]


def test_absences_of_several_days_and_of_an_hour(house: House):
    plan_absence(house.store, uuid4(), house.claire, at(0), at(0, days=2), is_whole_days=True, by=house.by())
    plan_absence(house.store, uuid4(), house.claire, at(9, days=2), at(11, days=2), by=house.by())
    found = starts(house, TUESDAY, TUESDAY + timedelta(2))
    assert {start.date() for start in found} == {TUESDAY + timedelta(2)}
    assert found[0] == at(11, days=2)


def test_an_absence_inside_another_is_noticed(house: House):
    plan_absence(house.store, uuid4(), house.claire, at(9), at(12), reason="Congé", by=house.by())
    with pytest.raises(AbsenceOverlaps):
        plan_absence(house.store, uuid4(), house.claire, at(11), at(13), by=house.by())
    plan_absence(house.store, uuid4(), house.claire, at(11), at(13), override=("overlap",), by=house.by())


def test_an_absence_moves_and_ends(house: House):
    id = uuid4()
    plan_absence(house.store, id, house.claire, at(9), at(10), reason="Formation", by=house.by())
    move_absence(house.store, id, at(14), at(15), by=house.by())
    house.read_on()
    column = desk.day(house.store, house.id, TUESDAY).columns[0]
    assert [(absent.starts_at, absent.reason) for absent in column.absences] == [(at(14), "Formation")]
    with pytest.raises(ResourceAbsent):
        house.book(at(14))
    cancel_absence(house.store, id, by=house.by())
    house.book(at(14))


def test_an_absence_goes_forward(house: House):
    with pytest.raises(EndBeforeStart):
        plan_absence(house.store, uuid4(), house.claire, at(10), at(10), by=house.by())


def test_one_person_works_at_two_places_in_two_zones_on_one_day(house: House):
    island = uuid4()
    open_place(house.store, island, name="Saint-Denis", zone="Indian/Reunion", country="FR", by=house.by())
    weekly = [WeeklyPeriod(1, "07:00", "08:00", place_id=island), WeeklyPeriod(1, "09:00", "10:00", house.place_id)]
    set_hours(house.store, house.claire, Hours(weekly), by=house.by())
    reunion = at(7, zone=ZoneInfo("Indian/Reunion"))
    assert starts(house) == [reunion, at(9)]


def test_a_zone_that_does_not_exist_is_refused(house: House):
    with pytest.raises(ZoneUnknown):
        open_place(house.store, uuid4(), name="Nulle part", zone="Nulle/Part", country="FR", by=house.by())


def test_own_durations_and_prices(house: House):
    assign_performer(house.store, house.massage, house.karim, duration_minutes=90, price_cents=7000, by=house.by())
    id = house.book(at(9), house.massage, house.karim)
    house.read_on()
    card = desk.appointment(house.store, house.id, id)
    assert (card.ends_at, card.price_cents) == (at(10, 30), 7000)


def test_who_no_longer_performs_is_not_offered(house: House):
    remove_performer(house.store, house.massage, house.claire, by=house.by())
    remove_performer(house.store, house.massage, house.karim, by=house.by())
    house.add_practitioner(uuid4(), "Léa Fontaine")
    alone = uuid4()
    add_service(house.store, alone, name="Seul", duration_minutes=30, by=house.by())
    assign_performer(house.store, alone, house.karim, by=house.by())
    slots = find_slots(house.store, house.id, [Wanted(alone)], TUESDAY, TUESDAY, NOW, for_staff=False)
    assert {id for slot in slots for ids in slot.resource_ids for id in ids} == {house.karim}


def test_a_service_that_nobody_can_serve_says_so(house: House):
    from agenda.events import ServiceNeed

    laser = house.add_service(uuid4(), "Laser", 30, needs=[ServiceNeed("machine")])
    with pytest.raises(NobodyPerforms):
        house.book(at(10), laser)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"name": " "}, ServiceNameMissing),
        ({"duration_minutes": 0}, DurationNotValid),
        ({"duration_minutes": 20_000}, DurationNotValid),
        ({"before_minutes": -1}, DurationNotValid),
    ],
)
def test_impossible_services_are_refused(house: House, facts: dict, refusal: type):
    with pytest.raises(refusal):
        change_service(house.store, house.massage, **facts, by=house.by())


def test_an_inactive_service_leaves_the_list_and_not_the_past(house: House):
    id = house.book(at(10))
    change_service(house.store, house.massage, is_active=False, by=house.by())
    assert house.massage not in {service.id for service in services(house.store, house.id)}
    house.read_on()
    assert desk.appointment(house.store, house.id, id).service_names == ["Massage"]


def test_columns_stand_in_their_order(house: House):
    assert [card.name for card in resources(house.store, house.id, "practitioner")] == ["Claire Moreau", "Karim Benali"]


def test_a_person_of_another_house_is_nobody(house: House):
    with pytest.raises(NotFound):
        assign_performer(house.store, house.massage, uuid4(), by=house.by())


def test_every_refused_start_says_why(house: House):
    house.book(at(10))
    wanted = Wanted(house.massage, (house.claire,))
    told = refused_starts(house.store, house.id, wanted, TUESDAY, TUESDAY, NOW, for_staff=False)
    assert [(start, [each.code for each in reasons]) for _, start, reasons in told] == [(at(10), ["taken"])]


@pytest.mark.parametrize(
    ("zone", "sunday"),
    [
        ("Europe/Paris", date(2027, 3, 28)),
        ("Europe/Paris", date(2026, 10, 25)),
        ("America/New_York", date(2027, 3, 14)),
    ],
)
def test_on_the_days_when_clocks_change_what_is_offered_commits_at_the_wall_time_shown(
    house: House, zone: str, sunday: date
):
    place, person = uuid4(), uuid4()
    open_place(house.store, place, name=zone, zone=zone, country="FR", by=house.by())
    house.add_practitioner(person, "Nuit")
    set_hours(house.store, person, Hours([WeeklyPeriod(6, "00:00", "06:00", place)]), by=house.by())
    night = house.add_service(uuid4(), "Garde", 60)
    assign_performer(house.store, night, person, by=house.by())
    before = datetime(2026, 10, 1, tzinfo=UTC)
    wanted = [Wanted(night, (person,))]
    slots = find_slots(house.store, house.id, wanted, sunday - timedelta(1), sunday, before, for_staff=True)
    hours = {slot.starts_at for slot in slots if slot.starts_at.minute == 0}
    assert len(hours) == {3: 5, 10: 7}[sunday.month]
    for start in sorted(hours):
        house.book(start, night, person, by=house.by(at=before))
    house.read_on()
    lines = desk.day(house.store, house.id, sunday, [person]).columns[0].lines
    assert {line.starts_at for line in lines} == hours


def soonest(house: House, service=None, who=None) -> datetime:
    wanted = [Wanted(service or house.massage, (who or house.claire,))]
    return find_slots(house.store, house.id, wanted, TUESDAY, TUESDAY + timedelta(7), at(8), for_staff=False)[
        0
    ].starts_at


def test_lead_time_is_the_nearest_of_service_person_place_and_house(house: House):
    set_booking_terms(house.store, lead_minutes=60, horizon_days=None, by=house.by())
    assert soonest(house) == at(9)
    change_place(house.store, house.place_id, lead_minutes=3 * 60, by=house.by())
    assert soonest(house) == at(11)
    change_resource(house.store, house.claire, lead_minutes=6 * 60, by=house.by())
    assert (soonest(house), soonest(house, who=house.karim)) == (at(14), at(11))
    change_service(house.store, house.massage, lead_minutes=24 * 60, by=house.by())
    assert (soonest(house), soonest(house, house.class_of_three)) == (at(9, days=1), at(14))
    change_service(house.store, house.massage, lead_minutes=None, by=house.by())
    assert soonest(house) == at(14)


def test_what_is_shown_and_what_is_accepted_have_the_same_lead_time(house: House):
    change_service(house.store, house.massage, lead_minutes=24 * 60, by=house.by())
    client = house.by(actor="client/1", origin="public", at=at(9))
    with pytest.raises(LeadTooShort):
        house.book(at(14), by=client)
    house.book(at(9, days=1), by=client)
    house.book(at(14))


def test_a_horizon_of_its_own(house: House):
    change_resource(house.store, house.claire, horizon_days=2, by=house.by())
    client = house.by(actor="client/1", origin="public", at=at(8))
    house.book(at(9, days=2), by=client)
    with pytest.raises(BeyondHorizon):
        house.book(at(9, days=3), by=client)
    house.book(at(9, days=3), resource=house.karim, by=client)


def test_the_promise_keeps_the_terms_of_the_nearest(house: House):
    set_booking_terms(house.store, notice_minutes=60, by=house.by())
    change_service(house.store, house.massage, notice_minutes=48 * 60, by=house.by())
    id = house.book(at(10))
    change_service(house.store, house.massage, notice_minutes=0, by=house.by())
    assert desk.appointment(house.store, house.id, id).terms.notice_minutes == 48 * 60


@pytest.mark.parametrize("name", ["lead_minutes", "horizon_days", "notice_minutes"])
def test_negative_lengths_are_refused_wherever_they_are_set(house: House, name: str):
    for change in (
        lambda: change_place(house.store, house.place_id, **{name: -1}, by=house.by()),
        lambda: change_resource(house.store, house.claire, **{name: -1}, by=house.by()),
        lambda: change_service(house.store, house.massage, **{name: -1}, by=house.by()),
        lambda: set_booking_terms(house.store, **{name: -1}, by=house.by()),
    ):
        with pytest.raises(LengthNegative):
            change()


def test_a_house_that_moves_keeps_its_past(house: House):
    id = house.book(at(10))
    change_place(house.store, house.place_id, address="1 place du Marché", by=house.by())
    change_organisation(house.store, name="Les Érables", by=house.by())
    assert desk.appointment(house.store, house.id, id).starts_at == at(10)
    with pytest.raises(ZoneUnknown):
        change_place(house.store, house.place_id, zone="Nulle/Part", by=house.by())
