"""The lab: claims about GRU gates, tested on nets that are trained for it.

Here live the compared nets, the experiments and the page docs/background/gates.md. Nothing here is
needed to train or to serve a model; nothing outside imports it but the command `gatewise lab`.
"""
