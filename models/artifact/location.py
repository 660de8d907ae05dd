"""Where a model is: a directory, a release that ships with the package, or a Hugging Face Hub id.

A name is resolved in this order:

    1. an existing directory            "runs/mine", Path("/srv/model")
    2. the name of a shipped release    "imdb-gru-256"
    3. a Hub id                         "user/name", "user/name@revision"

Only the files of an artifact are downloaded from the Hub, into the client's normal cache.
"""

import os
import re
from pathlib import Path

from gatewise.models.artifact.config import DECISION, REQUIRED_FILES, UNITS
from gatewise.models.errors import ArtifactMissingError, ModelDownloadError

_RELEASES = Path(__file__).parents[1] / "releases"
DEFAULT_RELEASE = _RELEASES / "imdb-gru-512"

_ARTIFACT_FILES = [*REQUIRED_FILES, UNITS, DECISION]
_HUB_ID = re.compile(r"(?P<repository>\w[\w.-]*/\w[\w.-]*)(?:@(?P<revision>.+))?")


def releases() -> dict[str, Path]:
    """Return the directories of the models that ship with the package, the default one first."""
    found = sorted(path.parent for path in _RELEASES.glob("*/config.json"))
    ordered = sorted(found, key=lambda path: path != DEFAULT_RELEASE)
    return {path.name: path for path in ordered}


def locate_model(
    model: str | os.PathLike[str] | None = None,
    *,
    cache_dir: Path | None = None,
    endpoint: str | None = None,
) -> Path:
    """Return the directory of a model, after downloading it if it is a Hub id.

    Args:
        model: A directory, the name of a shipped release, or a Hub id such as "user/name" or
            "user/name@revision". An existing directory takes precedence. Only strings are taken
            for Hub ids; a `Path` is always local. None is the default release.
        cache_dir: Directory of the Hub client's cache; by default the client's own.
        endpoint: Base URL of the Hub; by default the client's own.

    Returns:
        The directory. A missing path is returned as it is, unless it could be a name:
        `load_artifact` then reports it.

    Raises:
        ArtifactMissingError: The name is that of no directory and of no release.
        ModelDownloadError: The Hub could not provide the model.
    """
    if model is None:
        return DEFAULT_RELEASE
    path = Path(model)
    if path.is_dir():
        return path
    name = os.fspath(model)
    known = releases()
    if name in known:
        return known[name]
    if isinstance(model, str) and (hub_id := _HUB_ID.fullmatch(name)):
        return _download(hub_id["repository"], hub_id["revision"], cache_dir, endpoint)
    if path.name == name and not name.startswith("."):
        raise ArtifactMissingError(
            f"There is no model {name!r}: it is neither a directory nor a shipped release "
            f"({', '.join(known)}). Pass one of these, the path of a directory, or a Hugging Face "
            "Hub id (user/name)."
        )
    return path


def _download(
    repository: str, revision: str | None, cache_dir: Path | None, endpoint: str | None
) -> Path:
    """Download the files of an artifact, or find them in the Hub client's cache."""
    # Imported here, because the client takes longer to import than all of Gatewise.
    from huggingface_hub import errors, snapshot_download  # noqa: PLC0415

    # Besides its own errors, the client raises those of the HTTP library that it uses.
    names = ("HTTPError", "EntryNotFoundError", "XetDownloadError", "HFValidationError")
    failures = tuple(getattr(errors, name) for name in names if hasattr(errors, name))
    try:
        return Path(
            snapshot_download(
                repository,
                revision=revision,
                cache_dir=cache_dir,
                endpoint=endpoint,
                allow_patterns=_ARTIFACT_FILES,
            )
        )
    except (OSError, *failures) as error:
        advice = _advice(error, revision)
        raise ModelDownloadError(
            f"Cannot get model {repository!r} from the Hugging Face Hub: {advice}"
        ) from error


def _advice(error: Exception, revision: str | None) -> str:
    """Return what the error of a download means, and what to do."""
    from huggingface_hub import errors  # noqa: PLC0415

    if isinstance(error, errors.GatedRepoError):  # a RepositoryNotFoundError, so it comes first
        return "access to it is restricted. Request access on its page and run `hf auth login`."
    if isinstance(error, errors.RepositoryNotFoundError):
        return (
            "neither a directory nor a public repository of this name exists. Check the spelling; "
            "for a private repository, run `hf auth login`."
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return f"it has no revision {revision!r}. Pass a branch, a tag or a commit hash."
    if isinstance(error, errors.HFValidationError):
        return "this is not a valid Hub id. Pass it as user/name or user/name@revision."
    return (
        f"the Hub cannot be reached or failed ({type(error).__name__}), and the local cache is "
        "incomplete. Check the network, or download the model elsewhere and pass its directory."
    )
