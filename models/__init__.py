"""What the network is and how it runs: text → tokens → states and gates → trace → ledger.

`Predictor` is the front door; the other names are the records it answers with and the
pieces that training assembles.
"""

from models.intervene import Hold
from models.predictor import Explanation, Prediction, Predictor

__all__ = ["Explanation", "Hold", "Prediction", "Predictor"]
