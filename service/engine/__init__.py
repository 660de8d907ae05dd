"""The model that is served, and the queue, batches and threads in front of it.

HTTP does not belong here: errors are plain exceptions, and `http` turns them into responses.
"""
