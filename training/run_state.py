"""What the state of a run on disk consists of."""

from pathlib import Path

CONFIG_FILE = "config.json"
FINGERPRINT_FILE = "fingerprint.json"
SECONDS_FILE = "seconds.json"
INIT_MODEL = "init_model"  # the copy of the model that the run continues from
EDITED_FILE = "edited.json"  # the texts of the source `edited`

# Cheap stages, which every start of a run repeats.
REPEATED = {"read", "split", "assemble", "tokenize", "evaluate", "gate statistics"}
_NOT_RESULTS = {CONFIG_FILE, FINGERPRINT_FILE, SECONDS_FILE, INIT_MODEL, EDITED_FILE}


def results(state: Path) -> list[Path]:
    """List the files and directories in the state of a run that training stages have stored."""
    return [entry for entry in state.iterdir() if entry.name not in _NOT_RESULTS]
