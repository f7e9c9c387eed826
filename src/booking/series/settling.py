"""Finding places for all occurrences of a plan under their locks, and writing down what each of them becomes.

Nobody wants as many messages as there are occurrences, so that what is done to all of them tells no client of each.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from agenda.timetable import Settings, live, locked_rows
from agenda.wanted import Wanted
from booking.allocation import Place, free_expired, is_staff, sought
from booking.appointment import Appointment
from booking.making import terms_now
from booking.online import must_be_offered
from booking.prices import list_price
from booking.series.events import Occurrence
from booking.series.ground import Ground, Outcome, outcomes, span
from booking.series.members import Member
from booking.series.series import Series
from booking.series.wishes import AS_PLANNED, Choice, Choices, Wish
from kernel.actors import Act
from kernel.errors import Refusal
from kernel.store import Log


class OccurrencesNotFree(Refusal):
    """Some occurrences find no place; `occurrences` among the facts says which and why. Nothing was kept."""

    status = 409


def settled(
    log: Log,
    settings: Settings,
    wished: Sequence[Wish],
    by: Act,
    *,
    without: Collection[UUID] = (),
    known: Sequence[Wanted] = (),
) -> list[Outcome]:
    """Places for all of these under the locks of whatever may serve them, or the refusal that names those without."""
    for_staff = is_staff(by)
    must_be_offered(settings, (each for wish in wished for each in wish.wanted), by, known=known)
    visits = [(wish, sought(settings, wish.starts_at, wish.wanted, for_staff=for_staff)) for wish in wished]
    if not visits:
        return []
    ids = {id for _, visit in visits for id in visit.ids()}
    known = locked_rows(log, ids, *span(settings, (visit for _, visit in visits)))
    free_expired(log, known, by.at)
    found = outcomes(Ground(settings, live(known, by.at, without)), visits, by.at, for_staff=for_staff)
    if refused := [each for each in found if each.refusal]:
        raise OccurrencesNotFree(count=len(refused), occurrences=[why(each) for each in refused])
    return found


def why(outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    asked = {"on": outcome.wish.on.isoformat(), "refusal": type(refusal).__name__}
    return asked | {name: value for name, value in refusal.facts.items() if name != "on"}


def made(log: Log, settings: Settings, series: Series, outcome: Outcome, by: Act) -> Appointment:
    place, wish = outcome.place, outcome.wish
    appointment = Appointment(id=wish.id)
    price = list_price(settings, place.segments) if series.price_cents is None else series.price_cents
    appointment.make(
        "booked",
        act_for(log, series.client_id, wish.choice, place, by),
        **place.time(),
        client_id=series.client_id,
        terms=terms_now(settings, place.segments),
        price_cents=price,
        currency=settings.organisation.currency,
        is_asked_for=series.is_asked_for,
        note_id=series.note_id,
        client_note_id=series.client_note_id,
        location_id=series.location_id,
        video_link_id=series.video_link_id,
        series_id=series.id,
        occurrence_on=wish.on,
        is_exception=wish.choice.is_exception,
        tells_client=False,
    )
    return appointment


def move_one(
    log: Log,
    settings: Settings,
    series: Series,
    appointment: Appointment,
    outcome: Outcome,
    by: Act,
    *,
    is_repriced: bool,
) -> None:
    choice = outcome.wish.choice
    act = act_for(log, series.client_id, choice, outcome.place, by)
    appointment.move(**outcome.place.time(), by=act, is_exception=choice.is_exception, tells_client=False)
    if is_repriced:
        price_cents = list_price(settings, appointment.segments)
        appointment.edit(act, price_cents=price_cents, is_exception=choice.is_exception)


def bring_back(log: Log, appointment: Appointment, outcome: Outcome, by: Act) -> None:
    place, choice = outcome.place, outcome.wish.choice
    act = act_for(log, appointment.client_id, choice, place, by)
    appointment.restore(place.segments, act, wall_at=place.wall_at, tells_client=False)
    if choice.is_exception:
        appointment.edit(act, is_exception=True)


def act_for(log: Log, client_id: UUID | None, choice: Choice, place: Place, by: Act) -> Act:
    """The act with the reason for the rules that this occurrence sets aside; else the reason of the whole."""
    reason_id = log.write(choice.reason, kind="reason", about=client_id) or by.reason_id
    return by.because(reason_id, place.set_aside)


def set_apart(touched: Iterable[Member], choices: Choices, by: Act) -> None:
    """Cancels those chosen to be skipped, marks those left where they are."""
    for occurrence, appointment in touched:
        choice = choices.get(occurrence.on, AS_PLANNED)
        if choice.is_skipped:
            appointment.cancel(by, is_by_client=False, tells_client=False)
        elif choice.is_left:
            appointment.edit(by, is_exception=True)


def skipped(occurrences: Iterable[Occurrence], choices: Choices) -> list[date]:
    return [each.on for each in occurrences if choices.get(each.on, AS_PLANNED).is_skipped]
