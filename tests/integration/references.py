"""Names of things of other tables that are no foreign keys, each with the reason why."""

LOG = "the log is never locked by what looks at it, and nothing may keep an event from being written"
VIEW = "a view is folded from the log, one stream at a time, and built anew beside the live one"
TEXT = "words may be erased, and then the name of them leads nowhere"
LEDGER = "booking looks the resource up in its own house; a key would lock the settings' row at every booking"
OUTSIDE = "a person is a house of one: the row is in another organisation on purpose, and holds no words"
OF_PEOPLE = "the person's own rows; each is looked at within the house of that person"

NO_KEY = {
    "events.stream_id": LOG,
    "states.stream_id": LOG,
    "claims.stream_id": LOG,
    "parked.stream_id": LOG,
    "webhook_deliveries.stream_id": LOG,
    "claims.resource_id": LEDGER,
    "texts.subject_id": "anything may be the subject of words, also what is only an event",
    "members.person_id": OUTSIDE,
    "letters.person_id": OUTSIDE,
    "passkeys.credential_id": "drawn by the device; names no row",
    "passkeys.name_id": TEXT,
    "sessions.device_id": OF_PEOPLE,
    "sessions.house_id": OUTSIDE,
    "sessions.member_id": OUTSIDE,
    "sessions.support_access_id": OUTSIDE,
}


def reason(table: str, column: str) -> str:
    """Why this column is no foreign key; empty when it should be one."""
    return VIEW if table.startswith("view_") else NO_KEY.get(f"{table}.{column}", "")
