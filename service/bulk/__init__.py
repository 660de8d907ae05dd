"""Scores files of texts into files of results, part by part, so that a run can be resumed.

`score_files` in `run` is the entry; `gatewise score` is its command. Needs the extra `files`. Not
here: HTTP, the terminal, and reading formats (`gatewise.models.files`).
"""
