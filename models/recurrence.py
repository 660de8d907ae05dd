"""The recurrence that serving runs: last states, all states or the full trace, of many texts.

What a word adds to the gates, W_i x + b_i, depends on the word alone. It is kept as a table of the
most frequent words, and computed once for each other word of the texts at hand. The rest is
`kernel.py`. Equal to `gates.py` to rounding; and a text's answer is the same in any company.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from heapq import heapify, heapreplace
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from models.kernel import read_texts
from models.packing import PackedLayer, from_bfloat16, to_bfloat16
from models.product import LANES
from models.shared import directory_of, shared_array
from models.trace import GateTrace
from models.weights import NetworkWeights

Precision = Literal["float32", "bfloat16"]

# Word ids are ordered by frequency: so many cover 97 % of the tokens of reviews, and their table
# takes 25 MB at 256 units.
_COMMON_WORDS = 8192
_TRACED = ("hidden", "reset_gate", "update_gate", "candidate", "word_part", "context_part")


class Recurrence:
    """One network, loaded for inference. Safe to call from several threads."""

    def __init__(
        self,
        weights: NetworkWeights,
        *,
        precision: Precision = "float32",
        threads: int | None = None,
        share_in: Path | None = None,
    ) -> None:
        """Pack the weights; several texts at once are read in `threads`, by default all cores.

        `precision` is that of the products of weights and states: bfloat16 is faster in
        batches on some processors, and moves a state by less than a hundredth. All else is float32.
        Processes that name the same directory in `share_in` hold the table in memory once.
        """
        gru = weights.gru
        self.weights = weights
        self.threads = threads or os.cpu_count() or 1
        rounds = precision == "bfloat16"
        exact = np.array_equal(from_bfloat16(to_bfloat16(gru.weight_hh)), gru.weight_hh)
        self._half = rounds or exact
        self.layer = PackedLayer.pack(gru.weight_hh, gru.bias_hh, half=self._half)
        self._factor = np.uint16 if rounds else np.float32
        self._input = PackedLayer.pack(gru.weight_ih, gru.bias_ih, half=False)
        self.table = self._make_table(share_in)  # (common, N)
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="recurrence")

    def _make_table(self, share_in: Path | None) -> Float32[np.ndarray, "common N"]:
        make = partial(self._input, self.weights.embedding[:_COMMON_WORDS])
        if not share_in:
            return make()
        own = directory_of(self.weights, share_in)
        return shared_array(make, own / f"table_of_{_COMMON_WORDS}.npy")

    @property
    def bytes_per_token(self) -> int:
        """Bytes of weights on the state, as stored: a text by itself reads them for every token."""
        return self.layer.weights.nbytes

    @cached_property
    def backwards(self) -> PackedLayer:
        """The weights on the state, transposed: from gates back to the state before them."""
        transposed = np.ascontiguousarray(self.weights.gru.weight_hh.T)  # (H, 3H)
        no_bias = np.zeros(len(transposed), dtype=np.float32)  # (H,)
        return PackedLayer.pack(transposed, no_bias, half=self._half)

    def logits(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> Float64[np.ndarray, " B"]:
        """Answer the final logit of each text, in the order given; lengths may differ.

        A text of no tokens leaves the state at zero, and its logit is the head's bias.
        """
        by_unit = self.last_states(texts) * self.weights.head_weight.astype(np.float64)  # (B, H)
        return by_unit.sum(axis=1) + self.weights.head_bias  # (B,), each as if it were alone

    def last_states(
        self,
        texts: Sequence[Int32[np.ndarray, " _"]],
        *,
        initial: Float32[np.ndarray, "B H"] | None = None,
    ) -> Float32[np.ndarray, "B H"]:
        """Answer the state after each text, read from zero or from its initial state.

        Memory does not grow with the length of the texts, but for their words.
        """
        return self._read(texts, initial, parts=0)[0]

    def states(self, ids: Int32[np.ndarray, " T"]) -> Float32[np.ndarray, "T H"]:
        """Answer the state after every token of one text."""
        return self._read([ids], None, parts=1)[1][0]

    def trace(self, ids: Int32[np.ndarray, " T"]) -> GateTrace:
        """Run one text and return every state, gate and candidate."""
        return self.traces([ids])[0]

    def traces(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> list[GateTrace]:
        """Run texts side by side and return all of every one."""
        if not texts:
            return []
        arrays = self._read(texts, None, parts=len(_TRACED))[1]  # (6, tokens, H)
        ends = np.cumsum([len(ids) for ids in texts], dtype=np.int64)[:-1]
        by_text = zip(*(np.split(array, ends) for array in arrays), strict=True)
        return [GateTrace(**dict(zip(_TRACED, parts, strict=True))) for parts in by_text]

    def _read(
        self,
        texts: Sequence[Int32[np.ndarray, " _"]],
        initial: Float32[np.ndarray, "B H"] | None,
        *,
        parts: int,
    ) -> tuple[Float32[np.ndarray, "B H"], Float32[np.ndarray, "parts _ H"]]:
        """Read all texts, spread over the threads: their last states, and so many traced parts."""
        units = self.weights.gru.hidden_size
        lengths = np.array([len(ids) for ids in texts], dtype=np.int64)  # (B,)
        starts = np.concatenate([[0], np.cumsum(lengths)])  # (B + 1,)
        words, rare = self.look_up(np.concatenate([*texts, np.empty(0, dtype=np.int32)]))
        if initial is None:
            initial = np.zeros((len(texts), units), dtype=np.float32)
        states = initial.copy()  # (B, H), read from the first to the last
        trace = np.empty((parts, len(words) if parts else 0, units), dtype=np.float32)

        def read(queue: Int64[np.ndarray, " _"]) -> None:
            read_texts(
                self.layer.weights,
                self.layer.bias,
                self.table,
                rare,
                words,
                starts,
                queue,
                np.zeros((LANES, self.layer.depth), dtype=self._factor),
                states,
                trace,
            )

        queues = _share_out(lengths, self.threads)
        if len(queues) == 1:
            read(queues[0])
        else:
            list(self._pool.map(read, queues))
        return states, trace

    def look_up(
        self, ids: Int32[np.ndarray, " _"]
    ) -> tuple[Int64[np.ndarray, " _"], Float32[np.ndarray, "rare N"]]:
        """Answer each token's row, and the rows of the words that the table does not hold."""
        common = len(self.table)
        rows = ids.astype(np.int64)  # (tokens,)
        is_rare = rows >= common  # (tokens,)
        found, place = np.unique(rows[is_rare], return_inverse=True)
        rows[is_rare] = common + place
        return rows, self._input(self.weights.embedding[found])


def _share_out(lengths: Int64[np.ndarray, " B"], workers: int) -> list[Int64[np.ndarray, " _"]]:
    """Deal texts out, longest first, each to whom has least to read; empty ones are left out."""
    order = np.argsort(-lengths, kind="stable")  # (B,)
    order = order[lengths[order] > 0]
    queues: list[list[int]] = [[] for _ in range(max(1, min(workers, len(order))))]
    loads = [(0, number) for number in range(len(queues))]
    heapify(loads)
    for text in order.tolist():
        load, number = loads[0]
        queues[number].append(text)
        heapreplace(loads, (load + int(lengths[text]), number))
    return [np.array(queue, dtype=np.int64) for queue in queues]
