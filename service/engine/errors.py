"""Errors of the engine, part of the tree in `gatewise.models.errors`.

    EngineError
    ├── QueueFullError             too many tokens are waiting
    ├── DeadlinePassedError        the result was not ready in time
    ├── ShuttingDownError          no new work is accepted, or it was interrupted
    ├── ClientDisconnectedError    the client closed its connection
    ├── WorkerDiedError            the thread that ran the job ended
    └── UnknownModelError          a request names a model that is not served
    ServedModelsError              the settings of several models do not fit together

`http.problems` turns each into a response, except the last, which prevents the start.
"""

from collections.abc import Iterable

from gatewise.models.errors import GatewiseError


class EngineError(GatewiseError):
    """Base class of every error of a request."""


class QueueFullError(EngineError):
    """A job would exceed the limit on waiting tokens.

    Attributes:
        waiting_tokens: Tokens that are waiting already.
        limit: Tokens that may wait.
        retry_after: Seconds after which the queue has probably emptied.
    """

    def __init__(self, *, waiting_tokens: int, limit: int, retry_after: int) -> None:
        """Store the figures and build the message from them."""
        self.waiting_tokens = waiting_tokens
        self.limit = limit
        self.retry_after = retry_after
        super().__init__(
            f"Texts of {waiting_tokens:,} tokens are waiting already; the limit is {limit:,}. "
            f"Retry after {retry_after} s, or send less at a time."
        )


class DeadlinePassedError(EngineError):
    """A job did not finish before its deadline.

    Attributes:
        seconds: The time that was allowed.
    """

    def __init__(self, *, seconds: float) -> None:
        """Store the time and build the message from it."""
        self.seconds = seconds
        super().__init__(
            f"The result was not ready within {seconds:g} s. Retry when the service is less busy, "
            "send less text at a time, or request less."
        )


class ShuttingDownError(EngineError):
    """The service is shutting down: it accepts no new work, or interrupted work that it had."""

    def __init__(self, *, interrupted: bool = False) -> None:
        """Build the message.

        Args:
            interrupted: Whether the work was accepted before the shutdown, but took too long.
        """
        reason = (
            "interrupted the request, because it took longer than a shutdown may"
            if interrupted
            else "accepts no new work"
        )
        super().__init__(
            f"The service is shutting down and {reason}. Retry in a few seconds, or use another "
            "instance."
        )


class ClientDisconnectedError(EngineError):
    """The client closed its connection, so the result is no longer needed."""


class WorkerDiedError(EngineError):
    """The worker thread that ran the job ended unexpectedly."""


class UnknownModelError(EngineError):
    """A request names a model that is not served."""

    def __init__(self, known: Iterable[str]) -> None:
        """Build the message from the ids of the models that are served."""
        super().__init__(f"There is no such model. The models are: {', '.join(known)}.")


class ServedModelsError(GatewiseError):
    """The settings of several models do not fit together."""
