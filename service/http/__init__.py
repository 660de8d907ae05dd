"""What applies to every request: problems, limits, keys, logs, static files, the server.

What a single endpoint does belongs to `api`. Only `http` and `api` use HTTP statuses.
"""
