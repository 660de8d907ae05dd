"""How a model serves others: over HTTP, with a page that reads only this API, and for files.

HTTP is in `app`, `api`, `http`, `engine` and `page`; `bulk` scores files and Arrow batches, and
imports none of them. The layers, of which each imports only those below it: run > processes > app >
api > http > bulk, engine > settings. Not here: training, and what a single text needs
(`gatewise.models`).
"""
