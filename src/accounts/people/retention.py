"""How long what a person leaves at the door is kept, and people who never said that an address is theirs."""

from datetime import datetime, timedelta
from uuid import UUID

from kernel.retention import Kept, sweeping
from kernel.store import Store

A_FEW = 100
# Said as the index of those who have not confirmed says it.
UNCONFIRMED = """SELECT s.organisation_id FROM states s
WHERE s.kind = 'Person' AND (s.state::jsonb ->> 'is_email_confirmed') IS DISTINCT FROM 'true'
    AND (s.state::jsonb ->> 'is_support') IS DISTINCT FROM 'true'"""
IS_MEMBER = "SELECT FROM members m WHERE m.person_id = people.organisation_id AND m.is_current"
LAST_ASKED = "SELECT max(asked_at) FROM links l WHERE l.organisation_id = people.organisation_id"
LAST_SEEN = "SELECT max(seen_at) FROM sessions e WHERE e.organisation_id = people.organisation_id"
# All that is kept of a person but facts; the events name nobody.
OF_A_PERSON = (
    "links",
    "sessions",
    "devices",
    "recovery_codes",
    "second_factors",
    "passkeys",
    "credentials",
    "texts",
    "logins",
    "people",
    "states",
    "revisions",
)


class Unconfirmed(Kept, frozen=True):
    """People of no organisation whose address is proven by nothing: a while after they came last, all of it goes."""

    @property
    def is_over(self) -> str:
        since = f"greatest({self.since}, ({LAST_ASKED}), ({LAST_SEEN}))"
        return (
            f"is_current AND {since} < %(before)s AND organisation_id IN ({UNCONFIRMED}) AND NOT EXISTS ({IS_MEMBER})"
        )

    def prune(self, store: Store, now: datetime) -> int:
        before = now - self.period
        with sweeping(store) as db:
            query = f"SELECT organisation_id FROM people WHERE {self.is_over} LIMIT %(batch)s"
            found = db.execute(query, {"before": before, "batch": A_FEW}).fetchall()
        return sum(self.forget(store, id, before) for (id,) in found)

    def forget(self, store: Store, id: UUID, before: datetime) -> bool:
        """In the person's own house, while nothing else is done there; false for one who has just come back."""
        with store.database.deciding(id, is_exclusive=True) as (db, _):
            if db.execute(f"SELECT FROM people WHERE {self.is_over}", {"before": before}).rowcount == 0:
                return False
            for table in OF_A_PERSON:
                db.execute(f"DELETE FROM {table} WHERE organisation_id = %s", (id,))
        return True


KEPT = (
    Unconfirmed(table="people", since="written_at", period=timedelta(days=7)),
    # Long after the last of them was good: a link for a day, a session for thirty.
    Kept(table="links", since="asked_at", period=timedelta(days=90)),
    Kept(table="sessions", since="greatest(seen_at, ended_at)", period=timedelta(days=90)),
    Kept(table="devices", since="last_seen_at", period=timedelta(days=365)),
    Kept(table="door_tries", since="ends_at", period=timedelta(hours=1)),
)
