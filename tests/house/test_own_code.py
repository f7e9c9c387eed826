"""What lies in the folder where a program is started is never run by it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CALLED_FROM_ANYWHERE = [path for path in sorted((ROOT / "scripts").iterdir()) if "-m carnet" in path.read_text()]
STARTED = [path for path in sorted((ROOT / "src").rglob("*.py")) if "sys.executable" in path.read_text()]


@pytest.mark.parametrize("name", ["carnet.py", "click.py", "kernel.py", "sitecustomize.py"])
def test_a_file_beside_whoever_calls_is_not_run(name: str, tmp_path: Path):
    (tmp_path / name).write_text("raise SystemExit('not ours')")
    command = [ROOT / "scripts/carnet", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "an appointment agenda" in done.stdout.lower()) == (0, True), done.stderr


@pytest.mark.parametrize("path", CALLED_FROM_ANYWHERE, ids=lambda path: path.name)
def test_every_script_leaves_out_the_folder_of_its_caller(path: Path):
    assert path.read_text().count("-m carnet") == path.read_text().count("-P -m carnet")


@pytest.mark.parametrize("path", STARTED, ids=lambda path: path.name)
def test_every_process_of_ours_leaves_out_the_folder_it_is_started_in(path: Path):
    text = path.read_text()
    assert text.count('sys.executable, "-P"') + text.count('sys.executable, "-I"') == text.count("sys.executable")
