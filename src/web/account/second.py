"""The second factor: turned on with a first code, its recovery codes shown once, turned off."""

import segno
from flask import current_app, g, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from accounts.people import passkeys, second_factor, throttle
from accounts.people.passkeys import PasskeyNotValid
from accounts.people.second_factor import CodeWrong
from web import challenges, told, visit
from web.account import account
from web.account.proving import asks_who
from web.entry import PERSON, admits, hands_out
from web.forms import GiveCode, sent
from web.forms_second import GiveSecond
from web.told import Toast


@account.post("/second-factor/prepare")
@admits(PERSON)
@hands_out("second factor")
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
@hands_out("codes")
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
@hands_out("codes")
@asks_who
def draw_codes() -> str:
    must_give_second()
    codes = second_factor.fresh_codes()
    second_factor.draw_recovery_codes(visit.store(), codes, by=visit.own_act())
    return render_template("account/codes.html", codes=codes)


@account.post("/second-factor/off")
@admits(PERSON)
@asks_who
def turn_off_second() -> Response:
    must_give_second()
    second_factor.turn_off_second_factor(visit.store(), by=visit.own_act())
    return told.leave_for(url_for("account.security"), Toast(words=gettext("The second factor is off.")))


def must_give_second() -> None:
    """Whoever has a second factor gives it once more before it is weakened: it keeps out who knows the password."""
    if not g.visitor.has_second_factor:
        return
    facts = sent(GiveSecond)
    if facts["answer"]:
        must_be_own_passkey(facts["answer"], facts["seal"])
    else:
        give_code(facts["code"])


def must_be_own_passkey(answer: str, seal: str) -> None:
    """One that asked for a finger, a face or a code of its own: that is two factors at once."""
    challenge = challenges.opened("sign-in", seal)
    proof = passkeys.proven(visit.store(), answer, challenge, challenges.own_site(), visit.now())
    if proof.person_id != g.visitor.person_id or not proof.is_verified:
        raise PasskeyNotValid


def give_code(code: str) -> None:
    gates = [throttle.code_gate(g.visitor.person_id)]
    throttle.must_not_hurry(visit.store(), gates, visit.now())
    second_factor.give_code(visit.store(), code, key=key(), by=visit.own_act())
    throttle.forgive(visit.store(), gates, visit.now())


def key() -> str:
    return current_app.config["SECRET_KEY"]
