"""The help of a command on one screen: common options with a line each, the rest by name.

`--help-all` describes every option in full.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from cyclopts.help import HelpEntry, HelpPanel
from rich.console import Console, ConsoleOptions
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gatewise.cli.console import print_trimmed
from gatewise.cli.options import ADVANCED

_MAX_NAME_WIDTH = 34
# Number of advanced options that the short help still describes.
_MAX_DESCRIBED = 6
_NAME_STYLE = "bold cyan"


class ScreenFormatter:
    """Renders help panels without boxes, in at most one screen unless `full`."""

    def __init__(self, *, full: bool) -> None:
        """Choose between one screen and the full description of every option."""
        self._full = full

    def __call__(
        self,
        console: Console,
        options: ConsoleOptions,  # noqa: ARG002
        panel: HelpPanel,
    ) -> None:
        """Print one group of commands or options."""
        if not panel.entries:
            return
        listed = (
            not self._full and panel.title == ADVANCED.name and len(panel.entries) > _MAX_DESCRIBED
        )
        note = " (described by --help-all)" if listed else ""
        console.print(Text.assemble((f"\n{panel.title}{note}:", "bold")))
        if listed:
            for names in _names(panel):
                print_trimmed(console, Padding(names, (0, 0, 0, 2)))
        else:
            print_trimmed(console, Padding(self._descriptions(panel), (0, 0, 0, 2)))

    def render_usage(self, console: Console, _options: ConsoleOptions, usage: Any) -> None:
        """Print the usage line."""
        if usage:
            console.print(Text.assemble(("Usage: ", "bold"), str(usage).strip()))

    def render_description(
        self, console: Console, _options: ConsoleOptions, description: Any
    ) -> None:
        """Print what the command does."""
        if description:
            console.print(Text("\n" + _plain(description).strip()))

    def _descriptions(self, panel: HelpPanel) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(max_width=_MAX_NAME_WIDTH)
        table.add_column()
        for entry in panel.entries:
            table.add_row(Text(_label(entry), style=_NAME_STYLE), self._description(entry))
        return table

    def _description(self, entry: HelpEntry) -> Text:
        description = " ".join(_plain(entry.description).replace("`", "").split())
        if not self._full:
            description = _first_sentence(description)
        notes = "; ".join(_notes(entry, description))
        return Text.assemble(description, " " if notes else "", (f"[{notes}]" * bool(notes), "dim"))


def _names(panel: HelpPanel) -> Iterator[Text]:
    """Yield the names of options, those of one nested group together, top-level options first."""
    names = [next(iter(entry.positive_names), entry.display_labels[0]) for entry in panel.entries]
    groups = {_nested_group(name) for name in names}

    def group_of(name: str) -> str:
        switch = name.removeprefix("--no-")  # --no-finetune belongs to --finetune.epochs
        return switch if switch in groups else _nested_group(name)

    for _, members in groupby(sorted(names, key=group_of), key=group_of):
        yield Text("  ").join(Text(name, style=_NAME_STYLE) for name in members)


def _nested_group(name: str) -> str:
    """Return the group of an option, "finetune" for --finetune.epochs, or "" at the top level."""
    group, dot, _ = name.removeprefix("--").partition(".")
    return group if dot else ""


def _label(entry: HelpEntry) -> str:
    return ", ".join(entry.display_labels_with_metavar)


def _notes(entry: HelpEntry, description: str) -> Iterator[str]:
    """Yield what a description does not state: the choices, the default, whether it is required."""
    if entry.choices and not all(choice in description for choice in entry.choices):
        yield f"one of {', '.join(entry.choices)}"
    if entry.required:
        yield "required"
    elif entry.default and entry.default != "False":
        yield f"default: {entry.default}"


def _first_sentence(description: str) -> str:
    """Return the first sentence, without its full stop."""
    sentence, _, _ = description.partition(". ")
    return sentence.removesuffix(".")


def _plain(description: Any) -> str:
    """Return the text of what cyclopts made of a docstring."""
    renderable = getattr(description, "primary_renderable", description)
    return renderable.plain if isinstance(renderable, Text) else str(renderable or "")
