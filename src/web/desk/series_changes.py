"""Changes of a series: this one, this one and those after it, or all that are to come."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from msgspec import Struct
from werkzeug.wrappers import Response

from agenda.wanted import Wanted
from booking.rules import ReasonMissing
from booking.series import commands as series_commands
from booking.series import queries as series_queries
from booking.series.changes import Movement
from booking.series.queries import Kept, Preview
from booking.series.series import Series, SeriesEmpty
from booking.series.settling import OccurrencesNotFree
from booking.series.wishes import NO_CHOICES, Choices, as_wanted
from kernel.errors import Refusal
from projections import series as series_view
from web import told, visit
from web.desk import desk
from web.desk.create import client_of
from web.desk.panel import card_of as appointment_of
from web.desk.series import card_of
from web.entry import admits
from web.forms import ChangeSeries, Edit, asked, sent
from web.refusals import explained
from web.series_choices import choices_in, without_skips
from web.series_rows import rows_of, taken_count
from web.sight import practitioners
from web.told import Toast

Facts = dict[str, Any]
CHANGES = ("move", "end")


class Changing(Struct, frozen=True, kw_only=True):
    """What the page of a change shows: the form's facts, what would come of them, and why not."""

    deed: str
    facts: Facts
    seen: Preview = Preview(occurrences=[])
    choices: Choices = NO_CHOICES
    refused: str = ""


@desk.get("/appointments/<uuid:id>/scope")
@admits("agenda.write")
def scope(id: UUID) -> Response | str:
    """Where the panel's choice leads."""
    appointment_of(id)
    place = series_view.place_of(visit.store(), visit.house(), id)
    if place is None:
        abort(404)
    is_cancel, chosen = request.args.get("deed") == "cancel", request.args.get("scope", "this")
    if chosen == "this":
        return cancel_one(id) if is_cancel else redirect(url_for("desk.move", id=id))
    from_on = place.line.occurrence_on if chosen == "following" else None
    if is_cancel:
        return redirect(url_for("desk.cancel_series", id=place.line.series_id, from_on=from_on))
    return redirect(url_for("desk.change_series", id=place.line.series_id, deed="move", from_on=from_on))


def cancel_one(id: UUID) -> str:
    card = appointment_of(id)
    line = Kept(on=card.starts_at.date(), id=id, starts_at=card.starts_at, ends_at=card.ends_at)
    seen = Preview(occurrences=[], cancelled=[line])
    to = {"action": url_for("desk.act", id=id, deed="cancel"), "back": url_for("desk.panel", id=id)}
    return render_template("series/cancel.html", seen=seen, client=card.client, facts={}, **to)


@desk.get("/series/<uuid:id>/<any(move, end):deed>")
@admits("agenda.write")
def change_series(id: UUID, deed: str) -> str:
    facts = asked(ChangeSeries)
    return change_page(id, foreseen(id, deed, facts, NO_CHOICES))


@desk.post("/series/<uuid:id>/<any(move, end):deed>/preview")
@admits("agenda.write")
def preview_change(id: UUID, deed: str) -> str:
    facts = sent(ChangeSeries)
    return change_page(id, foreseen(id, deed, facts, choices_in(request.form, facts["reason"])))


@desk.post("/series/<uuid:id>/<any(move, end):deed>")
@admits("agenda.write")
def keep_change(id: UUID, deed: str) -> Response | tuple[str, int]:
    """Keeps all that is shown, or says which dates went to somebody else and keeps none."""
    facts, _ = sent(ChangeSeries), card_of(id)
    choices = choices_in(request.form, facts["reason"])
    try:
        position = kept(id, deed, facts, choices)
    except (OccurrencesNotFree, SeriesEmpty, ReasonMissing) as refusal:
        seen = foreseen(id, deed, facts, choices, explained(refusal).happened)
        return change_page(id, seen), refusal.status
    told.await_view(position)
    words = gettext("The series was moved.") if deed == "move" else gettext("The series has its new end.")
    return told.leave_for(url_for("desk.series", id=id), Toast(words=words))


def kept(id: UUID, deed: str, facts: Facts, choices: Choices) -> int:
    given = {"choices": choices, "reason": facts["reason"], "by": by(id, facts)}
    if deed == "move":
        return series_commands.move_series(visit.store(), id, movement(card_of(id).series, facts), **given)
    return series_commands.end_series(visit.store(), id, **new_end(facts), **given)


