"""How sending can end other than well; each carries a reason in a few plain characters, never words about people."""


class NotNeeded(Exception):  # noqa: N818 — an outcome
    """Nobody is helped by this letter any more."""


class TryAgain(Exception):  # noqa: N818 — an outcome
    """It was not taken this time; the job comes back."""


class NotDeliverable(Exception):  # noqa: N818 — an outcome
    """It was refused for good."""


class OutcomeUnknown(Exception):  # noqa: N818 — an outcome
    """It was handed over and nobody answered: it may have been sent, so it is not sent again."""
