"""What the page on exporting says of exported models, and of the page `try/`."""

from docs.tools.figures import figures_of_release
from docs.tools.tables import NOT_MEASURED
from docs.tools.try_page import can_be_built
from gatewise.models.artifact.location import releases


def exported_differences() -> str:
    """Render by how much the exported releases differ from the predictor."""
    rows = [
        "| model | MB | arithmetic | logit | gates | candidate, state, probability |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    for name in releases():
        found = figures_of_release("exported", name)
        if found is None:
            rows.append(f"| {name} | {NOT_MEASURED} | | | | |")
            continue
        for arithmetic, title in (("float32", '`precision="float32"`'), ("as served", "default")):
            cells = [found[f"{part}, {arithmetic}"] for part in ("logits", "gates", "others")]
            numbers = " | ".join(f"{cell:.1e}" for cell in cells)
            rows.append(f"| {name} | {found['megabytes']} | {title} | {numbers} |")
    return "\n".join(rows)


def try_page_link() -> str:
    """Link to the page `try/`, if this build of the site has it."""
    if can_be_built():
        return "[Try it](../try/index.html) is a page of this site."
    return "A page `try/index.html` is part of the site where it is built with Node.js."
