"""What happens to client files; the words themselves stand in `clients`, by version."""

from kernel.events import Event


class ClientAdded(Event, frozen=True, kw_only=True):
    """`fields` are the names of what was filled in."""

    words_version: int = 1
    fields: list[str] = []


class ClientChanged(Event, frozen=True, kw_only=True):
    """`fields` are the names of what changed between the version before and this one."""

    words_version: int
    fields: list[str]
