"""The recurrence as compiled code: several texts side by side, a vector of units at a time.

One step is a product of the weights with the state, followed by the nonlinearities. For a single
text the product is limited by how fast the weights are read from the cache. For several texts, one
*lane* each, a weight that was loaded is used for all of them, and arithmetic is the limit, except
with tiles (see `int8.tiles`). When a text ends, its lane continues with the next text, so that
texts of any lengths leave no lane idle.

Weights can be given as bfloat16, the upper half of a float32, which halves the memory traffic; they
are converted to float32 before they are multiplied, so nothing else is rounded. If states are given
as bfloat16, too, processors with an instruction for it multiply twice as many numbers per cycle.
8-bit weights are multiplied by states that are rounded to integers of 16 or 8 bits (see
`int8.matmul`).
"""

from typing import Final, no_type_check

import numpy as np
from numba import types
from numba.extending import overload

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.int8.matmul import multiply_int8
from gatewise.models.gru.kernels.simd_matmul import (
    LANES,
    PANEL_ROWS,
    PANELS_AT_ONCE,
    matmul_intrinsic,
    store_number,
)

_compiled = compiled()

_HALF_LANES: Final = LANES // 2
_TWO: Final = 2
_all_lanes = matmul_intrinsic(LANES, 1)
_half_lanes = matmul_intrinsic(_HALF_LANES, 2)
_two_lanes = matmul_intrinsic(_TWO, 2)
_one_lane = matmul_intrinsic(1, PANELS_AT_ONCE)


@no_type_check
@_compiled
def multiply(weights, bias, states, depth, rows, sums):
    """Write bias + weights × states for the first `rows` states.

    Args:
        weights: Packed weights: float32, or bfloat16 as uint16.
        bias: (N,) biases.
        states: (LANES, D) states: float32, or bfloat16 as uint16.
        depth: D.
        rows: Number of states to multiply, 1 to LANES; more may be multiplied.
        sums: (LANES, N), written.
    """
    stride = bias.size
    panels = 1 if rows > _HALF_LANES else 2 if rows > 1 else PANELS_AT_ONCE
    for row in range(0, stride, PANEL_ROWS * panels):
        offset = row * depth
        if rows > _HALF_LANES:
            _all_lanes(weights, offset, bias, row, states, depth, sums, stride)
        elif rows > _TWO:
            _half_lanes(weights, offset, bias, row, states, depth, sums, stride)
        elif rows == _TWO:
            _two_lanes(weights, offset, bias, row, states, depth, sums, stride)
        else:
            _one_lane(weights, offset, bias, row, states, depth, sums, stride)


@no_type_check
def multiply_layer(weights, tiles, scale, bias, states, depth, rows, sums):
    """Call the product for the type of the weights.

    Only that of 8-bit weights uses `tiles` and `scale`.
    """


@no_type_check
@overload(multiply_layer)
def _select_product(weights, tiles, scale, bias, states, depth, rows, sums):  # noqa: ARG001
    def of_integers(weights, tiles, scale, bias, states, depth, rows, sums):
        multiply_int8(weights, tiles, scale, bias, states, depth, rows, sums)

    def of_floats(weights, tiles, scale, bias, states, depth, rows, sums):  # noqa: ARG001
        multiply(weights, bias, states, depth, rows, sums)

    return of_integers if weights.dtype == types.int8 else of_floats


_ONE, _HALF, _SATURATED = np.float32(1), np.float32(0.5), np.float32(7.90531110763549805)
_P1, _P3, _P5, _P7, _P9, _P11, _P13 = (
    np.float32(c)
    for c in (
        4.89352455891786e-03, 6.37261928875436e-04, 1.48572235717979e-05, 5.12229709037114e-08,
        -8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16,
    )
)  # fmt: skip
_Q0, _Q2, _Q4, _Q6 = (
    np.float32(c)
    for c in (
        4.89352518554385e-03,
        2.26843463243900e-03,
        1.18534705686654e-04,
        1.19825839466702e-06,
    )
)


@no_type_check
@_compiled
def tanh(x):
    """Compute the hyperbolic tangent of a float32 as a ratio of polynomials.

    The error is a few units in the last place, and the result lies within ±1. Source: Eigen's
    `MathFunctionsImpl.h`.
    """
    x = -_SATURATED if x < -_SATURATED else x
    x = _SATURATED if x > _SATURATED else x
    s = x * x
    p = x * (_P1 + s * (_P3 + s * (_P5 + s * (_P7 + s * (_P9 + s * (_P11 + s * _P13))))))
    q = _Q0 + s * (_Q2 + s * (_Q4 + s * _Q6))
    return p / q


