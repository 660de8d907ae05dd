"""Sentiment analysis with a GRU whose every gate can be read.

    gatewise.models      the network and its inference
    gatewise.training    how a network is trained (needs the extra `train`)
    gatewise.service     the HTTP API and the page
    gatewise.cli         the command `gatewise`

The public names are imported on first use, so that `import gatewise` and `gatewise --help` do not
load NumPy and Numba.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatewise.estimator import GatewiseClassifier as GatewiseClassifier
    from gatewise.models.explain.interventions import Intervention
    from gatewise.models.prediction import Explanation, Prediction
    from gatewise.models.predictor import Predictor
    from gatewise.run_training import train as train
    from gatewise.service.bulk.batch import score_batch as score_batch

    __version__: str

# Without GatewiseClassifier, score_batch and train, which need extras that `from gatewise import *`
# works without.
__all__ = ["Explanation", "Intervention", "Prediction", "Predictor", "__version__"]

_MODULES = {
    "GatewiseClassifier": "gatewise.estimator",
    "Explanation": "gatewise.models.prediction",
    "Intervention": "gatewise.models.explain.interventions",
    "Prediction": "gatewise.models.prediction",
    "Predictor": "gatewise.models.predictor",
    "score_batch": "gatewise.service.bulk.batch",
    "train": "gatewise.run_training",
}


def _public_name(name: str) -> Any:
    """Import a public name on first use (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("gatewise")
    elif name in _MODULES:
        value = getattr(import_module(_MODULES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


if not TYPE_CHECKING:  # a type checker would take every name for a public one
    __getattr__ = _public_name


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__, *_MODULES})
