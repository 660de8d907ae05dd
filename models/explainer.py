"""The explanations of a model: the forward pass of a text, and what is computed from it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from gatewise.models.artifact.artifact import Artifact
from gatewise.models.decision.decider import Decider
from gatewise.models.explain.account import Account, account_for
from gatewise.models.explain.attribution import Attributions, token_attributions
from gatewise.models.explain.decomposition import decompose
from gatewise.models.explain.faithfulness import (
    RANDOM_RANKINGS,
    FaithfulnessReport,
    faithfulness_report,
)
from gatewise.models.explain.interventions import (
    Gate,
    GateEffects,
    Intervention,
    gate_effects,
    trace_with_interventions,
)
from gatewise.models.explain.sweep import SweepRun, SweepValue, check_sweep, sweep_runs
from gatewise.models.explain.without import READ
from gatewise.models.gru.equations import sigmoid
from gatewise.models.gru.recurrence import Recurrence
from gatewise.models.prediction import Explanation, GateSweep, make_prediction
from gatewise.models.tokenizer import Encoding


class Explainer:
    """Explains texts that are tokenized already. `Predictor` is the class for callers.

    Attributes:
        artifact: The model.
    """

    def __init__(self, artifact: Artifact, recurrence: Recurrence) -> None:
        """Prepare a model.

        Args:
            artifact: The model.
            recurrence: Its network, ready to run.
        """
        self.artifact = artifact
        self._recurrence = recurrence
        self._decider = Decider(artifact)

    def explain_encoded(
        self, encoding: Encoding, *, interventions: Sequence[Intervention] = ()
    ) -> Explanation:
        """Explain a text that was tokenized by `Predictor.encode`; see `Predictor.explain`."""
        weights = self.artifact.weights
        if interventions:
            trace = trace_with_interventions(weights, encoding.ids, interventions)
        else:
            trace = self._recurrence.trace(encoding.ids)
        decomposition = decompose(trace, weights.head_weight, weights.head_bias)
        positive = float(sigmoid(decomposition.running_logit)[-1])
        prediction = make_prediction(encoding, decomposition.logit, positive, self._decider)
        compute = None if interventions else self.account
        return Explanation(prediction, encoding, trace, decomposition, compute)

    def account(
        self,
        explanation: Explanation,
        *,
        read: int | None = READ,
        check: Callable[[], None] | None = None,
    ) -> Account:
        """Attribute the logit to tokens, clauses and sentences, and delete each of them.

        `Explanation.account` is the same with the default options.

        Args:
            explanation: An explanation without interventions.
            read: Number of tokens that are run after deleted ones; beyond them the change of the
                logit is approximated by its gradient. None for all: `without` is then exact, and
                the time grows with the square of the length.
            check: Called between parts of the computation. It may raise an exception to stop it.
        """
        return account_for(
            self._recurrence,
            explanation.encoding,
            explanation.trace.hidden,
            explanation.decomposition,
            read=read,
            check=check,
        )

    def attribution(self, explanation: Explanation) -> Attributions:
        """Attribute the logit to the tokens, including their effect on the gates of later tokens.

        The sum is as exact as that of the decomposition, and the ranking of the tokens is more
        faithful to the network; it takes several forward and backward passes.

        Args:
            explanation: An explanation without interventions.

        Returns:
            One attribution for each token, and the rounding error of their sum.
        """
        total = token_attributions(self._recurrence, explanation.encoding.ids)
        decomposition = explanation.decomposition
        return Attributions(
            total, residual=decomposition.logit - decomposition.bias - float(total.sum())
        )

    def faithfulness(
        self,
        encoding: Encoding,
        rankings: Mapping[str, Float[np.ndarray, " T"]],
        *,
        random_rankings: int = RANDOM_RANKINGS,
        seed: int = 0,
        check: Callable[[], None] | None = None,
    ) -> FaithfulnessReport:
        """Measure how faithful rankings of a text's tokens are, by deleting tokens.

        The time grows with the square of the length of the text.

        Args:
            encoding: The text.
            rankings: Named scores, one for each token. As with the total of a decomposition,
                positive scores favour the positive label.
            random_rankings: Number of random rankings to average for comparison.
            seed: Seed of the random rankings.
            check: Called between parts of the computation. It may raise an exception to stop it.

        Returns:
            The metrics of each ranking, and the mean over the random ones.
        """
        return faithfulness_report(
            self._recurrence,
            encoding.ids,
            rankings,
            random_rankings=random_rankings,
            seed=seed,
            check=check,
        )

    def gate_effects(
        self, explanation: Explanation, *, check: Callable[[], None] | None = None
    ) -> GateEffects:
        """Compute how the logit changes if a single token's own gate takes another value.

        The text is run again for every token: the time grows with the square of its length.

        Args:
            explanation: An explanation without interventions.
            check: Called between parts of the computation. It may raise an exception to stop it.

        Returns:
            The change of the logit for each token and each of the alternative gate values.
        """
        return gate_effects(
            self._recurrence,
            explanation.trace,
            explanation.encoding.ids,
            average_reset=self.artifact.gates.mean_reset,
            check=check,
        )

    def sweep_encoded(
        self,
        encoding: Encoding,
        *,
        gate: Gate,
        first: int,
        last: int,
        values: Sequence[SweepValue],
        check: Callable[[], None] | None = None,
    ) -> GateSweep:
        """Hold a gate at each of several values; see `Predictor.sweep`.

        Args:
            encoding: A text that was tokenized by `Predictor.encode`.
            gate: The gate.
            first: Position of the first token.
            last: Position of the last token, which is included.
            values: The values.
            check: Called between parts of the computation. It may raise an exception to stop it.
        """
        gates, units = self.artifact.gates, self.artifact.weights.config.hidden_size
        check_sweep(
            gate=gate, first=first, last=last, values=values, tokens=len(encoding), units=units
        )
        plain = self.explain_encoded(encoding)
        average = gates.mean_reset if gate == "reset" else gates.mean_update  # (H,)
        held = np.stack(
            [
                average if value == "average" else np.full(units, value, dtype=np.float32)
                for value in values
            ]
        )  # (S, H)
        logits = sweep_runs(
            self._recurrence,
            encoding.ids,
            plain.trace.hidden,
            held,
            gate=gate,
            first=first,
            last=last,
            check=check,
        )  # (S, T)
        return GateSweep(
            prediction=plain.prediction,
            encoding=encoding,
            gate=gate,
            first=first,
            last=last,
            as_it_was=SweepRun(None, plain.decomposition.running_logit),
            stops=tuple(map(SweepRun, values, logits)),
        )
