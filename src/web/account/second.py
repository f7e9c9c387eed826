"""The second factor: turned on with a first code, its recovery codes shown once, turned off."""

import segno
from flask import current_app, g, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts.people import second_factor
from accounts.people.second_factor import CodeWrong
from web import told, visit
from web.account import account
from web.account.proving import asks_who
from web.entry import PERSON, admits
from web.forms import GiveCode, sent
from web.told import Toast


@account.post("/second-factor/prepare")
@admits(PERSON)
@asks_who
def prepare_second() -> str:
    """The answer is the only page that shows the secret, so it is no redirect; each time it is another secret."""
    secret = second_factor.fresh()
    second_factor.prepare_second_factor(visit.store(), secret, key=key(), by=visit.own_act())
    return setting_up(secret)


def setting_up(secret: str) -> str:
    code = segno.make(second_factor.address(secret, g.visitor.email), error="m")
    drawn = Markup(code.svg_inline(scale=5, border=2, dark="#000", light="#fff"))  # noqa: S704 — our own drawing
    return render_template("account/second.html", secret=second_factor.grouped(secret), drawn=drawn)


@account.post("/second-factor")
@admits(PERSON)
@asks_who
def turn_on_second() -> str | tuple[str, int]:
    codes = second_factor.fresh_codes()
    try:
        facts = {"codes": codes, "key": key(), "by": visit.own_act()}
        second_factor.turn_on_second_factor(visit.store(), sent(GiveCode)["code"], **facts)
    except CodeWrong as wrong:
        return render_template("account/second.html", is_wrong=True), wrong.status
    return render_template("account/codes.html", codes=codes)


@account.post("/second-factor/codes")
@admits(PERSON)
@asks_who
def draw_codes() -> str:
    codes = second_factor.fresh_codes()
    second_factor.draw_recovery_codes(visit.store(), codes, by=visit.own_act())
    return render_template("account/codes.html", codes=codes)


@account.post("/second-factor/off")
@admits(PERSON)
@asks_who
def turn_off_second() -> Response:
    second_factor.turn_off_second_factor(visit.store(), by=visit.own_act())
    return told.leave_for(url_for("account.security"), Toast(words=gettext("The second factor is off.")))


def key() -> str:
    return current_app.config["SECRET_KEY"]
