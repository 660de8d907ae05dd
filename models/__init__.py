"""The network and its inference: text → tokens → states and gates → prediction and explanation.

Not here: training, HTTP, printing, reading the environment. `Predictor` is the entry point.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gatewise.models.explain.interventions import Intervention
    from gatewise.models.prediction import Explanation, Prediction
    from gatewise.models.predictor import Predictor

__all__ = ["Explanation", "Intervention", "Prediction", "Predictor"]

_MODULES = {
    "Explanation": "gatewise.models.prediction",
    "Intervention": "gatewise.models.explain.interventions",
    "Prediction": "gatewise.models.prediction",
    "Predictor": "gatewise.models.predictor",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that `gatewise.models.errors` loads without Numba."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
