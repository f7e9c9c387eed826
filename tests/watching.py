"""Watching the program at work in tests: how often something is done."""

from collections.abc import Callable

import pytest


def counted(patch: pytest.MonkeyPatch, owner: object, name: str) -> list[int]:
    """One entry for each call from now on; the calls do what they did."""
    calls: list[int] = []
    real: Callable[..., object] = getattr(owner, name)

    def count(*args: object, **facts: object) -> object:
        calls.append(1)
        return real(*args, **facts)

    patch.setattr(owner, name, count)
    return calls
