"""Whether a model can score a text at all, and the warning if it cannot.

Not here: the rule's numbers in a file (`models.artifact.decision_rule`), and how they are
calibrated (`training.evaluation.undecided`).
"""
