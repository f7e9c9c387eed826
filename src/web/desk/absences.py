"""Somebody is away: entered from an empty time, with those who are booked then listed first and settled together."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from flask import redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from agenda import commands
from agenda.queries import ResourceCard
from kernel.errors import Refusal
from web import absent, told, visit
from web.absent import card_of, people, person_of, reason_of, span_of
from web.covered import Blocks, hit_cards, proposals
from web.covered_settled import settle
from web.desk import desk
from web.entry import admits
from web.formats import local_day
from web.forms import asked, sent
from web.forms_absences import AskAbsence, Away, PlanAbsences, TakeAway, choices_sent
from web.refusals import sentence
from web.told import Toast

USUAL = timedelta(hours=1)
# What the page that lists who is booked hands on to the form below it.
HANDED_ON = ("id", "key", "kind", "words", "resources")
HANDED_ON += ("from_on", "until_on", "from_time", "until_time", "is_whole_days")


@desk.get("/absences/new")
@admits(absent.WRITE)
def new_absence() -> str:
    """Beside a column as a popover; else a page."""
    facts = asked(AskAbsence)
    resource = person_of(facts["resource"]) if facts["resource"] else None
    template = "absences/popover.html" if visit.is_htmx() else "absences/page.html"
    return render_template(template, **blank(facts, resource), kinds=absent.KIND_WORDS)


def blank(facts: dict[str, Any], resource: ResourceCard | None) -> dict[str, Any]:
    """The form as it is opened: at a time when one was pointed at, else whole days."""
    known = people()
    chosen = {resource.id} if resource else {known[0].id} if len(known) == 1 else set()
    begins = facts["at"]
    ends = begins and max(facts["until"] or begins + USUAL, begins)
    on = local_day(begins) if begins else facts["on"] or visit.today()
    until_on = local_day(ends) if ends else on
    at = {"begins": begins, "ends": ends, "from_on": on, "until_on": until_on}
    return at | {"people": known, "chosen": chosen, "resource": resource}


@desk.post("/absences")
@admits(absent.WRITE)
def plan_absences() -> Response | str:
    facts, chosen = sent(PlanAbsences), choices_sent()
    away = [person_of(id) for id in dict.fromkeys(facts["resources"])]
    blocks: Blocks = {one.id: [span_of(facts["wall"], one)] for one in away}
    if not facts["is_foreseen"] and hit_cards(blocks):
        return leave_for_the_list(request.form.to_dict(flat=False))
    ids, refused = plan(facts, away, blocks)
    toast = Toast(words=planned_words(facts, [one for one in away if one.name not in refused]), **taking_away(ids))
    if facts["is_foreseen"]:
        outcomes = settle(facts, blocks, chosen)
        return render_template("covered/settled.html", toast=toast, refused=refused, outcomes=outcomes)
    return told.answer(toast, to=url_for("desk.day", on=facts["wall"].from_on))


def plan(facts: dict[str, Any], away: list[ResourceCard], blocks: Blocks) -> tuple[list[UUID], dict[str, str]]:
    """The absences made, and by name why there is none for somebody. Of one person alone a refusal is the answer."""
    ids, refused = [], {}
    for one in away:
        id, by = uuid5(facts["id"], str(one.id)), visit.act(facts["key"] and f"{facts['key']}/{one.id}")
        words = {"is_whole_days": facts["wall"].is_whole_days, "reason": reason_of(facts)}
        # Of several, somebody may be away already for a part of the time.
        words |= {"override": ("overlap",) if len(away) > 1 else ()}
        try:
            told.await_view(commands.plan_absence(visit.store(), id, one.id, *blocks[one.id][0], **words, by=by))
            ids.append(id)
        except Refusal as refusal:
            if len(away) == 1:
                raise
            refused[one.name] = sentence(refusal)
    return ids, refused


def planned_words(facts: dict[str, Any], away: list[ResourceCard]) -> str:
    if len(away) == 1:
        return gettext("%(name)s away, %(reason)s.", name=away[0].name, reason=reason_of(facts) or gettext("Absence"))
    return ngettext("%(num)d person away.", "%(num)d people away.", len(away))


def taking_away(ids: list[UUID]) -> dict[str, Any]:
    """The form that takes these absences back."""
    return {"undo_url": url_for("desk.take_absences_back", ids=ids)} if ids else {}


def leave_for_the_list(form: dict[str, list[str]], **more: Any) -> Response:
    handed = {name: values for name, values in form.items() if name in HANDED_ON and any(values)}
    url = url_for("desk.foresee_absence", **(handed | more))
    return visit.hx_redirect(url) if visit.is_htmx() else redirect(url, code=303)


@desk.get("/absences/foresee")
@admits(absent.WRITE)
def foresee_absence() -> str:
    """Who is booked while somebody would be away, before anything is changed."""
    facts = asked(Away)
    card = card_of(facts["change"]) if facts["change"] else None
    away = [person_of(card.person.id)] if card else [person_of(id) for id in facts["resources"]]
    blocks = {one.id: [span_of(facts["wall"], one)] for one in away}
    handed = [(name, value) for name, value in request.args.items(multi=True) if name in HANDED_ON]
    action = url_for("desk.change_absence", id=card.id) if card else url_for("desk.plan_absences")
    title = gettext("Absence: %(who)s", who=", ".join(one.name for one in away))
    hits = proposals(hit_cards(blocks), blocks)
    return render_template("covered/page.html", hits=hits, action=action, handed=handed, title=title)


@desk.post("/absences/take-back")
@admits(absent.WRITE)
def take_absences_back() -> Response:
    """What was entered for several people at once is taken back at once."""
    facts = TakeAway().load({"ids": request.args.getlist("ids"), "key": request.form.get("key", "")})
    cards = [card_of(id) for id in facts["ids"]]
    for card in cards:
        if not card.is_cancelled:
            told.await_view(commands.cancel_absence(visit.store(), card.id, by=visit.act()))
    to = url_for("desk.day", on=local_day(cards[0].starts_at))
    return told.answer(Toast(words=gettext("Taken back: the time can be booked again.")), to=to)
