"""C9: whether the reset gate discards the plot at "But the movie is really boring"."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from pydantic import JsonValue
from tqdm import tqdm

from gatewise.models.predictor import Predictor
from gatewise.training.lab.experiments.base import Experiment
from gatewise.training.lab.experiments.verdict.gate_interventions import (
    INTERVENTIONS,
    PLACEBO,
    Response,
    gates_of_others,
    read,
    respond,
)
from gatewise.training.lab.experiments.verdict.intervention_effects import (
    PLAIN,
    flips_undone,
    share_lost,
    slope,
    slope_difference,
    undone_more_than,
)
from gatewise.training.lab.experiments.verdict.stories import Story, joined, set_endings, stories
from gatewise.training.lab.nets.architectures import GRU, WITHOUT_RESET
from gatewise.training.lab.nets.fit import last_logits
from gatewise.training.lab.nets.training_runs import TrainingRun
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.bootstrap import grouped_share
from gatewise.training.lab.report.estimates import Estimate, mean_share
from gatewise.training.lab.report.records import Finding, Supports

_PLOT_WORDS = (20, 40, 80, 160, 320)
_SEED = 3
# A gate causes the flips if half of them do not occur without it; it contributes at a tenth.
_CAUSES, _CONTRIBUTES = 0.5, 0.1
_NETS = [GRU, WITHOUT_RESET]

Undone = Mapping[str, Estimate | None]  # share of flips undone by intervention; None without flips


def _runs(workspace: Workspace) -> list[TrainingRun]:
    return workspace.text_runs("reviews", _NETS)


def _measure(workspace: Workspace) -> dict[str, Finding]:
    templates = _template_stories(workspace)
    count = workspace.options.story_texts // 2
    responses = {
        name: _responses(
            predictor, [*templates, *joined(workspace.held_out(name), count, seed=_SEED)], name
        )
        for name, predictor in workspace.models.items()
    }
    endings = {
        name: {
            ending: _responses(predictor, texts, name)
            for ending, texts in set_endings(
                workspace.held_out(name), workspace.options.story_texts, seed=_SEED
            ).items()
        }
        for name, predictor in workspace.models.items()
    }
    undone = {
        name: {intervention: flips_undone(row, intervention) for intervention in INTERVENTIONS}
        for name, row in responses.items()
    }
    return {
        "C9": Finding(
            question='When a review tells its plot and ends "But the movie is really boring", does '
            "the reset gate make the model forget what came before?",
            rule="for each model: yes if open reset gates undo at least half of its flips and "
            "average ones at least a tenth; partly if open ones undo at least a tenth; else no. "
            "Partly, too, if the models differ",
            supports=supports_reset_story(undone),
            values={
                "models": {
                    name: _figures(row)
                    | {"endings": {ending: _of_ending(r) for ending, r in endings[name].items()}}
                    for name, row in responses.items()
                },
                "flip_rate_of_lab_nets": {
                    net: _flip_rate(workspace, net, templates).model_dump() for net in _NETS
                },
            },
        )
    }


def supports_reset_story(undone: Mapping[str, Undone]) -> Supports:
    """Apply the rule of C9 to the share of flips that interventions undo, by model."""
    found: set[Supports] = set()
    for effects in undone.values():
        at_1, average = effects["reset at 1"], effects["reset at average"]
        if at_1 is None or average is None or at_1.mean < _CONTRIBUTES:
            found.add("no")
        else:
            causes = at_1.mean >= _CAUSES and average.mean >= _CONTRIBUTES
            found.add("yes" if causes else "partly")
    return found.pop() if len(found) == 1 else "partly"


def _responses(predictor: Predictor, texts: Sequence[Story], name: str) -> list[Response]:
    readings = read(predictor, texts)
    generator = np.random.default_rng(_SEED)
    return [
        respond(predictor, reading, gates_of_others(readings, index, generator))
        for index, reading in enumerate(tqdm(readings, desc=f"stories, {name}"))
    ]


def _template_stories(workspace: Workspace) -> list[Story]:
    """Generate all combinations as often as needed, and draw `story_texts` of them."""
    count = workspace.options.story_texts
    combinations = len(list(stories(_PLOT_WORDS, seed=_SEED, repeats=1)))
    repeats = max(1, round(count / combinations))
    generated = list(stories(_PLOT_WORDS, seed=_SEED, repeats=repeats))
    if len(generated) <= count:
        return generated
    chosen = np.random.default_rng(_SEED).permutation(len(generated))[:count]
    return [generated[index] for index in sorted(chosen)]


def _flip_rate(workspace: Workspace, net: str, templates: Sequence[Story]) -> Estimate:
    """Estimate how often the trainings of a net flip on texts that contradict them."""
    tokenizer = workspace.tokenizer
    plots = [entry.ids for entry in tokenizer.encode_batch([s.plot for s in templates])]
    whole = [f"{story.plot} {story.ending}" for story in templates]
    texts = [entry.ids for entry in tokenizer.encode_batch(whole)]
    signs = np.array([1 if story.positive else -1 for story in templates])  # (N,)
    rates = []
    for trained in workspace.trained("reviews", net):
        contradicted = signs * last_logits(trained, plots) < 0  # (N,)
        agrees = signs * last_logits(trained, texts) > 0  # (N,)
        rates.append(float(agrees[contradicted].mean()) if contradicted.any() else 0.0)
    return mean_share(rates)


def _figures(responses: Sequence[Response]) -> dict[str, JsonValue]:
    return {
        **_effects(responses),
        "share_of_logit_change_lost": {
            intervention: _dump(share_lost(responses, intervention))
            for intervention in INTERVENTIONS
        },
        "mean_reset_in_plot_and_verdict": _means(responses, "mean_reset"),
        "mean_update_in_plot_and_verdict": _means(responses, "mean_update"),
        "by_plot": _by(responses, lambda story: story.kind),
        "by_connective": _by(responses, lambda story: story.connective or "none"),
    }


def _of_ending(responses: Sequence[Response]) -> dict[str, JsonValue]:
    return {
        **_effects(responses),
        "slope": {
            intervention: _dump(slope(responses, intervention))
            for intervention in (PLAIN, *INTERVENTIONS)
        },
        "slope_minus_plain": {
            intervention: _dump(slope_difference(responses, intervention))
            for intervention in INTERVENTIONS
        },
    }


def _effects(responses: Sequence[Response]) -> dict[str, JsonValue]:
    """Count contradictions and flips, and estimate how many flips each intervention undoes."""
    contradicted = [response for response in responses if response.contradicted]
    flip_rate = (
        grouped_share([r.story.plot for r in contradicted], [r.flipped for r in contradicted])
        if contradicted
        else None
    )
    return {
        "texts": len(responses),
        "plots": len({response.story.plot for response in responses}),
        **_counts(responses),
        "flip_rate": _dump(flip_rate),
        "flips_undone": {
            intervention: _dump(flips_undone(responses, intervention))
            for intervention in INTERVENTIONS
        },
        "undone_beyond_placebo": {
            intervention: _dump(undone_more_than(responses, intervention, placebo))
            for gate, placebo in PLACEBO.items()
            for intervention in INTERVENTIONS
            if intervention.startswith(gate) and intervention != placebo
        },
    }


def _dump(value: Estimate | None) -> JsonValue:
    return value.model_dump() if value else None


def _counts(responses: Sequence[Response]) -> dict[str, JsonValue]:
    return {
        "contradictions": sum(response.contradicted for response in responses),
        "flips": sum(response.flipped for response in responses),
    }


def _means(responses: Sequence[Response], gate: str) -> list[JsonValue]:
    means: list[JsonValue] = np.mean(
        [getattr(response, gate) for response in responses], axis=0
    ).tolist()
    return means


def _by(responses: Sequence[Response], condition: Callable[[Story], str]) -> dict[str, JsonValue]:
    """Count flips, and those that each intervention undoes, by a property of the story."""
    groups: dict[str, JsonValue] = {}
    for value in dict.fromkeys(condition(response.story) for response in responses):
        group = [response for response in responses if condition(response.story) == value]
        groups[value] = {
            **_counts(group),
            "undone": {
                intervention: sum(r.flipped and r.undone(intervention) for r in group)
                for intervention in INTERVENTIONS
            },
        }
    return groups


EXPERIMENT = Experiment("reset_story", ("C9",), _runs, _measure)
