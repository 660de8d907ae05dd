"""The command that installs an extra."""

import json
import sys
from pathlib import Path

import pytest

from gatewise.models.extras import NAME, install_command


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The metadata of the only installation that is found."""
    metadata = tmp_path / f"{NAME}-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 0\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return metadata


@pytest.mark.parametrize(
    ("record", "installs"),
    [
        ({"url": Path("/a b/c").as_uri(), "dir_info": {"editable": True}}, "-e '/a b/c[files]'"),
        ({"url": Path("/a/c").as_uri(), "dir_info": {}}, "'/a/c[files]'"),
        ({"url": Path("/a/c.whl").as_uri(), "archive_info": {}}, "'/a/c.whl[files]'"),
    ],
)
def test_an_extra_is_installed_from_where_gatewise_was(
    record: dict[str, object], installs: str, installed: Path
) -> None:
    (installed / "direct_url.json").write_text(json.dumps(record))
    assert install_command("files").endswith(f" -m pip install {installs}")


def test_the_egg_info_of_a_build_is_no_installation(installed: Path, tmp_path: Path) -> None:
    record = {"url": Path("/a/c").as_uri(), "dir_info": {}}
    (installed / "direct_url.json").write_text(json.dumps(record))
    build = tmp_path / "checkout" / f"{NAME}.egg-info"
    build.mkdir(parents=True)
    (build / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 0\n")
    sys.path.insert(0, str(build.parent))
    assert install_command("files").endswith(" -m pip install '/a/c[files]'")


def test_an_installation_from_an_index_is_named(installed: Path) -> None:
    assert install_command("files").endswith(f" -m pip install '{NAME}[files]'")


def test_the_command_is_for_the_environment_in_use() -> None:
    program = install_command().partition(" ")[0]
    assert Path(program).absolute() == Path(sys.executable)


def test_in_a_checkout_the_command_is_short(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = {"url": tmp_path.as_uri(), "dir_info": {"editable": True}}
    (installed / "direct_url.json").write_text(json.dumps(record))
    monkeypatch.chdir(tmp_path)
    assert install_command("files").endswith(" -m pip install -e '.[files]'")
