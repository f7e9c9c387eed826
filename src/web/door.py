"""The door: signing in, signing out, and the colours a browser prefers."""

from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from accounts import queries as accounts
from accounts.commands import note_sign_in
from kernel.actors import Act
from web import visit
from web.entry import ANYONE, READERS, admits
from web.forms import SignIn, sent

door = Blueprint("door", __name__)

A_YEAR = 365 * 24 * 3600


@door.get("/sign-in")
@admits(ANYONE)
def sign_in() -> Response | str:
    if g.member:
        return redirect(url_for("desk.home"))
    return render_template("door/sign_in.html", next=request.args.get("next", ""), email="")


@door.post("/sign-in")
@admits(ANYONE)
def enter() -> Response | tuple[str, int]:
    """The same answer for a wrong address and a wrong password."""
    facts = sent(SignIn)
    found = accounts.sign_in(visit.store(), facts["email"], facts["password"])
    if found is None:
        page = render_template("door/sign_in.html", next=facts["next"], email=facts["email"], is_wrong=True)
        return page, 422
    session.clear()
    session.permanent = True
    session["organisation"], session["member"] = str(found.organisation_id), str(found.id)
    by = Act(organisation_id=found.organisation_id, actor=f"staff/{found.id}", at=visit.now())
    note_sign_in(visit.store(), found.id, by=by)
    return redirect(local_path(facts["next"]), code=303)


@door.post("/sign-out")
@admits(READERS)
def leave() -> Response:
    session.clear()
    return redirect(url_for("door.sign_in"), code=303)


@door.post("/theme")
@admits(READERS)
def choose_theme() -> Response:
    """Light, dark, or as the system says."""
    response = redirect(local_path(urlsplit(request.referrer or "/").path), code=303)
    chosen = request.form.get("theme", "")
    response.set_cookie("theme", chosen[:5], max_age=A_YEAR, samesite="Lax", httponly=True)
    return response


def local_path(wanted: str) -> str:
    """A path of ours; anything that could lead elsewhere leads home."""
    parts = urlsplit(wanted)
    is_ours = wanted.startswith("/") and not parts.netloc and not parts.scheme and wanted[1:2] not in ("/", "\\")
    return wanted if is_ours else "/"
