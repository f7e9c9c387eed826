"""What can be asked of series: each is done to all its occurrences in one transaction, or to none."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from agenda.timetable import Settings, settings_in
from agenda.wanted import Wanted
from booking import online
from booking.making import texts
from booking.online import booked_for, for_clients_too
from booking.series.changes import Movement, beyond, extended, moved, new_end, planned, restored
from booking.series.members import Concerned, concerned
from booking.series.rule import Rule
from booking.series.series import Series, SeriesEmpty
from booking.series.settling import bring_back, made, move_one, set_apart, settled, skipped
from booking.series.text import write_rule
from booking.series.wishes import NO_CHOICES, Choices, as_services, as_wanted, must_be_allowed_all
from kernel.actors import Act
from kernel.store import Log, command


@command("agenda.write")
@for_clients_too
def plan_series(
    log: Log,
    id: UUID,
    client_id: UUID | None,
    first_on: date,
    wall_time: str,
    rule: Rule,
    wanted: Sequence[Wanted],
    *,
    zone: str = "",
    choices: Choices = NO_CHOICES,
    price_cents: int | None = None,
    is_asked_for: bool = False,
    by: Act,
    **words: str,
) -> None:
    """Books every occurrence of the rule from a local date on, at a wall time (HH:MM) of the zone: all or none.

    An occurrence that does not fit needs its choice. `words` are note, client_note, location and video_link.
    """
    must_be_allowed_all(choices, by)
    online.must_be_theirs_to_say(words | {"price_cents": price_cents}, by)
    settings = settings_in(log)
    client_id = must_be_theirs_to_repeat(log, settings, client_id, by)
    plan = planned(settings, id, first_on, wall_time, rule, tuple(wanted), choices, zone)
    series = log.find(Series, id) or Series(id=id)
    series.plan(
        by,
        rule=write_rule(plan.rule),
        zone=plan.pattern.zone,
        wall_time=wall_time,
        services=as_services(wanted),
        occurrences=plan.occurrences,
        skipped=skipped(plan.occurrences, choices),
        client_id=client_id,
        price_cents=price_cents,
        is_asked_for=is_asked_for,
        **texts(log, client_id, words),
    )
    found = settled(log, settings, plan.wishes, by)
    log.keep(series, *(made(log, settings, series, each, by) for each in found))


@command("agenda.write")
@for_clients_too
def move_series(
    log: Log, id: UUID, movement: Movement, *, choices: Choices = NO_CHOICES, reason: str = "", by: Act
) -> None:
    """Moves the occurrences to come; an occurrence chosen to be skipped is cancelled, one left becomes an exception."""
    must_be_allowed_all(choices, by)
    series = log.get(Series, id)
    settings = settings_in(log)
    must_be_theirs_to_repeat(log, settings, series.client_id, by)
    plan = moved(log.connection, settings, series, movement, choices, by.at)
    act = by.because(log.write(reason, kind="reason", about=series.client_id))
    set_apart(plan.touched, choices, act)
    known = as_wanted(series.services)
    found = settled(log, settings, plan.wishes, by, without=plan.freed(choices), known=known)
    known = {member.appointment.id: member.appointment for member in plan.touched}
    is_repriced = bool(movement.wanted) and series.price_cents is None
    for each in found:
        move_one(log, settings, series, known[each.wish.id], each, act, is_repriced=is_repriced)
    time = {"wall_time": plan.pattern.wall_time, "services": as_services(plan.pattern.wanted)}
    series.move(plan.occurrences[0].on, movement.days, act, **time)
    log.keep(series, *known.values())


@command("agenda.write")
@for_clients_too
def edit_series(
    log: Log,
    id: UUID,
    *,
    from_on: date | None = None,
    includes_exceptions: bool = False,
    words: Mapping[str, str] = MappingProxyType({}),
    by: Act,
    **facts: Any,
) -> None:
    """`facts` are price_cents and is_asked_for, `words` note, client_note, location, video_link, of which an empty one
    is taken away; they hold for the occurrences to come, from one on or all, and for further ones."""
    series = log.get(Series, id)
    found = concerned(log.connection, series, from_on, by.at, includes_exceptions=includes_exceptions)
    if not found.touched:
        raise SeriesEmpty
    online.must_be_theirs_to_edit(series, facts, words, by)
    wanted = facts | texts(log, series.client_id, dict(words))
    series.edit(found.touched[0].occurrence.on, by, **wanted)
    for _, appointment in found.touched:
        appointment.edit(by, **wanted, is_exception=appointment.is_exception)
    log.keep(series, *(each.appointment for each in found.touched))


@command("agenda.write")
@for_clients_too
def cancel_series(
    log: Log,
    id: UUID,
    *,
    from_on: date | None = None,
    includes_exceptions: bool = False,
    is_by_client: bool = False,
    reason: str = "",
    by: Act,
) -> None:
    """Cancels the occurrences to come, from one on or all; what is past or over stays, and so do exceptions."""
    series = log.get(Series, id)
    found = concerned(log.connection, series, from_on, by.at, includes_exceptions=includes_exceptions)
    act = by.because(log.write(reason, kind="reason", about=series.client_id))
    cancel_members(log, series, found, act, is_by_client=is_by_client)


@command("agenda.write")
@for_clients_too
def end_series(
    log: Log,
    id: UUID,
    *,
    count: int | None = None,
    until_on: date | None = None,
    choices: Choices = NO_CHOICES,
    includes_exceptions: bool = False,
    reason: str = "",
    by: Act,
) -> None:
    """Gives the series another end, a number of occurrences in all or a last date: books further ones, or cancels."""
    must_be_allowed_all(choices, by)
    series = log.get(Series, id)
    rule = new_end(series, count, until_on)
    act = by.because(log.write(reason, kind="reason", about=series.client_id))
    if cut := beyond(series, rule):
        found = concerned(log.connection, series, cut[0].on, by.at, includes_exceptions=includes_exceptions)
        cancel_members(log, series, found, act)
    else:
        extend_series(log, series, rule, choices, act)


@command("agenda.write")
@for_clients_too
def restore_series(log: Log, id: UUID, *, choices: Choices = NO_CHOICES, reason: str = "", by: Act) -> None:
    """Brings back what was cancelled together last, each at its time if the time is still free: all or none."""
    must_be_allowed_all(choices, by)
    series = log.get(Series, id)
    settings = settings_in(log)
    act = by.because(log.write(reason, kind="reason", about=series.client_id))
    must_be_theirs_to_repeat(log, settings, series.client_id, by)
    plan = restored(log.connection, settings, series, choices)
    series.restore(act)
    known = [each for wish in plan.wishes for each in wish.wanted]
    found = settled(log, settings, plan.wishes, by, known=known)
    known = {member.appointment.id: member.appointment for member in plan.touched}
    for each in found:
        bring_back(log, known[each.wish.id], each, act)
    log.keep(series, *known.values())


def must_be_theirs_to_repeat(log: Log, settings: Settings, client_id: UUID | None, by: Act) -> UUID | None:
    """The visible file; refuses a client who may not book online, and times that the house would have to approve."""
    online.must_be_free_to_change(settings, "booked", by)
    return booked_for(log, client_id, by) if client_id else None


def extend_series(log: Log, series: Series, rule: Rule, choices: Choices, by: Act) -> None:
    settings = settings_in(log)
    must_be_theirs_to_repeat(log, settings, series.client_id, by)
    plan = extended(log.connection, settings, series, rule, choices)
    if not plan.occurrences and write_rule(rule) == series.rule:
        raise SeriesEmpty
    series.extend(write_rule(rule), plan.occurrences, skipped(plan.occurrences, choices), by)
    found = settled(log, settings, plan.wishes, by, known=as_wanted(series.services))
    known = {member.appointment.id: member.appointment for member in plan.touched}
    for each in found:
        if each.wish.id in known:
            bring_back(log, known[each.wish.id], each, by)
        else:
            known[each.wish.id] = made(log, settings, series, each, by)
    log.keep(series, *known.values())


def cancel_members(log: Log, series: Series, found: Concerned, by: Act, *, is_by_client: bool = False) -> None:
    for _, appointment in found.touched:
        appointment.cancel(by, is_by_client=is_by_client or by.is_client, tells_client=False)
    dates = [each.occurrence.on for each in found.touched]
    series.cancel(dates, [each.occurrence.on for each in found.ended], by)
    log.keep(series, *(each.appointment for each in found.touched))
