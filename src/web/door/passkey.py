"""Signing in with a passkey."""

from flask import render_template, request
from werkzeug.wrappers import Response

from accounts.people import passkeys
from accounts.people.passkeys import PasskeyNotValid
from accounts.people.queries import person_card
from web import challenges, visit
from web.door import door
from web.door.opening import open_session
from web.entry import ANYONE, admits
from web.forms import AnswerPasskey, sent


@door.post("/sign-in/passkey")
@admits(ANYONE)
def enter_by_passkey() -> Response | tuple[str, int]:
    """A key that asked for a finger, a face or a code of its own is two factors at once."""
    facts = sent(AnswerPasskey)
    try:
        challenge = challenges.opened("sign-in", facts["seal"])
        proof = passkeys.proven(visit.store(), facts["answer"], challenge, challenges.own_site(), visit.now())
    except PasskeyNotValid:
        onward, asked = request.form.get("next", ""), challenges.to_sign_in()
        return render_template("door/sign_in.html", next=onward, email="", asked=asked, is_passkey_wrong=True), 422
    has_second = person_card(visit.store(), proof.person_id).has_second_factor
    needs_code = has_second and not proof.is_verified
    return open_session(proof.person_id, "passkey", facts["next"], is_proven=True, needs_code=needs_code)
