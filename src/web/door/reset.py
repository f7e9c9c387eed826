"""A new password, by a letter."""

from flask import current_app, render_template
from werkzeug.wrappers import Response

from accounts.people import commands
from accounts.people.acts import as_self
from accounts.people.links import LinkOver
from accounts.people.queries import memberships, person_card
from kernel.errors import Refusal
from web import refusals, visit
from web.door import door
from web.door.letters import looked_up, named
from web.door.opening import open_session
from web.entry import ANYONE, admits
from web.forms import NewPassword, sent
from web.security import secret_address


@door.get("/reset/<words>")
@admits(ANYONE)
@secret_address
def open_reset(words: str) -> str | tuple[str, int]:
    found = looked_up("reset", words)
    if found is None:
        return render_template("door/over.html", purpose="reset"), 410
    return render_template("door/reset.html", words=words, email=found.email)


@door.post("/reset/<words>")
@admits(ANYONE)
@secret_address
def reset_password(words: str) -> Response | tuple[str, int]:
    """A password that is refused leaves the link as good as it was."""
    person_id, id = named("reset", words)
    person = person_card(visit.store(), person_id)
    about = [person.name, person.email, *(one.organisation_name for one in memberships(visit.store(), person_id))]
    facts = {"about": about, "leaked": current_app.config["BREACHED_PASSWORDS"]}
    by = as_self(person_id, visit.now())
    try:
        commands.reset_password(visit.store(), id, sent(NewPassword)["password"], **facts, by=by)
    except LinkOver:
        return render_template("door/over.html", purpose="reset"), LinkOver.status
    except Refusal as refused:
        said = refusals.sentence(refused)
        return render_template("door/reset.html", words=words, email=person.email, said=said), refused.status
    return open_session(person_id, "reset", "/", is_proven=True, needs_code=person.has_second_factor)
