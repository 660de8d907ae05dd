"""Arrays in memory that processes share."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from models.recurrence import Recurrence
from models.shared import directory_of, shared_array, shared_weights
from models.weights import NetworkWeights
from tests.models.networks import random_weights


def mapped_file(array: np.ndarray) -> str:
    """Name the file that an array's memory is a map of, or nothing."""
    address = array.__array_interface__["data"][0]
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, _, _, _, _, *file = line.split(maxsplit=5)
        start, end = (int(part, 16) for part in span.split("-"))
        if start <= address < end:
            return file[0] if file else ""
    return ""


def arrays_of(weights: NetworkWeights) -> list[np.ndarray]:
    return [weights.embedding, weights.head_weight, *vars(weights.gru).values()]


def test_a_shared_array_is_a_view_of_the_file_and_no_copy(tmp_path: Path) -> None:
    array = np.arange(10_000, dtype=np.float32)
    path = tmp_path / "array.npy"
    mapped = shared_array(lambda: array, path)
    assert np.array_equal(mapped, array)
    assert mapped_file(mapped) == str(path)
    assert mapped_file(array) != str(path)


def test_what_one_process_writes_into_it_no_other_sees(tmp_path: Path) -> None:
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
        "import sys, numpy as np; from pathlib import Path; from models.shared import shared_array;"
        "print(shared_array(lambda: 1 / 0, Path(sys.argv[1])).sum())"
    )
    command = [sys.executable, "-c", code, str(path)]
    answer = subprocess.run(command, capture_output=True, check=True)
    assert float(answer.stdout) == 45


def test_all_weights_of_a_network_are_shared_and_unchanged(tmp_path: Path) -> None:
    weights = random_weights()
    mapped = shared_weights(weights, tmp_path)
    assert mapped.head_bias == weights.head_bias
    for before, after in zip(arrays_of(weights), arrays_of(mapped), strict=True):
        assert np.array_equal(before, after)
        assert mapped_file(after).startswith(str(tmp_path))


def test_other_weights_have_files_of_their_own(tmp_path: Path) -> None:
    one, other, again = (directory_of(random_weights(seed=seed), tmp_path) for seed in (0, 1, 0))
    assert one != other
    assert one == again


def test_the_table_of_words_is_shared_and_changes_no_answer(tmp_path: Path) -> None:
    weights = random_weights()
    alone = Recurrence(weights)
    for process in ("that makes it", "that finds it"):
        shared = Recurrence(weights, share_in=tmp_path)
        assert mapped_file(shared.table).startswith(str(tmp_path)), process
        assert np.array_equal(shared.table, alone.table)
        assert shared.table.flags.c_contiguous == alone.table.flags.c_contiguous
    other = random_weights(seed=1)
    assert np.array_equal(Recurrence(other, share_in=tmp_path).table, Recurrence(other).table)
