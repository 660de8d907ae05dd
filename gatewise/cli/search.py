"""`gatewise search`: where units act in a data set, or the index of all units."""

from pathlib import Path

from gatewise.cli.console import log_progress, print_json, print_line
from gatewise.cli.errors import UsageError
from gatewise.cli.options import (
    Flag,
    Json,
    Model,
    OptionalCount,
    OptionalNumbers,
    OptionalPath,
    OptionalTexts,
    Seed,
    Source,
)


def search(
    *,
    source: Source = "packaged",
    texts: OptionalCount = None,
    units: OptionalNumbers = None,
    where: OptionalTexts = None,
    flips: Flag = False,
    out: OptionalPath = None,
    index: Flag = False,
    model: Model = None,
    as_json: Json = False,
    seed: Seed = 0,
) -> None:
    """Find where units reset, update or change the prediction in a data set.

    Writes the places as Parquet files, or with --index the index of all units that the page shows.

    Args:
        source: Texts to search: packaged, hub, or a file or directory of reviews.
        texts: Number of texts to draw; by default all, and 1,500 with --index.
        units: Number of a unit to look at; may be repeated. By default all units.
        where: Condition such as 'reset<0.1', on reset, update, write (1 − update), candidate,
            hidden or decomposition; may be repeated, and all must hold.
        flips: Only places at which the unit made the running prediction flip.
        out: Directory to write Parquet files to; an interrupted search is resumed.
        index: Instead, record where each unit acts most in the directory of the model.
        model: Directory, release name or Hub id (user/name) of the model.
        as_json: Print the result as one JSON object.
        seed: Seed of the texts drawn.
    """
    _check(index=index, out=bool(out), query=bool(where or flips), units=bool(units))

    from datasets import disable_progress_bars

    from gatewise.models.artifact.location import locate_model, releases
    from gatewise.training.analysis.search_command import search_places, write_unit_index

    log_progress()
    disable_progress_bars()
    if index and model and not Path(model).is_dir() and model not in releases():
        raise UsageError("--index: is written into the model; pass the directory of a local model")
    directory = locate_model(model)
    if out is None:
        found = write_unit_index(directory, source=source, texts=texts, seed=seed)
        sentence = "{units:,} units measured on {texts:,} texts; the index is in {model}"
    else:
        found = search_places(
            directory,
            out,
            source=source,
            texts=texts,
            units=units or [],
            where=where or [],
            flips=flips,
            seed=seed,
        )
        sentence = "{places:,} places in {texts:,} texts; Parquet files are in {out}"
    if as_json:
        print_json(found)
    else:
        print_line(sentence.format(**found, model=directory))


def _check(*, index: bool, out: bool, query: bool, units: bool) -> None:
    """Refuse combinations of options that contradict each other."""
    if index and (out or query or units):
        raise UsageError("--index: covers all units; leave out --units, --where, --flips and --out")
    if index:
        return
    if not out:
        raise UsageError("--out: is required, unless --index is given")
    if not query:
        raise UsageError("--where: give a condition, for example --where 'reset<0.1', or --flips")
