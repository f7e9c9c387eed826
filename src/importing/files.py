"""Files that somebody named: no more of them is read than a file may have."""

from pathlib import Path

from importing.limits import LARGEST, must_not_be_too_large


def read_file(path: Path) -> bytes:
    """Raises FileRefused; also what has no end is read no further."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    must_not_be_too_large(len(data))
    return data
