"""Renders docs/background/gates.md from lab.json and a template that is written by hand."""

from importlib.resources import files

from gatewise.training.lab.report.records import LabResults, Table, count_intervals
from gatewise.training.lab.report.stories import flips_by_origin
from gatewise.training.lab.report.tables import tables
from gatewise.training.markdown import markdown_table

# Claims that follow from the equations, and their tests in tests/training/lab/test_algebra.py.
ALGEBRA = {
    "C1": (
        "A sigmoid keeps every gate in [0, 1], for word vectors of any size.",
        "test_gates_stay_between_0_and_1",
    ),
    "C2": (
        "The new state is the candidate for z = 0, the old state for z = 1, and their mean for "
        "z = ½.",
        "test_update_gate_mixes_candidate_and_old_state",
    ),
    "C3": (
        "The update gate of Chung et al. 2014 is 1 − z: weights of the opposite sign and "
        "h = u ⊙ n + (1 − u) ⊙ h give the same states.",
        "test_chung2014_update_gate_gives_the_same_states",
    ),
    "C5": (
        "A unit with z = 0 becomes its candidate exactly. A unit with z = 0.94 that changes from "
        "0.84 to 0.82 needs a candidate in the range of tanh.",
        "test_worked_example_of_the_source_text_is_possible",
    ),
    "C12": (
        "With r = 1 and z = 0 everywhere, each step of a GRU is a step of `torch.nn.RNN` with the "
        "weights of the candidate.",
        "test_open_reset_and_zero_update_give_a_plain_rnn",
    ),
    "C13": (
        "With z = 1 everywhere the state does not change, and its gradient passes unchanged.",
        "test_update_gate_of_1_keeps_state_and_gradient",
    ),
    "C16": (
        "A step computed by hand from printed numbers of six decimals gives the states of the "
        "word-level model.",
        "test_worked_step_reproduces_the_state",
    ),
}


def render(results: LabResults) -> str:
    """Fill the template with the figures.

    Args:
        results: The contents of lab.json, with all claims.

    Returns:
        The page in Markdown.

    Raises:
        KeyError: The template names a figure that does not exist.
    """
    intervals = {
        claim: count_intervals(finding.values) for claim, finding in results.figures.items()
    }
    return template().format(
        **results.values,
        measured=results.measured,
        measured_of={claim: results.measured_of(claim) for claim in results.figures},
        apart=f", without {', '.join(results.added)}" if results.added else "",
        origins=flips_by_origin(results.values["C9"]),
        intervals=intervals,
        all_intervals=sum(intervals.values()),
        supports={claim: finding.supports for claim, finding in results.figures.items()},
        tables={name: _details(group) for name, group in tables(results.values).items()},
        algebra="\n".join(
            f"- {claim}: {text} (`{test}`)" for claim, (text, test) in ALGEBRA.items()
        ),
        claims=markdown_table(
            ["claim", "question", "supported", "rule", "intervals"],
            [
                [claim, finding.question, finding.supports, finding.rule, str(intervals[claim])]
                for claim, finding in results.figures.items()
            ],
        ),
    )


def template() -> str:
    """Read the template, a text for `str.format`."""
    return files(__package__).joinpath("gates.template.md").read_text(encoding="utf-8")


def _details(group: list[Table]) -> str:
    parts = "\n\n".join(
        f"{table.title}:\n\n{markdown_table(table.header, table.rows)}" for table in group
    )
    return f'<details markdown="1"><summary>Tables</summary>\n\n{parts}\n\n</details>'
