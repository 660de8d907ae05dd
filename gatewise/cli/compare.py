"""`gatewise compare`: our explanations beside those of other packages."""

from gatewise.cli.console import log_progress, print_json, print_line
from gatewise.cli.options import (
    Count,
    Json,
    Model,
    OptionalPath,
    OptionalSource,
    OptionalTexts,
    Seed,
    Threads,
)


def compare(
    *,
    reviews: Count = 200,
    snippets: Count = 300,
    source: OptionalSource = None,
    add: OptionalTexts = None,
    model: Model = None,
    skip: OptionalTexts = None,
    out: OptionalPath = None,
    as_json: Json = False,
    seed: Seed = 0,
    threads: Threads = 1,
) -> None:
    """Compare our explanations with those of Captum, LIME and SHAP, on held-out texts.

    Prints a table for each kind of text: how faithful each explainer is, and how fast.

    Args:
        reviews: Number of reviews to draw from the validation split.
        snippets: Number of snippets to draw from the validation split.
        source: Another copy of the texts that the model was trained on, to derive the split from.
        add: Other copies of the sources that the training added, as `train --add` has them.
        model: Directory, release name or Hub id (user/name) of the model.
        skip: Name of an explainer to leave out, as in the table; may be repeated.
        out: File to write all figures to after every text; an interrupted comparison is resumed.
        as_json: Print the averages as one JSON object.
        seed: Seed of the texts drawn, of random rankings, and of LIME and SHAP.
        threads: Number of threads of a computation.
    """
    from datasets import disable_progress_bars

    from gatewise import Predictor
    from gatewise.training.analysis.compare import compare_explainers

    log_progress()
    disable_progress_bars()
    comparison = compare_explainers(
        Predictor.load(model),
        reviews=reviews,
        snippets=snippets,
        source=source,
        add=add,
        skip=skip or [],
        out=out,
        seed=seed,
        threads=threads,
    )
    if as_json:
        print_json(comparison.model_dump(mode="json", include={"model", "missing", "summary"}))
    else:
        print_line(comparison.table().rstrip("\n"))
