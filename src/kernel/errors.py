"""The reasons to say no, and the clashes that the house settles by trying again."""

from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818 — a refusal is an answer, not a fault of the program
    """A command was understood and declined; the class name is the key of its sentence in the catalogues.

    `rule` names the rule that staff may override with a reason; `status` is the HTTP status that fits.
    """

    status: ClassVar[int] = 422
    rule: ClassVar[str] = ""

    def __init__(self, **facts: Any):
        super().__init__(type(self).__name__)
        self.facts = facts

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.facts}" if self.facts else type(self).__name__


class NotFound(Refusal):
    """No such thing in this organisation."""

    status = 404


class VersionChanged(Refusal):
    """Somebody changed it since it was shown; nothing was overwritten."""

    status = 409


class IdTaken(Refusal):
    """Something else in this organisation has this identifier already."""

    status = 409


class KeyUsedDifferently(Refusal):
    """The same idempotency key came with another request."""

    status = 409


class TimeNotFree(Refusal):
    """Somebody or something already holds this time."""

    status = 409
    rule = "taken"


class VersionClash(Exception):  # noqa: N818 — settled by reloading and deciding again
    """Two commands appended the same version of one stream; `is_new` when one of them was to begin it."""

    def __init__(self, is_new: bool = False):
        super().__init__(is_new)
        self.is_new = is_new


class KeyTaken(Exception):  # noqa: N818 — settled by answering as the first sending was answered
    """The idempotency key is already remembered."""


class ClaimsClash(Exception):  # noqa: N818 — a package that claims time names the refusal
    """The ledger already holds this time."""


class Unavailable(Exception):  # noqa: N818 — the outcome is known to be nothing, or is found again by the key
    """The database did not answer; the same key may be sent again."""
