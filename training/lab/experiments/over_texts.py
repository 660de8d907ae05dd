"""Differences of accuracy between two nets with intervals over held-out texts."""

import numpy as np
from jaxtyping import Bool

from gatewise.training.lab.nets.fit import Task, last_logits, tails
from gatewise.training.lab.nets.workspace import Workspace
from gatewise.training.lab.report.estimates import Estimate, estimate


def difference_over_texts(workspace: Workspace, task: Task, net: str, other: str) -> Estimate:
    """Estimate the accuracy of a net minus that of another over the held-out texts.

    Each text counts with the share of the trainings that classify it correctly. The interval says
    how much the difference depends on the choice of texts, for these trainings.

    Args:
        workspace: The trained nets and the texts.
        task: `reviews` or `snippets`.
        net: Name in `ARCHITECTURES`.
        other: Name of the net with which it is compared.
    """
    shares = [_correct(workspace, task, name).mean(axis=0) for name in (net, other)]  # (N,) each
    return estimate(np.subtract(*shares))


def _correct(workspace: Workspace, task: Task, net: str) -> Bool[np.ndarray, "seeds N"]:
    data = workspace.data
    held_out = data.snippet_validation if task == "snippets" else data.validation
    texts = tails(held_out.ids, workspace.options.max_tokens)
    return np.stack(
        [
            (last_logits(trained, texts) > 0) == (held_out.labels == 1)
            for trained in workspace.trained(task, net)
        ]
    )
