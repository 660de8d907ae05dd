"""Experiment 3: does the reset gate forget the plot at "But the movie is really boring"? C9."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from training.lab.bench import Bench
from training.lab.estimates import Estimate, mean_share, share
from training.lab.experiments.base import Experiment
from training.lab.fit import last_logits
from training.lab.jobs import Job
from training.lab.nets import GRU, WITHOUT_RESET
from training.lab.records import Chart, Finding, Outcome, Series, Supports, Table
from training.lab.texts import CONNECTIVES, REAL, Story, joined, stories
from training.lab.verdicts import HOLDS, Turn, lost, read, undone

NAME = "reset_story"
_LENGTHS = (20, 40, 80, 160, 320)
_SEED = 3
# A gate made the flip if half of the flips fail without it; it had a part in it at a tenth.
_MADE, _PART = 0.5, 0.1
_NETS = [GRU, WITHOUT_RESET]

Turns = dict[str, list[Turn]]


def _jobs(bench: Bench) -> list[Job]:
    return bench.jobs("reviews", _NETS)


def _run(bench: Bench) -> Outcome:
    told = _stories(bench)
    turns: Turns = {}
    for name, predictor in bench.models.items():
        both = [*told, *joined(bench.held_out(name), bench.options.story_texts // 2, seed=_SEED)]
        turns[name] = [read(predictor, story) for story in tqdm(both, desc=f"stories, {name}")]
    by_hold = {name: {hold: _undone(row, hold) for hold in HOLDS} for name, row in turns.items()}
    ours = {net: _flips_of_lab_nets(bench, net, told) for net in _NETS}
    supports = _supports(by_hold)
    answer = " ".join(
        f"{name} flips on {_share(row)} of the {sum(turn.asked for turn in row)} texts whose "
        f"verdict contradicts it; of these flips, holding the verdict's reset gates open undoes "
        f"{_percent(by_hold[name]['reset open'])} ({_of_real(row)}), at their average "
        f"{_percent(by_hold[name]['reset average'])}, and the update gates at theirs "
        f"{_percent(by_hold[name]['update average'])};"
        for name, row in turns.items()
    )
    answer = (
        f"{answer} a net trained without reset gates flips on {ours[WITHOUT_RESET].percent()}, "
        f"the same with them on {ours[GRU].percent()}."
    )
    question = (
        'When a review tells its plot and ends "But the movie is really boring", does the reset '
        "gate make the model forget what came before?"
    )
    return Outcome(
        name=NAME,
        title="Does the reset gate forget the plot?",
        question=question,
        method=(
            "Mild plots of 20 to 320 words, and real held-out reviews cut off, are followed by a "
            "verdict of either kind, with But, And or nothing before it; only texts whose verdict "
            "contradicts the running verdict so far can show a flip. The shipped models read the "
            "verdict again with one gate of its tokens held: the reset gates open, shut, or at "
            "each unit's average; the update gates at their average, or closed, so that the "
            "verdict writes nothing. A flip is undone if the held run ends on the plot's side."
        ),
        answer=answer,
        limits=(
            "A gate held open everywhere is far from anything that the model has seen; its average "
            "is fairer, and less of a question. Templates are simpler than reviews, and the real "
            "ones are cut at a word, not at a thought. The lab's nets are not the shipped models: "
            "they show whether reset gates are needed for flips at all."
        ),
        charts=_charts(turns, by_hold),
        tables=[_effects_table(turns), _gates_table(turns), _conditions_table(turns)],
        findings={
            "C9": Finding(
                question=question,
                answer=answer,
                figures=_figures(turns, by_hold, ours),
                supports=supports,
                rule=(
                    "for each model: yes if open reset gates undo at least half of its flips and "
                    "average ones at least a tenth; partly if open ones undo at least a tenth; no "
                    "if fewer. Partly, too, if models differ"
                ),
            )
        },
    )


def _stories(bench: Bench) -> list[Story]:
    each = len(list(stories(_LENGTHS, seed=_SEED, repeats=1)))
    repeats = max(1, round(bench.options.story_texts / each))
    told = list(stories(_LENGTHS, seed=_SEED, repeats=repeats))
    if len(told) <= bench.options.story_texts:
        return told
    chosen = np.random.default_rng(_SEED).permutation(len(told))[: bench.options.story_texts]
    return [told[index] for index in sorted(chosen)]


def _flips_of_lab_nets(bench: Bench, net: str, told: Sequence[Story]) -> Estimate:
    """Answer the share of flips that each training of a net makes where one is asked for."""
    plots = [entry.ids for entry in bench.tokenizer.encode_batch([s.plot for s in told])]
    whole = [f"{story.plot} {story.ending}" for story in told]
    texts = [entry.ids for entry in bench.tokenizer.encode_batch(whole)]
    signs = np.array([1 if story.positive else -1 for story in told])  # (N,)
    shares = []
    for reader in bench.trained("reviews", net):
        asked = signs * last_logits(reader, plots) < 0  # (N,)
        came_round = signs * last_logits(reader, texts) > 0  # (N,)
        shares.append(float(came_round[asked].mean()) if asked.any() else 0.0)
    return mean_share(shares)


def _undone(turns: Sequence[Turn], hold: str) -> Estimate | None:
    flips = undone(turns, hold)
    return share(flips) if flips else None


def _supports(by_hold: dict[str, dict[str, Estimate | None]]) -> Supports:
    verdicts: set[Supports] = set()
    for effects in by_hold.values():
        opened, average = effects["reset open"], effects["reset average"]
        if opened is None or average is None or opened.mean < _PART:
            verdicts.add("no")
        else:
            made = opened.mean >= _MADE and average.mean >= _PART
            verdicts.add("yes" if made else "partly")
    return verdicts.pop() if len(verdicts) == 1 else "partly"


def _share(turns: Sequence[Turn]) -> str:
    asked = [turn.made for turn in turns if turn.asked]
    return f"{100 * np.mean(asked):.0f} %" if asked else "none"


def _percent(value: Estimate | None) -> str:
    return "no flip" if value is None else value.percent(0)


def _of_real(turns: Sequence[Turn]) -> str:
    """Say how many flips open reset gates undo in reviews that are not from templates."""
    flips = undone([turn for turn in turns if turn.story.kind == REAL], "reset open")
    return f"in real reviews {sum(flips)} of {len(flips)}"


def _figures(
    turns: Turns,
    by_hold: dict[str, dict[str, Estimate | None]],
    ours: dict[str, Estimate],
) -> dict[str, Any]:
    models: dict[str, Any] = {}
    for name, row in turns.items():
        made = [turn for turn in row if turn.made]
        models[name] = {
            "texts": len(row),
            "flips_asked_for": sum(turn.asked for turn in row),
            "flips_made": len(made),
            "flips_undone": {
                hold: value.model_dump() if value else None for hold, value in by_hold[name].items()
            },
            "share_of_the_move_lost": {hold: lost(made, hold) for hold in HOLDS} if made else {},
            "mean_reset_before_and_at": _means(row, "mean_reset"),
            "mean_update_before_and_at": _means(row, "mean_update"),
            "by_plot": _by(row, lambda story: story.kind),
            "by_connective": _by(row, lambda story: story.connective or "none"),
        }
    return {
        "models": models,
        "flips_made_by_lab_nets": {net: value.model_dump() for net, value in ours.items()},
    }


def _means(turns: Sequence[Turn], gate: str) -> list[float]:
    mean: list[float] = np.mean([getattr(turn, gate) for turn in turns], axis=0).tolist()
    return mean


def _by(turns: Sequence[Turn], key: Callable[[Story], str]) -> dict[str, Any]:
    """Count flips, and the share that open reset gates undo, by a condition."""
    counted: dict[str, Any] = {}
    for value in dict.fromkeys(key(turn.story) for turn in turns):
        here = [turn for turn in turns if key(turn.story) == value]
        flips = [undone(here, hold) for hold in HOLDS]
        counted[value] = {
            "asked": sum(turn.asked for turn in here),
            "made": sum(turn.made for turn in here),
            "undone": {
                hold: float(np.mean(row)) if row else None
                for hold, row in zip(HOLDS, flips, strict=True)
            },
        }
    return counted


def _charts(turns: Turns, by_hold: dict[str, dict[str, Estimate | None]]) -> list[Chart]:
    nothing = Estimate(mean=0, low=None, high=None, n=0)
    causes = Chart(
        name="reset_story",
        title="Flips undone by holding a gate at the verdict",
        kind="bars",
        x_title="",
        y_title="flips undone",
        series=[
            Series.of(name, HOLDS, [effects[hold] or nothing for hold in HOLDS])
            for name, effects in by_hold.items()
        ],
        percent=True,
    )
    places = ["reset, plot", "reset, verdict", "update, plot", "update, verdict"]
    means = Chart(
        name="reset_story_means",
        title="Mean gates, from which none of this can be read",
        kind="bars",
        x_title="",
        y_title="mean gate",
        series=[
            Series(name=name, x=places, y=[*_means(row, "mean_reset"), *_means(row, "mean_update")])
            for name, row in turns.items()
        ],
    )
    return [causes, means]


def _effects_table(turns: Turns) -> Table:
    rows = []
    for name, row in turns.items():
        made = [turn for turn in row if turn.made]
        for hold in HOLDS:
            fails = _percent(_undone(row, hold))
            rows.append([name, hold, fails, f"{100 * lost(made, hold):.0f} %" if made else ""])
    return Table(
        title="What the flips lose when a gate of the verdict is held",
        header=["model", "held at the verdict", "flips undone", "share of the logit's move lost"],
        rows=rows,
    )


def _gates_table(turns: Turns) -> Table:
    return Table(
        title="Mean gates, which do not show it",
        header=["model", "reset in the plot, at the verdict", "update in the plot, at the verdict"],
        rows=[
            [
                name,
                *(
                    " → ".join(f"{value:.2f}" for value in _means(row, gate))
                    for gate in ("mean_reset", "mean_update")
                ),
            ]
            for name, row in turns.items()
        ],
    )


def _conditions_table(turns: Turns) -> Table:
    rows = []
    for name, row in turns.items():
        for label, condition in (
            *((f"plot of {words} words", str(words)) for words in _LENGTHS),
            ("real review", REAL),
        ):
            rows.append([name, label, *_counts([t for t in row if t.story.kind == condition])])
        for connective in CONNECTIVES:
            here = [t for t in row if t.story.connective == connective]
            rows.append(
                [name, f'"{connective}"' if connective else "no connective", *_counts(here)]
            )
    return Table(
        title="By plot and connective",
        header=["model", "texts", "flips of those asked for", "undone by open resets"],
        rows=rows,
    )


def _counts(turns: Sequence[Turn]) -> list[str]:
    asked = sum(turn.asked for turn in turns)
    return [
        f"{sum(turn.made for turn in turns)} of {asked}",
        _percent(_undone(turns, "reset open")),
    ]


EXPERIMENT = Experiment(NAME, ("C9",), _jobs, _run)
