"""Replays the list of planted bugs: `scripts/planted [part of a name]`; ends with 1 when one is not caught."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.planted.bugs import BUGS
from tests.planted.planting import is_caught, stands_once


def main(part: str = "") -> int:
    missed = 0
    for bug in (bug for bug in BUGS if part in bug.name):
        with TemporaryDirectory(prefix="carnet-planted-") as folder:
            # The server of the test runs as another user when we are root.
            Path(folder).chmod(0o755)
            caught = stands_once(bug) and is_caught(bug, Path(folder), dict(os.environ))
        missed += not caught
        sys.stdout.write(f"{'caught' if caught else 'MISSED'}  {bug.name}  ({bug.test})\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
