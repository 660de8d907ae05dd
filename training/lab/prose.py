"""What docs/gates.md tells, but for its figures: the stories, and a sentence for every answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from training.lab.records import Supports


@dataclass(frozen=True)
class Story:
    """What the seed texts say, and what to make of the answer, by claim."""

    told: str
    readings: Mapping[str, Mapping[Supports, str]]


OPENING = """# What the gates of a GRU do

Everybody who learns about gated recurrent units is told stories: the reset gate forgets the plot
when the verdict comes, the update gate carries "I love this movie" through it. Two texts that tell
them well are where this page begins. One of them ends in a question that its author could not
answer: *why do we need the reset gate at all, now that we have the update gate?*

Here the stories are tested. Nets were trained with and without each gate, gradients followed, gates
held open and shut to see what they had done. Each section is one experiment: the story, what was
done, what came out, and what that cannot tell. Every number and every answer on this page was put
in by the program that measured it, and so was the choice of the sentence after an answer.

    r_t = σ(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)              reset gate
    z_t = σ(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)              update gate, 1 = keep the old state
    n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_{t-1} + b_hn))   candidate
    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}

These are PyTorch's names. The deep-learning course, and Chung et al. 2014, call 1 − z the update
gate. Means over several trainings stand with their 95 % intervals in brackets; where two nets are
compared, those that began from the same seed are.
"""

STORIES: Mapping[str, Story] = {
    "order": Story(
        told=(
            "Whether you or a friend did more push-ups this month, an average tells: their order "
            "does not matter. With savings that bear interest it does. Which of the two is a "
            "review?"
        ),
        readings={
            "C7": {
                "yes": "So a review has something of a savings account: the order of its words is "
                "worth something, by the last figure, and an average cannot have it.",
                "partly": "So the GRU does use order, but what it gains by it over an average is "
                "not beyond doubt here: most of a review's verdict is in its words.",
                "no": "So for these nets a review is push-ups: nothing was lost with the order.",
            }
        },
    ),
    "gradients": Story(
        told=(
            "In a plain RNN the gradient with respect to an early state is a product of one "
            "matrix, taken many times: it vanishes or explodes. In a GRU whose update gate is 1 no "
            "matrix is multiplied at all. That much is algebra. But nobody trains a GRU with its "
            "update gates at 1; how far does a real one reach?"
        ),
        readings={
            "C8": {
                "yes": "So the story holds for nets that begin as PyTorch's do, and training does "
                "not repeal it; but look at the untrained GRU, too: gates that begin half-way "
                "forget within a few words. It is what update gates learn, or begin with, that "
                "carries a gradient.",
                "partly": "So half of the story holds: the figures show which half.",
                "no": "So the story does not hold for these nets over these distances.",
            },
            "C13": {
                "yes": "The limit itself is exact.",
                "partly": "The limit is not exact here.",
                "no": "The limit is not exact here.",
            },
        },
    ),
    "reset_story": Story(
        told=(
            'The most popular story: a review describes its plot at length and ends "But the movie '
            'is really boring". All that came before is useless now, and the reset gate makes the '
            "model forget it. A chart of mean gates cannot settle this, since a gate may move and "
            "do nothing, or stand still and matter. So the gates of the verdict were held."
        ),
        readings={
            "C9": {
                "yes": "So the story is true of these models: without their reset gates the "
                "verdict would not have come round.",
                "partly": "So the story is true of some nets, some of the time. Whether the reset "
                "gate has the part that the story gives it is not a property of GRUs, but of what "
                "a given one has learned; none of it can be read off mean gates.",
                "no": "So in these models the story is just that. The verdict comes round all the "
                "same when its reset gates are held open: the update gates do the overwriting.",
            }
        },
    ),
    "retention": Story(
        told=(
            'The counterpart: "I love this movie so much", and then a long plot. In a plain RNN '
            "the opening is washed out; in a GRU the update gate can keep it."
        ),
        readings={
            "C10": {
                "yes": "So the GRU does remember longer. Whether it is the update gates that keep "
                "the opening, the last two figures say: what they have let go of can only have "
                "been recalled and written anew.",
                "partly": "So the GRU is ahead, but not as the story has it: by how much, and for "
                "how long, the plot shows.",
                "no": "So these GRUs did not outlast the plain RNN.",
            }
        },
    ),
    "ablation": Story(
        told=(
            "*Why do we need the reset gate at all now that we have the update gate?* The "
            "literature has said for years that one can do without: the minimal gated unit has one "
            "gate for both jobs, and light GRUs for speech none but the update gate. What is the "
            "reset gate for, then? It lets a unit compute its new value without the old state "
            "while another part of that state is kept. So besides reviews and snippets there are "
            "two tasks made of just that."
        ),
        readings={
            "C11": {
                "yes": "So the doubt was right as far as we looked: nothing we measured needs the "
                "reset gate.",
                "partly": "So the answer depends on the task, and the table says on which. Where a "
                "net must drop its state and go on computing, a reset gate pays; where words speak "
                "for themselves, it may not.",
                "no": "So the reset gate earns its place on every task here.",
            },
            "C15": {
                "yes": "That tanh does better in practice is so here.",
                "partly": "Whether tanh does better in practice these trainings leave open.",
                "no": "That tanh does better in practice is not so here.",
            },
        },
    ),
    "units": Story(
        told=(
            '"Units with short term memories usually have reset gates very active (i.e. numbers '
            'close to 1), and thus forget most about the past", says one of the texts; a few lines '
            "above, its own equations say that it is a reset gate near 0 that forgets. Cho et al. "
            "2014, whom it follows, meant by *active* a gate that is resetting."
        ),
        readings={
            "C14": {
                "yes": "The figures bear the sentence out.",
                "partly": "So short-lived units do have the larger reset gates, but the reason "
                "given is backwards: such gates do not forget.",
                "no": "So the sentence has it backwards: units with short memories have the "
                "smaller reset gates, not the larger.",
            }
        },
    ),
    "conventions": Story(
        told=(
            "PyTorch's update gate keeps where the course's takes, and PyTorch has two biases "
            'where the course has one, "which eventually is the same thing". Is it?'
        ),
        readings={
            "C2": {
                "yes": "The two ends and the middle are as told.",
                "partly": "They are not quite as told.",
                "no": "They are not as told.",
            },
            "C3": {
                "yes": "One gate, two names: only say which you use.",
                "partly": "The two names are not quite one gate.",
                "no": "The two names are not one gate.",
            },
            "C4": {
                "yes": "For the gates it is the same thing, for the candidate it is not: b_hn "
                "stands inside the product with the reset gate.",
                "partly": "For the gates it is the same thing; for the candidate it makes no "
                "difference in these models.",
                "no": "It is not the same thing even for the gates.",
            },
        },
    ),
    "equations": Story(
        told=(
            "Some of what the texts say follows from the equations. It is checked all the same, in "
            "the models that are served: a program may differ from its equations."
        ),
        readings={},
    ),
}
DEFAULTS: Mapping[Supports, str] = {
    "yes": "That is so.",
    "partly": "That is so in part.",
    "no": "That is not so.",
}
