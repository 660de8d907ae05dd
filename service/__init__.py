"""How the model is asked: an HTTP API, its documentation, and a page that reads only that API."""
