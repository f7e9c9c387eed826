"""The process that reads one file for another: bounded before it knows anything of the file, and gone afterwards."""

import resource
import sys
from pathlib import Path

MEMORY, PROCESSOR = 200 * 1024**2, 10  # bytes; seconds


def bound() -> None:
    """Whoever needs more than this dies, and with that says so."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    bound()
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from importing.readings import answer

    answer(sys.stdin.buffer, sys.stdout.buffer)
