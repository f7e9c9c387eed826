"""Opening a session once somebody has shown who they are: its secret in the cookie, its browser remembered."""

from uuid import UUID, uuid4

from flask import current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from accounts import queries as accounts
from accounts.commands import note_sign_in
from accounts.people import sessions
from accounts.people.acts import as_self
from accounts.people.browsers import Browser, words_of
from accounts.people.queries import Membership, is_device_of, memberships
from accounts.token_secrets import fresh_secret, parts_of
from kernel.actors import Act
from web import addresses, visit
from web.entry import needs_no_house
from web.kept import keep, kept
from web.onward import local_path

# A desk's computer knows everybody who works there; whoever signed in least lately is forgotten.
MOST_PEOPLE = 8


def devices() -> list[str]:
    """The secrets by which this browser is known to those who signed in here."""
    return [secret for secret in kept("device").split(".") if parts_of(secret)]


def device_for(person_id: UUID) -> str:
    return next((secret for secret in devices() if parts_of(secret)[0] == person_id), "")


def known_device(person_id: UUID | None) -> UUID | None:
    """The browser as this person's, when they signed in here before."""
    secret = device_for(person_id) if person_id else ""
    return is_device_of(visit.store(), person_id, secret) if secret else None


def browser_for(person_id: UUID) -> Browser:
    """The browser with the secret that it has for this person, or a new one."""
    secret = device_for(person_id) if known_device(person_id) else fresh_secret(person_id, uuid4())
    return Browser(words=words_of(request.user_agent.string), address=addresses.asking(), device=secret)


def open_session(person_id: UUID, method: str, onward: str, *, is_proven: bool, needs_code: bool = False) -> Response:
    """The one way in, whatever was shown. `is_proven` when it was a password or a passkey; `onward` is where to."""
    end_present()
    id, browser = uuid4(), browser_for(person_id)
    secret = fresh_secret(person_id, id)
    houses = memberships(visit.store(), person_id)
    only = houses[0] if len(houses) == 1 else None
    sessions.open_session(
        visit.store(),
        id,
        secret=secret,
        method=method,
        browser=browser,
        is_proven=is_proven,
        waits_for_code=needs_code,
        house=(only.organisation_id, only.member_id) if only else None,
        by=as_self(person_id, visit.now()),
    )
    start(secret, onward)
    if needs_code:
        return redirect(url_for("door.second_step"), code=303)
    return go_in(only, browser.device)


def end_present() -> None:
    """Whoever was signed in here before, the same person or another, is not any more."""
    if g.visitor:
        sessions.end_session(visit.store(), g.visitor.session_id, why="signed in again", by=visit.own_act())


def start(secret: str, onward: str) -> None:
    """Nothing that stood in the cookie before is there after."""
    session.clear()
    session.permanent = True
    session["token"], session["onward"] = secret, local_path(onward)


def go_in(house: Membership | None, device: str) -> Response:
    """To where the visitor was going; without a single house, to the choice of one, unless none is needed there."""
    if house:
        note_entry(house)
    is_free = house is not None or needs_no_house(session.get("onward", "/"))
    response = redirect(session.pop("onward", "/") if is_free else url_for("door.houses"), code=303)
    keep_device(response, device)
    return response


def note_entry(house: Membership) -> None:
    """The organisation's own history says that its member came in."""
    member = accounts.member(visit.store(), house.organisation_id, house.member_id)
    if member:
        staff = f"staff/{member.id}"
        by = Act(organisation_id=house.organisation_id, actor=staff, may=member.rights, at=visit.now())
        note_sign_in(visit.store(), member.id, by=by)


def keep_device(response: Response, device: str) -> None:
    """This person's secret first; of other people's as many as there is room for."""
    person_id = parts_of(device)[0]
    known = [device, *(secret for secret in devices() if parts_of(secret)[0] != person_id)][:MOST_PEOPLE]
    keep(response, "device", ".".join(known))


def server_key() -> str:
    return current_app.config["SECRET_KEY"]
