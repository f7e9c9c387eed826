"""Letters kept as files, for an installation that sends none: whoever runs it may read them."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kernel.outside import goes_outside
from notifications.parcels import Parcel


@goes_outside
def send(parcel: Parcel, hand_over: Callable[[], None], folder: Path) -> None:
    """Written whole or not at all, readable by us alone; written twice it is one file."""
    folder.mkdir(mode=0o700, exist_ok=True)
    hand_over()
    fresh = folder / f".{parcel.name}.{os.getpid()}"
    fresh.touch(mode=0o600)
    fresh.write_bytes(parcel.content)
    fresh.replace(folder / f"{parcel.name}.eml")


def forget(folder: Path, before: datetime) -> int:
    """Takes out what was written before this instant; returns how many files."""
    old = [file for file in folder.glob("*") if file.is_file() and file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
