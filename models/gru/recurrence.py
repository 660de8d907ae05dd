"""The recurrence for inference: final states, all states or the full trace, of many texts.

What a word adds to the gates, W_i x + b_i, depends on the word alone. It is stored in a table for
the most frequent words, and computed for each other word of the given texts. The rest is
`kernels/gru_loop.py`. Results equal `equations.py` up to rounding, and those of a text do not
depend on the other texts of the batch, to the bit.

The weights on the state are multiplied in one of four ways. `"float32"` rounds nothing but sums and
products. `"int8"` is for networks whose weights on the state are 8-bit integers times a scale for
each row, and takes less time: states are rounded to multiples of 2⁻¹⁴ for the product, which then
is exact. `"int8x8"` rounds them to multiples of 1 / 127, which takes still less time for several
texts. `"bfloat16"` rounds weights and states to 8 significant bits.
"""

import os
from collections.abc import Sequence
from functools import cached_property, partial
from heapq import heapify, heapreplace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from gatewise.models.bfloat16 import from_bfloat16, to_bfloat16
from gatewise.models.gru.kernels.gru_loop import run_texts
from gatewise.models.gru.kernels.int8.layer import Int8Layer
from gatewise.models.gru.kernels.int8.matmul import MAX_DEPTH
from gatewise.models.gru.kernels.int8.tiles import has_tiles
from gatewise.models.gru.kernels.packed_linear import PackedLayer
from gatewise.models.gru.precision import Precision
from gatewise.models.gru.product import Product, TransposedProduct
from gatewise.models.gru.threads import Threads
from gatewise.models.gru.trace import GateTrace
from gatewise.models.int8 import Int8Matrix, exact_int8
from gatewise.models.mmap_weights import directory_of, shared_array
from gatewise.models.weights import NetworkWeights

# Named, because the annotations of a local function are evaluated whenever it is defined.
_Queue = Int64[np.ndarray, " _"]
_OF_INTEGERS = frozenset({"int8", "int8x8"})

# Word ids are ordered by frequency. So many of them cover 97 % of the tokens of reviews, and their
# table takes 25 MB at 256 units.
_COMMON_WORDS = 8192
_TRACED = ("hidden", "reset_gate", "update_gate", "candidate", "word_part", "context_part")


