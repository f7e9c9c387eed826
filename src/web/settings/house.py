"""The organisation itself: its name and ways, its plan, and how it is closed and opened again."""

from flask import render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from accounts import commands
from accounts.organisation import Organisation
from accounts.plans import PLANS
from starting.trades import TRADES
from web import told, visit
from web.account.proving import asks_who
from web.entry import admits
from web.forms import sent
from web.forms_start import CURRENCIES, LANGUAGES, ZONES, ChangeHouse, ChoosePlan, CloseHouse
from web.rich_text import presentation
from web.settings import settings
from web.told import Toast
from web.trade_words import COUNTRIES, PLAN_WORDS, TRADE_WORDS


@settings.get("/organisation")
@admits("organisation.write")
def organisation() -> str:
    house = found()
    with visit.store().reading(house.id) as db:
        written = commands.presentation_of(db, house)
    return render_template(
        "settings/organisation.html",
        house=house,
        written=written,
        shown=presentation(written),
        trades=[(name, TRADE_WORDS[name]) for name in TRADES],
        countries=COUNTRIES,
        zones=ZONES,
        languages=LANGUAGES,
        currencies=CURRENCIES,
    )


@settings.post("/organisation")
@admits("organisation.write")
def change_organisation() -> Response:
    facts = sent(ChangeHouse)
    by = visit.act(facts.pop("key")).expecting(visit.house(), facts.pop("expected_version"))
    told.await_view(commands.change_organisation(visit.store(), **facts, by=by))
    return told.leave_for(url_for("settings.organisation"), Toast(words=gettext("Saved.")))


@settings.get("/plan")
@admits("plan.write", "organisation.close")
def plan() -> str:
    house = found()
    standing = house.standing(visit.now())
    plans = [(name, PLAN_WORDS[name], each) for name, each in PLANS.items()]
    return render_template("settings/plan.html", house=house, standing=standing, plans=plans, words=PLAN_WORDS)


@settings.post("/plan")
@admits("plan.write")
@asks_who
def choose_plan() -> Response:
    facts = sent(ChoosePlan)
    told.await_view(commands.choose_plan(visit.store(), facts["plan"], by=visit.act(facts["key"])))
    words = gettext("Plan chosen: %(plan)s. It begins today.", plan=PLAN_WORDS[facts["plan"]])
    return told.leave_for(url_for("settings.plan"), Toast(words=words))


@settings.post("/plan/close")
@admits("organisation.close")
@asks_who
def close_organisation() -> Response:
    facts = sent(CloseHouse)
    by = visit.act(facts["key"])
    told.await_view(commands.close_organisation(visit.store(), reason=facts["reason"], by=by))
    words = gettext("Closed. Until it is erased it can be looked at, taken out and opened again.")
    return told.leave_for(url_for("settings.plan"), Toast(words=words))


@settings.post("/plan/reopen")
@admits("organisation.close")
@asks_who
def reopen_organisation() -> Response:
    told.await_view(commands.reopen_organisation(visit.store(), by=visit.act()))
    return told.leave_for(url_for("settings.plan"), Toast(words=gettext("Opened again, as it was.")))


def found() -> Organisation:
    return visit.store().find(visit.house(), Organisation, visit.house())
