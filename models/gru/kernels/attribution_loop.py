"""The compiled loops of `explain/attribution.py`: scaled forward passes, and backward passes.

Notation as there: α is the scale of a run, f_t the update of step t, and g_t the gradient, by
secants between two runs, of the logit with respect to the state after token t. The runs of one text
at different scales do not depend on each other, nor do the backward passes: each has a lane of the
products, so that a weight that was loaded is used for all of them.
"""

from typing import no_type_check

import numpy as np

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.gru_loop import multiply, multiply_layer, tanh
from gatewise.models.gru.kernels.int8.tiles import multiply_tiles_24_bits
from gatewise.models.gru.kernels.simd_matmul import LANES, store_number

_compiled = compiled(reorder_sums=True)
_ONE, _HALF = np.float32(1), np.float32(0.5)
# For smaller differences the secant suffers more from rounding than the mean of the two tangents is
# wrong.
_SMALLEST_SECANT = np.float32(1e-3)


@no_type_check
@_compiled
def run_scaled(
    weights, tiles, scale_of_rows, bias, table, extra, words, scales, operands, sums, hidden
):
    """Run a text several times, with every update of the state scaled: h_t = h_{t-1} + α f_t.

    Args:
        weights: Packed weights on the state.
        tiles: 8-bit weights as packed by `pack_tiles`; empty for other weights, and where tiles are
            not used.
        scale_of_rows: (N,) what the integer sum of each row of 8-bit weights is multiplied by;
            otherwise not used.
        bias: (N,) biases.
        table: (common, N) W_i x + b_i of the most frequent words.
        extra: (_, N) the same of other words; its row numbers continue those of `table`.
        words: (T,) row numbers.
        scales: (R,) α of every run; at most LANES.
        operands: (LANES, D) zeros, of the type in which states are multiplied.
        sums: (R, T, N), written: W_h h_{t-1} + b_h of every step.
        hidden: (R, T, H), written: h_t of every step.
    """
    runs, units = len(scales), hidden.shape[2]
    states, product = np.zeros((runs, units), np.float32), np.empty((LANES, bias.size), np.float32)
    gates, candidate = np.empty(2 * units, np.float32), np.empty(units, np.float32)
    for token in range(len(words)):
        row = _row(table, extra, words[token])
        for run in range(runs):
            _store(states[run : run + 1], operands[run])
        depth = operands.shape[1]
        multiply_layer(weights, tiles, scale_of_rows, bias, operands, depth, runs, product)
        for run in range(runs):
            scale, state = scales[run], states[run]
            _gates_and_candidate(row, product[run], gates, candidate)
            update = gates[units:]
            for unit in range(units):
                state[unit] += scale * (_ONE - update[unit]) * (candidate[unit] - state[unit])
            _copy(product[run], sums[run, token])
            _copy(state, hidden[run, token])


@no_type_check
@_compiled
def add_attributions(
    transposed,
    tiles,
    scale_of_rows,
    no_bias,
    table,
    extra,
    words,
    scales,
    sums,
    hidden,
    head,
    operands,
    total,
    gradients,
):
    """Add to `total` the part of each token in the change of the logit from run to run.

    Each pair of neighbouring runs has a lane. If `gradients` has room for it, one more lane
    computes the gradients of the last run, as those of a pair of two equal runs.

    Args:
        transposed: The weights on the state, transposed and packed; empty if there are `tiles`.
        tiles: 8-bit weights, transposed and packed by `pack_tiles`; or empty, and then `transposed`
            is multiplied.
        scale_of_rows: (3H,) what the weights of each column of `transposed` are to be multiplied
            by.
        no_bias: Zeros, as many as the transposed weights have rows.
        table: (common, N) W_i x + b_i of the most frequent words.
        extra: (_, N) the same of other words; its row numbers continue those of `table`.
        words: (T,) row numbers.
        scales: (R,) α of every run, ascending.
        sums: (R, T, N) W_h h_{t-1} + b_h of every run.
        hidden: (R, T, H) h_t of every run.
        head: (H,) weights of the logit.
        operands: (LANES, D) zeros; D is 3H, or one more. At most LANES lanes are used.
        total: (T,) float64, added to.
        gradients: (T, H), written: the gradient of the logit with respect to the state after each
            token of the last run. Or (0, H): nothing is written.
    """
    runs, units = len(scales), hidden.shape[2]
    last, lanes = runs - 1, runs - 1 + (len(gradients) > 0)
    lane_gradients = np.empty((lanes, units), np.float32)  # g_t of every lane
    for lane in range(lanes):
        _copy(head, lane_gradients[lane])
    zero = np.zeros(units, np.float32)  # (H,) the state before the first token
    gates = np.empty((runs, 2 * units), np.float32)
    candidates, slopes = np.empty((runs, units), np.float32), np.empty((3, units), np.float32)
    of_sums = np.empty((3, units), np.float32)
    of_states = np.empty((LANES, no_bias.size), np.float32)
    for token in range(len(words) - 1, -1, -1):
        row = _row(table, extra, words[token])
        for run in range(runs):
            _gates_and_candidate(row, sums[run, token], gates[run], candidates[run])
        if len(gradients):
            _copy(lane_gradients[last], gradients[token])
        for lane in range(lanes):
            i, j = lane, min(lane + 1, last)
            scale, difference = (scales[i] + scales[j]) * _HALF, scales[j] - scales[i]
            before = hidden[i, token - 1] if token else zero
            other_before = hidden[j, token - 1] if token else zero
            gradient = lane_gradients[lane]
            if difference > 0:
                total[token] += difference * _mean_update(
                    gates[i], gates[j], candidates[i], candidates[j], before, other_before, gradient
                )
            a, b = sums[i, token], sums[j, token]
            _secants(a, b, gates[i], gates[j], candidates[i], candidates[j], slopes)
            _gradient_of_sums(
                gates[i],
                gates[j],
                candidates[i],
                candidates[j],
                before,
                other_before,
                a,
                b,
                slopes,
                gradient,
                scale,
                of_sums,
            )
            _multiply_by(scale_of_rows, of_sums)
            _store(of_sums, operands[lane])
        if len(tiles):
            multiply_tiles_24_bits(tiles, operands, operands.shape[1], lanes, of_states)
        else:
            multiply(transposed, no_bias, operands, operands.shape[1], lanes, of_states)
        for lane in range(lanes):
            i, j = lane, min(lane + 1, last)
            scale = (scales[i] + scales[j]) * _HALF
            z, other_z = gates[i, units:], gates[j, units:]
            gradient, of_state = lane_gradients[lane], of_states[lane]
            for unit in range(units):
                replaced = _ONE - (z[unit] + other_z[unit]) * _HALF
                gradient[unit] = of_state[unit] + (_ONE - scale * replaced) * gradient[unit]


