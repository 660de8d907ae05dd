"""`gatewise export`: a model as a file for other runtimes."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gatewise.cli.console import print_line
from gatewise.cli.options import OPTIONS, Flag, Model


def export(
    *,
    onnx: Annotated[Path, Parameter(group=OPTIONS)],
    model: Model = None,
    traces: Flag = False,
) -> None:
    """Write a model as an ONNX file, for other runtimes.

    The input of the file are word ids, so texts must be read by Gatewise (`Predictor.encode`).
    A file that is there is replaced once the new one is complete.

    Args:
        onnx: The file to write.
        model: Directory, release name or Hub id (user/name) of the model.
        traces: Add the gates, candidates, states and running probabilities of all tokens.
    """
    from gatewise.models.artifact.location import locate_model
    from gatewise.models.onnx_export import export_onnx

    export_onnx(locate_model(model), onnx, traces=traces)
    print_line(f"{onnx}: {onnx.stat().st_size / 1e6:.1f} MB")
