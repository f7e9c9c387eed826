"""Whether somebody is blocked from booking online."""

from uuid import UUID

from psycopg import Connection

from clients import marks
from clients.rows import FILE_OF
from kernel.errors import Refusal
from kernel.store import Log, Store


class ClientIsBlocked(Refusal):
    """This person books through the house only; who it is and why is nobody else's business."""

    status = 403


def is_blocked(
    store: Store,
    organisation_id: UUID,
    client_id: UUID | None = None,
    phone: str = "",
    email: str = "",
    *,
    country: str = "FR",
) -> bool:
    """Whether this file, or whoever has this phone or this address in any writing, may not book online."""
    with store.reading(organisation_id) as db:
        return is_kept_out(db, client_id, phone, email, country)


def is_kept_out(
    db: Connection, client_id: UUID | None = None, phone: str = "", email: str = "", country: str = marks.ANY_COUNTRY
) -> bool:
    row = db.execute(FILE_OF, (client_id,), prepare=True).fetchone() if client_id else None
    if row and marks.is_file_blocked(db, row[0]):
        return True
    return marks.are_marked(db, [(phone, email), *(marks.current_contacts(db, row[0]) if row else [])], country)


def must_not_be_blocked(log: Log, client_id: UUID) -> None:
    """Raises ClientIsBlocked for a client who may not book online."""
    if is_kept_out(log.connection, client_id):
        raise ClientIsBlocked
