"""The HTTP API, its documentation, and a page that reads only this API.

The layers, of which each imports only those below it: run, processes > app > api > http > engine >
settings. Training does not belong here, nor does anything that a Python user needs without HTTP.
"""
