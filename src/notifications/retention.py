"""How long it is remembered what became of a letter, and how long those that nobody sends lie in files."""

import os
from datetime import datetime, timedelta

from msgspec import Struct

from kernel.retention import Kept
from kernel.settings import read_settings
from kernel.store import Store
from notifications.channels import files

# Longer than any letter can still go: notices are old after three days, links and invitations end before.
QUARTER = timedelta(days=90)


class Files(Struct, frozen=True):
    """Letters at home, where no mail server is named."""

    name: str
    period: timedelta

    def prune(self, _: Store, now: datetime) -> int:
        return files.forget(read_settings(os.environ).home / "mail", now - self.period)


KEPT = (Kept(table="letters", since="settled_at", period=QUARTER), Files("mail", QUARTER))
