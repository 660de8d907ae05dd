"""Memory-mapped arrays that processes share."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.mmap_weights import directory_of, discard_others, shared_array, shared_weights
from gatewise.models.weights import NetworkWeights
from tests.models.networks import random_weights


def mapped_file(array: np.ndarray) -> str:
    """Return the file that an array is mapped from, or an empty string."""
    address = array.__array_interface__["data"][0]
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, _, _, _, _, *file = line.split(maxsplit=5)
        start, end = (int(part, 16) for part in span.split("-"))
        if start <= address < end:
            return file[0] if file else ""
    return ""


def arrays_of(weights: NetworkWeights) -> list[np.ndarray]:
    return [weights.embedding, weights.head_weight, *vars(weights.gru).values()]


def test_a_shared_array_is_mapped_and_not_copied(tmp_path: Path) -> None:
    array = np.arange(10_000, dtype=np.float32)
    path = tmp_path / "array.npy"
    mapped = shared_array(lambda: array, path)
    assert np.array_equal(mapped, array)
    assert mapped_file(mapped) == str(path)
    assert mapped_file(array) != str(path)


def test_writing_to_a_shared_array_does_not_change_the_file(tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    one = shared_array(lambda: np.zeros(10, dtype=np.float32), path)
    other = shared_array(lambda: np.zeros(10, dtype=np.float32), path)
    one[0] = 5
    assert other[0] == 0
    assert np.load(path)[0] == 0


def test_another_process_maps_the_file_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    shared_array(lambda: np.arange(10.0), path)
    code = (
        "import sys; from pathlib import Path\n"
        "from gatewise.models.mmap_weights import shared_array\n"
        "print(shared_array(lambda: 1 / 0, Path(sys.argv[1])).sum())"
    )
    command = [sys.executable, "-c", code, str(path)]
    completed = subprocess.run(command, capture_output=True, check=True)
    assert float(completed.stdout) == 45


def test_all_weights_of_a_network_are_shared_and_unchanged(tmp_path: Path) -> None:
    weights = random_weights()
    mapped = shared_weights(weights, tmp_path)
    assert mapped.head_bias == weights.head_bias
    for before, after in zip(arrays_of(weights), arrays_of(mapped), strict=True):
        assert np.array_equal(before, after)
        assert mapped_file(after).startswith(str(tmp_path))


def test_different_weights_have_different_directories(tmp_path: Path) -> None:
    one, other, again = (directory_of(random_weights(seed=seed), tmp_path) for seed in (0, 1, 0))
    assert one != other
    assert one == again


def test_the_shared_input_table_equals_the_private_one(tmp_path: Path) -> None:
    weights = random_weights()
    alone = Recurrence(weights)
    for process in ("that makes it", "that finds it"):
        shared = Recurrence(weights, share_in=tmp_path)
        assert mapped_file(shared.table).startswith(str(tmp_path)), process
        assert np.array_equal(shared.table, alone.table)
        assert shared.table.flags.c_contiguous == alone.table.flags.c_contiguous
    other = random_weights(seed=1)
    assert np.array_equal(Recurrence(other, share_in=tmp_path).table, Recurrence(other).table)


def test_a_file_written_by_a_concurrent_process_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    files: list[int] = []

    def make_slowly() -> np.ndarray:
        shared_array(lambda: np.arange(10.0), path)
        files.append(path.stat().st_ino)
        return np.arange(10.0)

    assert mapped_file(shared_array(make_slowly, path)) == str(path)
    assert files == [path.stat().st_ino]
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_full(file: Any, array: np.ndarray) -> None:
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np, "save", run_full)
    with pytest.raises(OSError, match="No space left"):
        shared_array(lambda: np.zeros(10), tmp_path / "array.npy")
    assert list(tmp_path.iterdir()) == []


def test_an_array_deleted_before_it_is_mapped_is_computed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "part" / "array.npy"
    shared_array(lambda: np.arange(10.0), path)
    load, tries = np.load, 0

    def load_late(*arguments: Any, **options: Any) -> np.ndarray:
        nonlocal tries
        tries += 1
        if tries == 1:
            path.unlink()
            path.parent.rmdir()
        mapped: np.ndarray = load(*arguments, **options)
        return mapped

    monkeypatch.setattr(np, "load", load_late)
    assert shared_array(lambda: np.arange(10.0), path).sum() == 45
    assert tries == 2


def share(directory: Path, *seeds: int) -> list[NetworkWeights]:
    """Share several networks in one directory, in order."""
    return [shared_weights(random_weights(seed=seed), directory) for seed in seeds]


def test_discard_others_deletes_all_other_networks(tmp_path: Path) -> None:
    _, own, _ = share(tmp_path, 0, 1, 2)
    discard_others(own, tmp_path)
    assert list(tmp_path.iterdir()) == [directory_of(own, tmp_path)]


def test_only_older_keeps_networks_mapped_later(tmp_path: Path) -> None:
    first, old, own, new, _ = share(tmp_path, 0, 1, 2, 3, 0)  # the first is mapped once more
    discard_others(own, tmp_path, only_older=True)
    kept = {directory_of(weights, tmp_path) for weights in (first, own, new)}
    assert set(tmp_path.iterdir()) == kept
    assert directory_of(old, tmp_path) not in kept


def test_a_network_without_files_counts_as_the_oldest(tmp_path: Path) -> None:
    own, new = share(tmp_path, 0, 1)
    discard_others(new, tmp_path)
    discard_others(own, tmp_path, only_older=True)
    assert list(tmp_path.iterdir()) == [directory_of(new, tmp_path)]


def test_a_mapped_network_remains_usable_after_its_files_are_deleted(tmp_path: Path) -> None:
    old, new = share(tmp_path, 0, 1)
    discard_others(new, tmp_path)
    for before, after in zip(arrays_of(random_weights(seed=0)), arrays_of(old), strict=True):
        assert np.array_equal(before, after)


def test_a_deleted_network_can_be_shared_again(tmp_path: Path) -> None:
    _, new = share(tmp_path, 0, 1)
    discard_others(new, tmp_path)
    (again,) = share(tmp_path, 0)
    assert mapped_file(again.embedding).startswith(str(directory_of(again, tmp_path)))


def test_directories_of_other_programs_are_not_deleted(tmp_path: Path) -> None:
    (own,) = share(tmp_path, 0)
    foreign = tmp_path / "photos" / "array.npy"
    foreign.parent.mkdir()
    foreign.touch()
    discard_others(own, tmp_path)
    assert foreign.exists()
