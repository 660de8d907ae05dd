"""Which model serves a request that names none: the first one, or one by its share of the traffic.

The text decides, not chance: the same text always goes to the same model. So /predict and /explain
of a text agree, a repeated request has the same result, and all worker processes and replicas
choose the same model without any communication.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate

from gatewise.service.engine.errors import ServedModelsError

_DIGEST_BYTES = 8


class Traffic:
    """The shares of the models in the traffic.

    Attributes:
        shares: Percent of the texts that each model serves.
    """

    def __init__(self, shares: Mapping[str, float], models: Sequence[str]) -> None:
        """Store the shares.

        Args:
            shares: Percent of each model, 100 together; a model that is not named has none. If it
                is empty, the first model has all.
            models: The ids of the models that are served.

        Raises:
            ServedModelsError: A share is that of a model that is not served.
        """
        for model in shares:
            if model not in models:
                raise ServedModelsError(
                    f"GATEWISE_TRAFFIC has a share for {model!r}, which is not served. The models "
                    f"are {', '.join(models)}."
                )
        self.shares = {model: shares.get(model, 0.0) for model in models}
        if not shares:
            self.shares[models[0]] = 100.0
        self._limits = list(accumulate(self.shares.values()))

    def choose(self, text: str) -> str:
        """Return the id of the model that serves a text."""
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
        place = int.from_bytes(digest) / 256**_DIGEST_BYTES * self._limits[-1]
        models = zip(self.shares, self._limits, strict=True)
        return next((model for model, limit in models if place < limit), next(iter(self.shares)))
