"""Plants one bug in a copy of the source and tells whether its test catches it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.planted.bugs import Bug

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.mo", "node_modules")


def stands_once(bug: Bug) -> bool:
    return (ROOT / "src" / bug.file).read_text().count(bug.old) == 1


def is_caught(bug: Bug, folder: Path, environ: dict[str, str]) -> bool:
    """Whether the test fails with the bug. It must fail as a test does, and not because nothing could be run."""
    copy = planted(bug, folder)
    answer = run(bug.test, copy, environ)
    if answer.returncode not in (0, 1):
        raise RuntimeError(answer.stdout[-3000:] + answer.stderr[-1000:])
    return answer.returncode == 1


def planted(bug: Bug, folder: Path) -> Path:
    """A copy of source and tests with the bug in it."""
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
    shutil.copy(ROOT / "pyproject.toml", folder)
    file = folder / "src" / bug.file
    file.write_text(file.read_text().replace(bug.old, bug.new))
    return folder


def run(test: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", test]
    known = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    own = known | environ | {"PYTHONPATH": str(folder / "src")}
    return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False, timeout=600)