class Recurrence:
    """One network, prepared for inference. It can be used by several threads and after a fork.

    Attributes:
        weights: The network.
        precision: How the weights on the state are multiplied.
        product: The weights on the state, as they are multiplied.
        table: W_i x + b_i of the most frequent words, (common, N).
    """

    def __init__(
        self,
        weights: NetworkWeights,
        *,
        precision: Precision | None = None,
        threads: int | None = None,
        share_in: Path | None = None,
    ) -> None:
        """Pack the weights and compute the table.

        Args:
            weights: The network.
            precision: How the weights on the state are multiplied by states; everything else is
                float32. By default "int8" if these weights are 8-bit ones, otherwise "float32".
                "int8" changes a state by some 0.00001, "int8x8" by some 0.001; with tiles, the
                gradients of attributions are rounded, too. "bfloat16" changes a state by less than
                0.01, and is faster than "float32" for batches on some processors.
            threads: Number of threads for several texts; by default one for every core.
            share_in: Directory for a memory-mapped copy of the table. Processes that pass the same
                directory hold it in memory once.

        Raises:
            ValueError: `precision` is "int8" or "int8x8", and the weights on the state are not
                8-bit ones.
        """
        gru = weights.gru
        self.weights = weights
        self._threads = Threads(threads or os.cpu_count() or 1)
        self._int8_matrix = exact_int8(gru.weight_hh)
        matrix = self._int8_matrix if gru.hidden_size <= MAX_DEPTH else None
        if precision in _OF_INTEGERS and matrix is None:
            raise ValueError(
                f"precision={precision!r} needs weights on the state that are 8-bit integers times "
                f"a scale for each row, and at most {MAX_DEPTH} units."
            )
        self.precision: Precision = precision or ("int8" if matrix else "float32")
        rounded = self.precision == "bfloat16"
        exact = np.array_equal(from_bfloat16(to_bfloat16(gru.weight_hh)), gru.weight_hh)
        # Without loss if they are bfloat16 numbers anyway.
        self._bfloat16_weights = rounded or exact
        in_integers = self.precision in _OF_INTEGERS
        self.product = (
            Product.of_integers(
                matrix, gru.bias_hh, state_type=np.int8 if self.precision == "int8x8" else np.int16
            )
            if matrix and in_integers
            else Product.of_floats(self.layer, np.uint16 if rounded else np.float32)
        )
        self._input_layer = PackedLayer.pack(gru.weight_ih, gru.bias_ih, bfloat16=False)
        fits = in_integers and gru.weight_ih.shape[1] <= MAX_DEPTH
        word_matrix = exact_int8(gru.weight_ih) if fits else None
        self._int8_input_layer = word_matrix and Int8Layer.pack(word_matrix, gru.bias_ih, steps=1)
        self.table = self._make_table(share_in)  # (common, N)

    def _make_table(self, share_in: Path | None) -> Float32[np.ndarray, "common N"]:
        make = partial(self._word_rows, np.arange(min(_COMMON_WORDS, len(self.weights.embedding))))
        if not share_in:
            return make()
        directory = directory_of(self.weights, share_in)
        return shared_array(make, directory / f"table_of_{_COMMON_WORDS}_{self.precision}.npy")

    @property
    def threads(self) -> int:
        """Number of threads for several texts."""
        return self._threads.count

    @property
    def bytes_per_token(self) -> int:
        """Bytes of weights that are read for every token of a single text."""
        return self.product.weights.nbytes

    @cached_property
    def layer(self) -> PackedLayer:
        """The packed weights on the state, for products of floating-point numbers."""
        gru = self.weights.gru
        return PackedLayer.pack(gru.weight_hh, gru.bias_hh, bfloat16=self._bfloat16_weights)

    @cached_property
    def transposed(self) -> TransposedProduct:
        """The weights on the state, transposed."""
        if matrix := self._int8_matrix:
            in_tiles = self.precision in _OF_INTEGERS and has_tiles()
            return TransposedProduct.of_integers(matrix, in_tiles=in_tiles)
        weights = self.weights.gru.weight_hh
        return TransposedProduct.of_floats(weights, bfloat16=self._bfloat16_weights)

    def logits(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> Float64[np.ndarray, " B"]:
        """Compute the final logit of each text.

        Args:
            texts: Word ids of each text. The logit of a text without tokens is the head's bias.

        Returns:
            The logits in the same order.
        """
        by_unit = self.last_states(texts) * self.weights.head_weight.astype(np.float64)  # (B, H)
        return by_unit.sum(axis=1) + self.weights.head_bias  # (B,); unlike @, independent of B

    def last_states(
        self,
        texts: Sequence[Int32[np.ndarray, " _"]],
        *,
        initial: Float32[np.ndarray, "B H"] | None = None,
    ) -> Float32[np.ndarray, "B H"]:
        """Compute the state after the last token of each text.

        Args:
            texts: Word ids of each text.
            initial: State before the first token of each text; zeros by default.
        """
        return self._run(texts, initial, parts=0)[0]

    def states(self, ids: Int32[np.ndarray, " T"]) -> Float32[np.ndarray, "T H"]:
        """Compute the state after every token of one text."""
        return self._run([ids], None, parts=1)[1][0]

    def continued(
        self, ids: Int32[np.ndarray, " T"], initial: Float32[np.ndarray, "B H"]
    ) -> Float32[np.ndarray, "B T H"]:
        """Compute the state after every token of one text, from each of several states.

        Args:
            ids: Word ids of the text; it may be empty.
            initial: The states before its first token.
        """
        states = self._run([ids] * len(initial), initial, parts=1)[1][0]  # (B * T, H)
        return states.reshape(len(initial), len(ids), initial.shape[1])  # (B, T, H)

    def trace(self, ids: Int32[np.ndarray, " T"]) -> GateTrace:
        """Run one text and return every state, gate and candidate."""
        return self.traces([ids])[0]

    def traces(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> list[GateTrace]:
        """Run several texts and return every state, gate and candidate of each."""
        if not texts:
            return []
        arrays = self._run(texts, None, parts=len(_TRACED))[1]  # (6, tokens, H)
        ends = np.cumsum([len(ids) for ids in texts], dtype=np.int64)[:-1]
        by_text = zip(*(np.split(array, ends) for array in arrays), strict=True)
        return [GateTrace(**dict(zip(_TRACED, parts, strict=True))) for parts in by_text]

    def input_rows(
        self, ids: Int32[np.ndarray, " _"]
    ) -> tuple[Int64[np.ndarray, " _"], Float32[np.ndarray, "extra N"]]:
        """Return the row of W_i x + b_i for each token.

        Args:
            ids: Word ids.

        Returns:
            Row numbers, and the rows of the words that the table does not contain. Row numbers
            beyond the table refer to the latter.
        """
        common = len(self.table)
        rows = ids.astype(np.int64)  # (tokens,)
        is_extra = rows >= common  # (tokens,)
        words, position = np.unique(rows[is_extra], return_inverse=True)
        rows[is_extra] = common + position
        return rows, self._word_rows(words)

    def _word_rows(self, words: Int64[np.ndarray, " W"]) -> Float32[np.ndarray, "W N"]:
        """Compute W_i x + b_i of some words, with integers for every word vector of 8 bits."""
        vectors = self.weights.embedding[words]  # (W, E)
        if not self._int8_input_layer:
            return self._input_layer(vectors)
        matrix = Int8Matrix.nearest(vectors)
        rows = self._int8_input_layer(matrix)  # (W, N)
        inexact = (matrix.to_float32() != vectors).any(axis=1)  # (W,)
        if inexact.any():
            size = len(self.weights.gru.bias_ih)  # both layers have more rows, of zeros
            rows[inexact, :size] = self._input_layer(vectors[inexact])[:, :size]
        return rows

    def _run(
        self,
        texts: Sequence[Int32[np.ndarray, " _"]],
        initial: Float32[np.ndarray, "B H"] | None,
        *,
        parts: int,
    ) -> tuple[Float32[np.ndarray, "B H"], Float32[np.ndarray, "parts _ H"]]:
        """Run all texts, distributed over the threads; return final states and traced parts."""
        units = self.weights.gru.hidden_size
        lengths = np.array([len(ids) for ids in texts], dtype=np.int64)  # (B,)
        starts = np.concatenate([[0], np.cumsum(lengths)])  # (B + 1,)
        words, extra = self.input_rows(np.concatenate([*texts, np.empty(0, dtype=np.int32)]))
        if initial is None:
            initial = np.zeros((len(texts), units), dtype=np.float32)
        states = initial.copy()  # (B, H), initial states that become final ones
        trace = np.empty((parts, len(words) if parts else 0, units), dtype=np.float32)
        product = self.product

        def run(queue: _Queue) -> None:
            run_texts(
                product.weights,
                product.tiles,
                product.scale,
                product.bias,
                self.table,
                extra,
                words,
                starts,
                queue,
                np.zeros((product.lanes, product.depth), dtype=product.operand_type),
                states,
                trace,
            )

        self._threads.run(run, _distribute(lengths, self.threads))
        return states, trace


def _distribute(lengths: Int64[np.ndarray, " B"], workers: int) -> list[Int64[np.ndarray, " _"]]:
    """Assign texts to workers such that all have about as many tokens.

    The longest texts come first, each to the worker with the fewest tokens so far; empty texts are
    left out.
    """
    if len(lengths) == 1:
        return [np.flatnonzero(lengths)]
    order = np.argsort(-lengths, kind="stable")  # (B,)
    order = order[lengths[order] > 0]
    queues: list[list[int]] = [[] for _ in range(max(1, min(workers, len(order))))]
    loads = [(0, worker) for worker in range(len(queues))]
    heapify(loads)
    for text in order.tolist():
        load, worker = loads[0]
        queues[worker].append(text)
        heapreplace(loads, (load + int(lengths[text]), worker))
    return [np.array(queue, dtype=np.int64) for queue in queues]
