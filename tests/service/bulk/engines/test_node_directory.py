"""A directory that processes of a machine share."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gatewise.service.bulk.engines.node_directory import NodeDirectory

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="processes share no directory there"
)
OPEN = (
    "import sys; from gatewise.service.bulk.engines import node_directory; "
    "d = node_directory.NodeDirectory('one')"
)


@pytest.fixture(autouse=True)
def own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a temporary directory of the test, here and in processes that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_the_last_to_leave_deletes_it() -> None:
    first, second = NodeDirectory("one"), NodeDirectory("one")
    assert first.path == second.path
    first.close()
    assert second.path.is_dir()
    second.close()
    assert not second.path.exists()


def test_what_a_killed_process_left_is_deleted_by_the_next() -> None:
    left = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{OPEN}; print(d.path); sys.stdout.flush(); import os; os._exit(9)",
        ],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    assert Path(left).is_dir()
    NodeDirectory("other").close()
    assert not Path(left).exists()


def test_a_directory_in_use_is_not_deleted_by_another_run() -> None:
    used = NodeDirectory("one")
    NodeDirectory("other").close()
    assert used.path.is_dir()
    used.close()
