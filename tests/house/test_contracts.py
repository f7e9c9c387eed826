"""Each import contract is seen to fail: a sketch of the house with one forbidden import breaks it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BREACHES = {
    "calls travel down": ("kernel/clock_of_the_desk.py", "import booking.commands"),
    "events and aggregates touch nothing outside": ("booking/hold.py", "import psycopg"),
    "views never command": ("projections/visits.py", "import booking.commands"),
    "only web speaks HTTP": ("agenda/queries.py", "import flask"),
    "only the kernel's jobs know dramatiq": ("booking/policies.py", "import dramatiq"),
}


@pytest.fixture
def sketch(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("assets", "__pycache__", "*.mo"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder / "src")}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_is_seen(sketch: Path, contract: str):
    name, line = BREACHES[contract]
    with (sketch / "src" / name).open("a") as file:
        file.write(f'\n"""A breach."""\n{line}\n')
    answer = contracts(sketch)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    broken = [line for line in answer.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(line.startswith(contract) for line in broken), broken