@no_type_check
@_compiled
def _row(table, extra, word):
    return table[word] if word < len(table) else extra[word - len(table)]


@no_type_check
@_compiled
def _copy(source, target):
    for index in range(len(target)):
        target[index] = source[index]


@no_type_check
@_compiled
def _multiply_by(factors, rows):
    units = rows.shape[1]
    for row in range(len(rows)):
        for unit in range(units):
            rows[row, unit] *= factors[row * units + unit]


@no_type_check
@_compiled
def _store(rows, operand):
    """Store the numbers of all rows, one row after the other, as one operand of the products."""
    units = rows.shape[1]
    for row in range(len(rows)):
        for unit in range(units):
            store_number(operand, row * units + unit, rows[row, unit])


@no_type_check
@_compiled
def _gates_and_candidate(from_word, from_state, gates, candidate):
    """Write the gates of one step, reset before update, and its candidate."""
    units = len(candidate)
    for unit in range(2 * units):
        gates[unit] = _HALF + _HALF * tanh(_HALF * (from_word[unit] + from_state[unit]))
    word_part, recalled = from_word[2 * units :], from_state[2 * units :]
    for unit in range(units):
        candidate[unit] = tanh(word_part[unit] + gates[unit] * recalled[unit])


@no_type_check
@_compiled
def _secants(a, b, gates, other_gates, candidate, other_candidate, slopes):
    """Write the secants of reset gate, update gate and candidate between two runs.

    Args:
        a: (N,) W_h h + b_h of the first run; `b` of the other.
        b: (N,)
        gates: (2H,) of the first run; `other_gates` of the other.
        other_gates: (2H,)
        candidate: (H,) of the first run; `other_candidate` of the other.
        other_candidate: (H,)
        slopes: (3, H), written.
    """
    units = len(candidate)
    for gate in range(2):
        start = gate * units
        first, second = gates[start : start + units], other_gates[start : start + units]
        before, after = a[start : start + units], b[start : start + units]
        for unit in range(units):
            x, y = first[unit], second[unit]
            tangent = (x * (_ONE - x) + y * (_ONE - y)) * _HALF
            slopes[gate, unit] = _secant(y - x, after[unit] - before[unit], tangent)
    before, after = a[2 * units :], b[2 * units :]
    for unit in range(units):
        x, y = candidate[unit], other_candidate[unit]
        run = other_gates[unit] * after[unit] - gates[unit] * before[unit]
        slopes[2, unit] = _secant(y - x, run, _ONE - (x * x + y * y) * _HALF)


@no_type_check
@_compiled
def _secant(rise, run, tangent):
    """Return rise / run, or the tangent where the run is too small."""
    large = abs(run) > _SMALLEST_SECANT
    return rise / run if large else tangent


@no_type_check
@_compiled
def _mean_update(gates, other_gates, candidate, other_candidate, before, other_before, gradient):
    """Return g_t · ½ [f_t(h_{t-1}) + f_t(h'_{t-1})] for the old states of both runs."""
    units = len(gradient)
    z, other_z = gates[units:], other_gates[units:]
    total = 0.0
    for unit in range(units):
        a = (_ONE - z[unit]) * (candidate[unit] - before[unit])
        b = (_ONE - other_z[unit]) * (other_candidate[unit] - other_before[unit])
        total += gradient[unit] * (a + b) * _HALF
    return total


@no_type_check
@_compiled
def _gradient_of_sums(
    gates,
    other_gates,
    candidate,
    other_candidate,
    before,
    other_before,
    a,
    b,
    slopes,
    gradient,
    scale,
    of_sums,
):
    """Write the gradients with respect to W_hr h, W_hz h and W_hn h, by secants."""
    units = len(gradient)
    z, other_z = gates[units:], other_gates[units:]
    recalled, other_recalled = a[2 * units :], b[2 * units :]
    for unit in range(units):
        added = candidate[unit] - before[unit] + other_candidate[unit] - other_before[unit]
        of_sums[1, unit] = -scale * added * _HALF * slopes[1, unit] * gradient[unit]
    for unit in range(units):
        replaced = _ONE - (z[unit] + other_z[unit]) * _HALF
        of_candidate = scale * replaced * slopes[2, unit] * gradient[unit]
        mean_recalled = (recalled[unit] + other_recalled[unit]) * _HALF
        of_sums[0, unit] = of_candidate * mean_recalled * slopes[0, unit]
        of_sums[2, unit] = of_candidate * (gates[unit] + other_gates[unit]) * _HALF