def by(id: UUID, facts: Facts) -> Any:
    return visit.act(facts["key"]).expecting(id, facts["expected_version"])


def movement(series: Series, facts: Facts) -> Movement:
    time = f"{facts['time']:%H:%M}" if facts["time"] else ""
    return Movement(facts["from_on"], facts["days"], time, wanted(series, facts), facts["includes_exceptions"])


def wanted(series: Series, facts: Facts) -> tuple[Wanted, ...]:
    """Other people or another length, where the form names them; nothing where all of it stays."""
    before, person, minutes = as_wanted(series.services), facts["resource_id"], facts["duration_minutes"]
    if minutes is None and (person is None or all(person in each.resource_ids for each in before)):
        return ()
    return tuple(
        each._replace(
            resource_ids=(person,) if person else each.resource_ids,
            duration_minutes=minutes or each.duration_minutes,
        )
        for each in before
    )


def new_end(facts: Facts) -> Facts:
    return {name: facts[name] for name in ("count", "until_on", "includes_exceptions")}


def foreseen(id: UUID, deed: str, facts: Facts, choices: Choices, refused: str = "") -> Changing:
    """What would come of it; what cannot be is said in place."""
    house = (visit.store(), visit.house(), id)
    shown = {"choices": without_skips(choices)}
    try:
        if deed == "move":
            to = movement(card_of(id).series, facts)
            seen = series_queries.preview_move(*house, to, visit.now(), **shown)
        else:
            seen = series_queries.preview_end(*house, visit.now(), **new_end(facts), **shown)
    except Refusal as refusal:
        return Changing(deed=deed, facts=facts, refused=refused or explained(refusal).happened)
    return Changing(deed=deed, facts=facts, seen=seen, choices=choices, refused=refused)


def change_page(id: UUID, change: Changing) -> str:
    card = card_of(id)
    people = practitioners()
    names = {one.id: one.name for one in people}
    rows = rows_of(change.seen, change.choices, names, is_change=change.deed == "move")
    return render_template(
        "series/change.html",
        card=card,
        change=change,
        rows=rows,
        taken=taken_count(rows),
        people=people,
        client=client_for(card.series),
    )


def client_for(series: Series) -> Any:
    return client_of(series.client_id) if series.client_id else None


@desk.get("/series/<uuid:id>/cancel")
@admits("agenda.write")
def confirm_cancel(id: UUID) -> str:
    """Several clients' dates are shown before they are given up."""
    facts, card = asked(ChangeSeries), card_of(id)
    given = {"from_on": facts["from_on"], "includes_exceptions": facts["includes_exceptions"]}
    seen = series_queries.preview_cancel(visit.store(), visit.house(), id, visit.now(), **given)
    to = {"action": url_for("desk.cancel_series", id=id), "back": url_for("desk.series", id=id)}
    return render_template("series/cancel.html", seen=seen, client=client_for(card.series), facts=facts, **to)


@desk.post("/series/<uuid:id>/cancel")
@admits("agenda.write")
def cancel_series(id: UUID) -> Response:
    facts, _ = sent(ChangeSeries), card_of(id)
    given = {name: facts[name] for name in ("from_on", "includes_exceptions", "is_by_client", "reason")}
    told.await_view(series_commands.cancel_series(visit.store(), id, **given, by=by(id, facts)))
    count = len(card_of(id).series.restorable)
    words = ngettext("%(num)d appointment cancelled.", "%(num)d appointments cancelled.", count)
    return told.leave_for(
        url_for("desk.series", id=id), Toast(words=words, undo_url=url_for("desk.restore_series", id=id))
    )


@desk.post("/series/<uuid:id>/restore")
@admits("agenda.write")
def restore_series(id: UUID) -> Response:
    facts, _ = sent(ChangeSeries), card_of(id)
    given = {"choices": choices_in(request.form, facts["reason"]), "reason": facts["reason"]}
    told.await_view(series_commands.restore_series(visit.store(), id, **given, by=by(id, facts)))
    return told.leave_for(url_for("desk.series", id=id), Toast(words=gettext("The series is back.")))


@desk.post("/series/<uuid:id>/edit")
@admits("agenda.write")
def edit_series(id: UUID) -> Response:
    card_of(id)
    position = series_commands.edit_series(visit.store(), id, words=sent(Edit), by=visit.act())
    told.await_view(position)
    return told.leave_for(url_for("desk.series", id=id), Toast(words=gettext("Saved.")))
