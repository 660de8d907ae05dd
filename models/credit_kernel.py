"""The compiled loops of `credit.py`: one text read while it grows, and followed back from its end.

Both take the products of `kernel.py`, with one text in the first lane.
"""

from typing import no_type_check

import numba
import numpy as np

from models.kernel import multiply, tanh
from models.product import put

# As of the recurrence itself; besides, the order of a sum is free, so that vectors can take parts.
_compiled = numba.njit(
    nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"}
)
_ONE, _HALF = np.float32(1), np.float32(0.5)
# Nearer than this, rounding outweighs the secant; the mean of both tangents is off by less.
_TANGENT = np.float32(1e-3)


@no_type_check
@_compiled
def read_grown(weights, bias, table, rare, words, growth, factor, sums, hidden):
    """Read a text every step of which adds only `growth` of what it would add to the state.

    weights, bias   packed, and (N,), as `read_texts` has them; table, rare and words, too
    factor          (1, D) zeros, of the kind in which states are to be multiplied
    sums            (T, N), written: W_h h + b_h before every step
    hidden          (T, H), written: the state after it
    """
    units = hidden.shape[1]
    state = np.zeros(units, np.float32)  # (H,)
    gates, candidate = np.empty(2 * units, np.float32), np.empty(units, np.float32)
    for token in range(len(words)):
        for unit in range(units):
            put(factor[0], unit, state[unit])
        multiply(weights, bias, factor, factor.shape[1], 1, sums[token : token + 1])
        _step(_row(table, rare, words[token]), sums[token], gates, candidate)
        update = gates[units:]
        for unit in range(units):
            state[unit] += growth * (_ONE - update[unit]) * (candidate[unit] - state[unit])
        for unit in range(units):
            hidden[token, unit] = state[unit]


@no_type_check
@_compiled
def follow_back(backwards, no_bias, table, rare, words, growths, sums, hidden, head, factor, total):
    """Add to `total` what each token has of the logit's growth from one run to the other.

    backwards, no_bias   the weights on the state, transposed and packed; zeros, as long as its rows
    growths, sums, hidden   of both runs, as `read_grown` has them: (2,), (2, T, N), (2, T, H)
    head                    (H,) weights of the logit
    factor                  (1, 3H or one more) zeros, of the kind to be multiplied
    total                   (T,) float64
    """
    units = hidden.shape[2]
    share, grown = (growths[0] + growths[1]) * _HALF, growths[1] - growths[0]
    reach = head.copy()  # (H,) how far a change of the state goes in the logit
    nothing = np.zeros(units, np.float32)  # (H,) the state before the first token
    gates, candidate = np.empty((2, 2 * units), np.float32), np.empty((2, units), np.float32)
    slopes, wanted = np.empty((3, units), np.float32), np.empty((3, units), np.float32)
    answer = np.empty((1, no_bias.size), np.float32)
    for token in range(len(words) - 1, -1, -1):
        row = _row(table, rare, words[token])
        for run in range(2):
            _step(row, sums[run, token], gates[run], candidate[run])
        _slopes(sums[:, token], gates, candidate, slopes)
        before = hidden[0, token - 1] if token else nothing
        after = hidden[1, token - 1] if token else nothing
        own = _written(gates, candidate, before, after, reach)
        total[token] += grown * own
        _wanted(gates, candidate, before, after, sums[:, token], slopes, reach, share, wanted)
        for part in range(3):
            for unit in range(units):
                put(factor[0], part * units + unit, wanted[part, unit])
        multiply(backwards, no_bias, factor, factor.shape[1], 1, answer)
        earlier, later = gates[0, units:], gates[1, units:]
        for unit in range(units):
            open_ = _ONE - (earlier[unit] + later[unit]) * _HALF
            reach[unit] = answer[0, unit] + (_ONE - share * open_) * reach[unit]


@no_type_check
@_compiled
def _row(table, rare, word):
    return table[word] if word < len(table) else rare[word - len(table)]


@no_type_check
@_compiled
def _step(from_word, from_state, gates, candidate):
    """Write the gates of one step, reset before update, and its candidate."""
    units = len(candidate)
    for unit in range(2 * units):
        gates[unit] = _HALF + _HALF * tanh(_HALF * (from_word[unit] + from_state[unit]))
    word_part, recalled = from_word[2 * units :], from_state[2 * units :]
    for unit in range(units):
        candidate[unit] = tanh(word_part[unit] + gates[unit] * recalled[unit])


@no_type_check
@_compiled
def _slopes(sums, gates, candidate, slopes):
    """Write the secants of reset gate, update gate and candidate between the two runs."""
    units = candidate.shape[1]
    for gate in range(2):
        start = gate * units
        earlier, later = gates[0, start : start + units], gates[1, start : start + units]
        a, b = sums[0, start : start + units], sums[1, start : start + units]
        for unit in range(units):
            x, y = earlier[unit], later[unit]
            tangent = (x * (_ONE - x) + y * (_ONE - y)) * _HALF
            slopes[gate, unit] = _secant(y - x, b[unit] - a[unit], tangent)
    a, b = sums[0, 2 * units :], sums[1, 2 * units :]
    earlier, later = gates[0], gates[1]
    for unit in range(units):
        x, y = candidate[0, unit], candidate[1, unit]
        run = later[unit] * b[unit] - earlier[unit] * a[unit]
        slopes[2, unit] = _secant(y - x, run, _ONE - (x * x + y * y) * _HALF)


@no_type_check
@_compiled
def _secant(rise, run, tangent):
    far = abs(run) > _TANGENT
    return rise / run if far else tangent


@no_type_check
@_compiled
def _written(gates, candidate, before, after, reach):
    """Answer how far the step's own addition, the mean of both runs, goes in the logit."""
    units = len(reach)
    earlier, later = gates[0, units:], gates[1, units:]
    total = 0.0
    for unit in range(units):
        a = (_ONE - earlier[unit]) * (candidate[0, unit] - before[unit])
        b = (_ONE - later[unit]) * (candidate[1, unit] - after[unit])
        total += reach[unit] * (a + b) * _HALF
    return total


@no_type_check
@_compiled
def _wanted(gates, candidate, before, after, sums, slopes, reach, share, wanted):
    """Write what the logit wants of W_hr h, W_hz h and W_hn h: what their change would add."""
    units = len(reach)
    r_a, r_b, z_a, z_b = gates[0], gates[1], gates[0, units:], gates[1, units:]
    a, b = sums[0, 2 * units :], sums[1, 2 * units :]
    for unit in range(units):
        added = (candidate[0, unit] - before[unit] + candidate[1, unit] - after[unit]) * _HALF
        wanted[1, unit] = -share * added * slopes[1, unit] * reach[unit]
    for unit in range(units):
        open_ = _ONE - (z_a[unit] + z_b[unit]) * _HALF
        into_candidate = share * open_ * slopes[2, unit] * reach[unit]
        wanted[0, unit] = into_candidate * (a[unit] + b[unit]) * _HALF * slopes[0, unit]
        wanted[2, unit] = into_candidate * (r_a[unit] + r_b[unit]) * _HALF
