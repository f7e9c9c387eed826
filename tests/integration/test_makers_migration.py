"""Houses of before: what was given says who gave it, and holds no longer than their power."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest

from accounts.support.access import SupportAccess
from accounts.team.invitation import Invitation
from accounts.token import ApiToken
from kernel import migrations
from kernel.store import Store
from tests.story import NOW
from tests.upgrading import migrate_until

MADE = {
    "Invitation": ("InvitationMade", '"role":"viewer","expires_at":"2027-09-01T08:00:00Z"'),
    "ApiToken": ("ApiTokenIssued", '"scopes":["settings:read"],"per_minute":600'),
    "SupportAccess": ("SupportAccessOpened", f'"person_id":"{uuid4()}","until":"2026-11-20T12:00:00Z"'),
}
STAMP = '"at":"2026-11-20T07:00:00Z","via":"desk","command":"%s"'


@pytest.fixture
def connection(empty_database_url: str) -> Iterator[psycopg.Connection]:
    migrate_until(empty_database_url, "0013")
    with psycopg.connect(empty_database_url, autocommit=True) as opened:
        opened.execute("SET session_replication_role = replica")
        yield opened


def put(connection: psycopg.Connection, house: UUID, id: UUID, version: int, name: str, facts: str, by: str) -> None:
    query = "INSERT INTO events (organisation_id, stream_id, version, name, state) VALUES (%s, %s, %s, %s, %s)"
    state = f'{{{STAMP % uuid4()},"by":"{by}",{facts}}}'
    connection.execute(query, (house, id, version, name, state.replace(",}", "}")))


def test_what_was_given_before_says_who_gave_it(connection: psycopg.Connection, empty_database_url: str):
    house, member, other = uuid4(), uuid4(), uuid4()
    ids = {kind: uuid4() for kind in MADE}
    for kind, (name, facts) in MADE.items():
        put(connection, house, ids[kind], 1, name, facts, f"staff/{member}")
        more = ',"may_change":true' if kind == "SupportAccess" else ""
        state = f'{{"id":"{ids[kind]}","version":1,{facts}{more}}}'
        row = "INSERT INTO states (organisation_id, kind, stream_id, version, state) VALUES (%s, %s, %s, 1, %s)"
        connection.execute(row, (house, kind, ids[kind], state))
    put(connection, house, ids["SupportAccess"], 2, "SupportChangesAllowed", "", f"staff/{other}")
    migrations.migrate(empty_database_url)
    store = Store(empty_database_url, size=2)
    assert store.find(house, Invitation, ids["Invitation"]).maker == f"staff/{member}"
    assert store.find(house, ApiToken, ids["ApiToken"]).maker == f"staff/{member}"
    access = store.find(house, SupportAccess, ids["SupportAccess"])
    assert (access.allowed_by, access.is_good(NOW)) == (f"staff/{other}", True)
    store.close()
