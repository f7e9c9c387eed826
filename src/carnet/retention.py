"""What is kept how long, table by table; and what is kept for good, with the reason."""

from accounts.people.retention import KEPT as OF_PEOPLE
from kernel.retention import KEPT as OF_THE_KERNEL
from kernel.retention import Prunes
from notifications.retention import KEPT as LETTERS
from webhooks.retention import KEPT as WEBHOOKS

KEPT: tuple[Prunes, ...] = (*OF_THE_KERNEL, *WEBHOOKS, *LETTERS, *OF_PEOPLE)

FACT = "the log, for ever"
NOW = "one row for each thing as it is now; it goes or changes with the thing"
FILE = "the client's file: erased by whoever keeps it, never by time"
BY_JOB = "the job forget_rows takes it out a day after the file came"
FOR_GOOD = {
    "events": FACT,
    "states": NOW,
    "revisions": NOW,
    "positions": NOW,
    "migrations": "one row for each",
    "held_sending": "one row, until somebody releases it",
    "parked": "until somebody releases the stream",
    "claims": "the ledger of time taken, as the log says; holds that end are taken out by their own events",
    "texts": "words that events speak of; erased by whoever keeps them, never by time",
    "members": "who did what is told by name, also of those who have left",
    "logins": NOW,
    "credentials": NOW,
    "passkeys": NOW,
    "second_factors": NOW,
    "recovery_codes": "ten for each person who has any; new ones take the place of all",
    "api_tokens": NOW,
    "clients": FILE,
    "client_files": FILE,
    "peppers": FILE,
    "blocked_contacts": FILE,
    "distinct_clients": FILE,
    "import_files": "what was brought in stays told, and can be undone for good",
    "import_lines": "what became of each line stays told, and can be undone for good; its cells go after a day",
    "import_uploads": BY_JOB,
    "import_previews": BY_JOB,
}


def is_view(table: str) -> bool:
    """Views stand for the log: they hold what it holds, and are built anew from it."""
    return table.startswith("view_")

