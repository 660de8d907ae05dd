"""The recurrence as compiled code: several texts side by side, a vector of units at a time.

Reading a word is one product of the weights with the state, and then three nonlinearities. For one
text the product is as fast as the weights come out of the cache; for several texts, one *lane*
each, a weight that has been fetched serves all of them, and the processor's arithmetic is the
limit. A lane whose text has ended takes the next one, so texts of any lengths waste no step.

Weights may be given in bfloat16, the upper half of a float32, which halves what is fetched; they
are widened again before they are multiplied, so nothing else is rounded. If the states are given
in bfloat16, too, processors that have an instruction for it multiply twice as many a cycle.

Numba compiles this file for the processor at hand and caches what it compiled.
"""

from typing import Final, no_type_check

import numba
import numpy as np

from models.product import LANES, PANEL, PANELS_AT_ONCE, product, put

# Cached; threads run it side by side; "numpy", as a division that stops to look for a zero could
# not be done by the vector.
_compiled = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})

_for_all = product(LANES, 1)
_for_half = product(LANES // 2, 2)
_TWO: Final = 2
_for_two = product(_TWO, 2)
_for_one = product(1, PANELS_AT_ONCE)


@no_type_check
@_compiled
def multiply(weights, bias, states, depth, rows, sums):
    """Write bias + weights × states for the first `rows` of up to LANES states."""
    stride = bias.size
    at_once = 1 if rows > LANES // 2 else 2 if rows > 1 else PANELS_AT_ONCE
    for at in range(0, stride, PANEL * at_once):
        start = at * depth
        if rows > LANES // 2:
            _for_all(weights, start, bias, at, states, depth, sums, stride)
        elif rows > _TWO:
            _for_half(weights, start, bias, at, states, depth, sums, stride)
        elif rows == _TWO:
            _for_two(weights, start, bias, at, states, depth, sums, stride)
        else:
            _for_one(weights, start, bias, at, states, depth, sums, stride)


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
    """The hyperbolic tangent of a float32, by a ratio of polynomials.

    Source: Eigen's `MathFunctionsImpl.h`; to a few units in the last place, and within ±1.
    """
    x = -_SATURATED if x < -_SATURATED else x
    x = _SATURATED if x > _SATURATED else x
    s = x * x
    p = x * (_P1 + s * (_P3 + s * (_P5 + s * (_P7 + s * (_P9 + s * (_P11 + s * _P13))))))
    q = _Q0 + s * (_Q2 + s * (_Q4 + s * _Q6))
    return p / q


@no_type_check
@_compiled
def _read_word(from_word, sums, candidate, state):
    """Take one step: `state` becomes the next one, and `sums` the gates and the context part."""
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
    for unit in range(len(target)):
        target[unit] = source[unit]


@no_type_check
@_compiled
def _turn_over(lanes, active, queue, waiting, starts, states, last):
    """Close every lane whose text has ended, and open it for the next text that waits.

    A lane is (text, next token, one past its last), of text −1 before its first. Those in use stay
    the first ones. Answers how many these are, and which text waits next.
    """
    for lane in range(active - 1, -1, -1):  # backwards: what fills a gap has been looked at
        text, token, end = lanes[lane]
        if token < end:
            continue
        if text >= 0:
            _copy(states[lane], last[text])
        if waiting < len(queue):
            text = queue[waiting]
            waiting += 1
            lanes[lane, 0], lanes[lane, 1], lanes[lane, 2] = text, starts[text], starts[text + 1]
            _copy(last[text], states[lane])
        else:
            active -= 1
            _copy(lanes[active], lanes[lane])
            _copy(states[active], states[lane])
    return active, waiting


@no_type_check
@_compiled
def read_texts(weights, bias, table, rare, words, starts, queue, factors, last, trace):
    """Read the texts in `queue`, LANES at a time, each from its first state to its last.

    weights, bias   packed, and (N,): N is three times the units, padded
    table, rare     (…, N) what words add to the gates; the rows of `rare` count on
    words           rows of all texts, end to end: text i is words[starts[i] : starts[i + 1]]
    factors         (LANES, D) zeros, of the kind in which states are to be multiplied
    last            (B, H) the first state of every text, which its last one takes the place of
    trace           (6, tokens, H), written: h, r, z, n, word part, context part; or (1, …): h;
                    or (0, …): nothing
    """
    units, depth = last.shape[1], factors.shape[1]
    states, candidate = np.zeros((LANES, units), np.float32), np.empty(units, np.float32)
    sums = np.empty((LANES, bias.size), np.float32)
    lanes = np.full((LANES, 3), -1)
    active, waiting = _turn_over(lanes, min(LANES, len(queue)), queue, 0, starts, states, last)
    while active:
        for lane in range(active):
            for unit in range(units):
                put(factors[lane], unit, states[lane, unit])
        multiply(weights, bias, factors, depth, active, sums)
        for lane in range(active):
            token = lanes[lane, 1]
            row = words[token]
            from_word = table[row] if row < len(table) else rare[row - len(table)]
            _read_word(from_word, sums[lane], candidate, states[lane])
            if len(trace):
                _copy(states[lane], trace[0, token])
            if len(trace) > 1:
                _copy(sums[lane], trace[1, token])
                _copy(sums[lane, units:], trace[2, token])
                _copy(candidate, trace[3, token])
                _copy(from_word[2 * units :], trace[4, token])
                _copy(sums[lane, 2 * units :], trace[5, token])
            lanes[lane, 1] += 1
        active, waiting = _turn_over(lanes, active, queue, waiting, starts, states, last)
