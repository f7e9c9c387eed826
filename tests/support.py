"""The support in tests: somebody named, with a second factor, who has come into a house for a reason."""

from datetime import datetime, timedelta
from uuid import uuid4

from accounts.people import sessions
from accounts.support.commands import open_support_access
from accounts.support.staff import name_support_staff
from accounts.token_secrets import parts_of
from tests.people import Somebody
from tests.story import House, somebody


def staff(house: House, now: datetime) -> Somebody:
    """Somebody of the support, not in any house yet."""
    one = Somebody(house.store, now, name="Paul Vidal")
    name_support_staff(house.store, by=somebody(one.id, actor="setup/test", origin="setup", at=now))
    one.turn_on_codes()
    return one


def come_in(house: House, now: datetime) -> str:
    """The secret of a session of the support in this house."""
    one, id = staff(house, now), uuid4()
    by = house.by(actor=f"support/{one.id}", origin="support", at=now)
    open_support_access(house.store, id, one.id, until=now + timedelta(hours=1), reason="Horaires perdus", by=by)
    session_id = parts_of(one.open_session())[1]
    return sessions.enter_as(house.store, one.id, session_id, house.id, None, id)