@no_type_check
@_compiled
def _gru_step(from_word, sums, candidate, state):
    """Take one step of one text.

    Args:
        from_word: (N,) W_i x + b_i of the word.
        sums: (N,) W_h h + b_h, overwritten by reset gate, update gate and context part.
        candidate: (H,), written.
        state: (H,) the old state, overwritten by the new one.
    """
    units = len(state)
    gates, context = sums[: 2 * units], sums[2 * units : 3 * units]
    word_gates, word_part = from_word[: 2 * units], from_word[2 * units : 3 * units]
    for unit in range(2 * units):
        gates[unit] = _HALF + _HALF * tanh(_HALF * (word_gates[unit] + gates[unit]))
    for unit in range(units):
        context[unit] *= gates[unit]
    for unit in range(units):
        candidate[unit] = tanh(word_part[unit] + context[unit])
    update = gates[units:]
    for unit in range(units):
        state[unit] = (_ONE - update[unit]) * candidate[unit] + update[unit] * state[unit]


@no_type_check
@_compiled
def _copy(source, target):
    """Copy as many numbers as `target` has."""
    for unit in range(len(target)):
        target[unit] = source[unit]


@no_type_check
@_compiled
def _refill_lanes(lanes, active, queue, position, starts, states, final):
    """Store the final state of every text that has ended and assign its lane to the next text.

    Args:
        lanes: (L, 3) text, next token, and end of each lane; the text is −1 before the first.
        active: Number of lanes in use, which are always the first ones.
        queue: Texts to run.
        position: Position in `queue` of the next text.
        starts: (B + 1,) first token of each text.
        states: (L, H) state of each lane.
        final: (B, H) initial states of texts that have not begun, final states of those that ended.

    Returns:
        The new `active` and the new `position`.
    """
    for lane in range(
        active - 1, -1, -1
    ):  # backwards: the lane that fills a gap is checked already
        text, token, end = lanes[lane]
        if token < end:
            continue
        if text >= 0:
            _copy(states[lane], final[text])
        if position < len(queue):
            text = queue[position]
            position += 1
            lanes[lane, 0], lanes[lane, 1], lanes[lane, 2] = text, starts[text], starts[text + 1]
            _copy(final[text], states[lane])
        else:
            active -= 1
            _copy(lanes[active], lanes[lane])
            _copy(states[active], states[lane])
    return active, position


@no_type_check
@_compiled
def run_texts(
    weights, tiles, scale, bias, table, extra, words, starts, queue, operands, final, trace
):  # fmt: skip
    """Run the texts in `queue`, L at a time, each from its initial to its final state.

    Args:
        weights: Packed weights on the state: float32, bfloat16 as uint16, or 8-bit integers.
        tiles: 8-bit weights as packed by `pack_tiles`; empty for other weights, and where tiles are
            not used.
        scale: (N,) what the integer sum of each row of 8-bit weights is multiplied by; otherwise
            not used.
        bias: (N,) biases; N is 3H, padded.
        table: (common, N) W_i x + b_i of the most frequent words.
        extra: (_, N) the same of other words; its row numbers continue those of `table`.
        words: Row numbers of all texts, one text after the other.
        starts: (B + 1,) text i is `words[starts[i] : starts[i + 1]]`.
        queue: Texts to run.
        operands: (L, D) zeros, of the type in which states are multiplied.
        final: (B, H) initial state of every text, overwritten by its final state.
        trace: (P, tokens, H), written. P is 6: state, reset gate, update gate, candidate, word part
            and context part; or 1: state; or 0: nothing.
    """
    units, depth = final.shape[1], operands.shape[1]
    size = len(operands)  # L, the number of lanes
    states, candidate = np.zeros((size, units), np.float32), np.empty(units, np.float32)
    sums = np.empty((size, bias.size), np.float32)
    lanes = np.full((size, 3), -1)
    active, position = _refill_lanes(lanes, min(size, len(queue)), queue, 0, starts, states, final)
    while active:
        for lane in range(active):
            for unit in range(units):
                store_number(operands[lane], unit, states[lane, unit])
        multiply_layer(weights, tiles, scale, bias, operands, depth, active, sums)
        for lane in range(active):
            token = lanes[lane, 1]
            row = words[token]
            from_word = table[row] if row < len(table) else extra[row - len(table)]
            _gru_step(from_word, sums[lane], candidate, states[lane])
            if len(trace):
                _copy(states[lane], trace[0, token])
            if len(trace) > 1:
                _copy(sums[lane], trace[1, token])
                _copy(sums[lane, units:], trace[2, token])
                _copy(candidate, trace[3, token])
                _copy(from_word[2 * units :], trace[4, token])
                _copy(sums[lane, 2 * units :], trace[5, token])
            lanes[lane, 1] += 1
        active, position = _refill_lanes(lanes, active, queue, position, starts, states, final)
