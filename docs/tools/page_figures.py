"""Write the figures that the page `/learn` shows: `python -m docs.tools.page_figures`.

They are a part of `docs/figures/lab.json`, written to `service/page/data/lab.json`, because the
service is installed without the documentation. The page states their models and their date.
"""

import json
from typing import Any

from docs.tools.figures import FIGURES, ROOT

LAB = FIGURES / "lab.json"
PAGE_FIGURES = ROOT / "service" / "page" / "data" / "lab.json"
_NETS = ("GRU", "without reset", "without update", "Elman RNN")
_GRADIENTS = (
    "Elman RNN, before training",
    "Elman RNN, after training",
    "GRU, before training",
    "GRU, after training",
)


def main() -> None:
    """Write the figures beside the page."""
    text = json.dumps(page_figures(), ensure_ascii=False, indent=1)
    PAGE_FIGURES.write_text(text + "\n", encoding="utf-8")


def page_figures() -> dict[str, Any]:
    """Select the figures of the page from those of the lab."""
    lab = json.loads(LAB.read_text(encoding="utf-8"))
    values = {claim: part["values"] for claim, part in lab["figures"].items()}
    norms = values["C8"]["norm_by_distance"]["state"]
    return {
        "measured": {name: lab["measured"][name] for name in ("command", "date", "models")},
        "order": {
            name: values["C7"][name]
            for name in ("gru_minus_average", "gru_minus_gru_trained_on_shuffled_words")
        },
        "gradients": {name: norms[name] for name in _GRADIENTS},
        "flips_undone": {
            model: {"flips": part["flips"], "share": part["flips_undone"]}
            for model, part in values["C9"]["models"].items()
        },
        "accuracy": {name: values["C11"]["accuracy"]["reviews"][name] for name in _NETS},
        "without_reset_minus_gru": values["C11"]["minus_gru"]["reviews"]["without reset"],
    }


if __name__ == "__main__":
    main()
