"""Dead reckoning with fixes: a task on which nets are compared with and without each gate.

The task, its nets, and the study that trains them live here. Experiments on reviews and on the
shipped models do not: they are in `training/lab/experiments`.
"""
