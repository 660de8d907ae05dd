"""The compiled loops of `explain/attribution.py`: a scaled forward pass, and a backward pass.

Notation as there: α is the scale of a run, f_t the update of step t, and g_t the gradient, by
secants between two runs, of the logit with respect to the state after token t. Texts are run one at
a time, in the first lane of the products.
"""

from typing import no_type_check

import numpy as np

from gatewise.models.gru.kernels.compilation import compiled
from gatewise.models.gru.kernels.gru_loop import multiply, tanh
from gatewise.models.gru.kernels.simd_matmul import store_number

_compiled = compiled(reorder_sums=True)
_ONE, _HALF = np.float32(1), np.float32(0.5)
# For smaller differences the secant suffers more from rounding than the mean of the two tangents is
# wrong.
_SMALLEST_SECANT = np.float32(1e-3)


@no_type_check
@_compiled
def run_scaled(weights, bias, table, extra, words, scale, operand, sums, hidden):
    """Run a text with every update of the state multiplied by `scale`: h_t = h_{t-1} + α f_t.

    Args:
        weights: Packed weights on the state.
        bias: (N,) biases.
        table: (common, N) W_i x + b_i of the most frequent words.
        extra: (_, N) the same of other words; its row numbers continue those of `table`.
        words: (T,) row numbers.
        scale: α.
        operand: (1, D) zeros, of the type in which states are multiplied.
        sums: (T, N), written: W_h h_{t-1} + b_h of every step.
        hidden: (T, H), written: h_t of every step.
    """
    units = hidden.shape[1]
    state = np.zeros(units, np.float32)  # (H,)
    gates, candidate = np.empty(2 * units, np.float32), np.empty(units, np.float32)
    for token in range(len(words)):
        for unit in range(units):
            store_number(operand[0], unit, state[unit])
        multiply(weights, bias, operand, operand.shape[1], 1, sums[token : token + 1])
        _gates_and_candidate(_row(table, extra, words[token]), sums[token], gates, candidate)
        update = gates[units:]
        for unit in range(units):
            state[unit] += scale * (_ONE - update[unit]) * (candidate[unit] - state[unit])
        for unit in range(units):
            hidden[token, unit] = state[unit]


@no_type_check
@_compiled
def add_attributions(
    transposed, no_bias, table, extra, words, scales, sums, hidden, head, operand, total
):
    """Add to `total` the part of each token in the change of the logit between two scaled runs.

    Args:
        transposed: The weights on the state, transposed and packed.
        no_bias: Zeros, as many as `transposed` has rows.
        table: (common, N) W_i x + b_i of the most frequent words.
        extra: (_, N) the same of other words; its row numbers continue those of `table`.
        words: (T,) row numbers.
        scales: (2,) α of both runs.
        sums: (2, T, N) W_h h_{t-1} + b_h of both runs.
        hidden: (2, T, H) h_t of both runs.
        head: (H,) weights of the logit.
        operand: (1, D) zeros; D is 3H, or one more.
        total: (T,) float64, added to.
    """
    units = hidden.shape[2]
    scale, difference = (scales[0] + scales[1]) * _HALF, scales[1] - scales[0]
    gradient = head.copy()  # (H,) g_t
    zero = np.zeros(units, np.float32)  # (H,) the state before the first token
    gates, candidate = np.empty((2, 2 * units), np.float32), np.empty((2, units), np.float32)
    slopes, of_sums = np.empty((3, units), np.float32), np.empty((3, units), np.float32)
    of_state = np.empty((1, no_bias.size), np.float32)
    for token in range(len(words) - 1, -1, -1):
        row = _row(table, extra, words[token])
        for run in range(2):
            _gates_and_candidate(row, sums[run, token], gates[run], candidate[run])
        _secants(sums[:, token], gates, candidate, slopes)
        first = hidden[0, token - 1] if token else zero
        second = hidden[1, token - 1] if token else zero
        total[token] += difference * _mean_update(gates, candidate, first, second, gradient)
        _gradient_of_sums(
            gates, candidate, first, second, sums[:, token], slopes, gradient, scale, of_sums
        )
        for part in range(3):
            for unit in range(units):
                store_number(operand[0], part * units + unit, of_sums[part, unit])
        multiply(transposed, no_bias, operand, operand.shape[1], 1, of_state)
        z_first, z_second = gates[0, units:], gates[1, units:]
        for unit in range(units):
            replaced = _ONE - (z_first[unit] + z_second[unit]) * _HALF
            gradient[unit] = of_state[0, unit] + (_ONE - scale * replaced) * gradient[unit]


@no_type_check
@_compiled
def _row(table, extra, word):
    return table[word] if word < len(table) else extra[word - len(table)]


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
def _secants(sums, gates, candidate, slopes):
    """Write the secants of reset gate, update gate and candidate between the two runs."""
    units = candidate.shape[1]
    for gate in range(2):
        start = gate * units
        first, second = gates[0, start : start + units], gates[1, start : start + units]
        a, b = sums[0, start : start + units], sums[1, start : start + units]
        for unit in range(units):
            x, y = first[unit], second[unit]
            tangent = (x * (_ONE - x) + y * (_ONE - y)) * _HALF
            slopes[gate, unit] = _secant(y - x, b[unit] - a[unit], tangent)
    a, b = sums[0, 2 * units :], sums[1, 2 * units :]
    first, second = gates[0], gates[1]
    for unit in range(units):
        x, y = candidate[0, unit], candidate[1, unit]
        run = second[unit] * b[unit] - first[unit] * a[unit]
        slopes[2, unit] = _secant(y - x, run, _ONE - (x * x + y * y) * _HALF)


@no_type_check
@_compiled
def _secant(rise, run, tangent):
    """Return rise / run, or the tangent where the run is too small."""
    large = abs(run) > _SMALLEST_SECANT
    return rise / run if large else tangent


@no_type_check
@_compiled
def _mean_update(gates, candidate, first, second, gradient):
    """Return g_t · ½ [f_t(h_{t-1}) + f_t(h'_{t-1})] for the old states of both runs."""
    units = len(gradient)
    z_first, z_second = gates[0, units:], gates[1, units:]
    total = 0.0
    for unit in range(units):
        a = (_ONE - z_first[unit]) * (candidate[0, unit] - first[unit])
        b = (_ONE - z_second[unit]) * (candidate[1, unit] - second[unit])
        total += gradient[unit] * (a + b) * _HALF
    return total


@no_type_check
@_compiled
def _gradient_of_sums(gates, candidate, first, second, sums, slopes, gradient, scale, of_sums):
    """Write the gradients with respect to W_hr h, W_hz h and W_hn h, by secants."""
    units = len(gradient)
    r_a, r_b, z_a, z_b = gates[0], gates[1], gates[0, units:], gates[1, units:]
    a, b = sums[0, 2 * units :], sums[1, 2 * units :]
    for unit in range(units):
        added = (candidate[0, unit] - first[unit] + candidate[1, unit] - second[unit]) * _HALF
        of_sums[1, unit] = -scale * added * slopes[1, unit] * gradient[unit]
    for unit in range(units):
        replaced = _ONE - (z_a[unit] + z_b[unit]) * _HALF
        of_candidate = scale * replaced * slopes[2, unit] * gradient[unit]
        of_sums[0, unit] = of_candidate * (a[unit] + b[unit]) * _HALF * slopes[0, unit]
        of_sums[2, unit] = of_candidate * (r_a[unit] + r_b[unit]) * _HALF
