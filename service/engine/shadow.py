"""A model that classifies copies of the texts of /predict, only to be compared with the others.

It has a thread of its own, which begins a text only while the queue is idle, and its texts are not
in the queue: no request waits for it, is refused or fails because of it. A request that arrives
meanwhile shares the processor with one text at most, which is why long ones are left out. So are
texts that arrive while too many are waiting; both are counted.

The thread has the same priority as all others. With a lower one, the operating system could suspend
it while it holds the interpreter's lock, and then nothing else would run.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Thread

from gatewise.models import Prediction
from gatewise.service.engine.metrics import Metrics
from gatewise.service.engine.served_model import ServedModel

logger = logging.getLogger("gatewise.shadow")

# Characters of texts that may wait; further texts are left out.
MAX_CHARACTERS = 1_000_000
# Longer texts are left out: some 2,000 tokens take up to 0.1 s.
MAX_TEXT_CHARACTERS = 10_000
_POLL_SECONDS = 0.01
# Time for the thread to stop; it is a daemon, so it ends with the process in any case.
_JOIN_SECONDS = 1.0


class Shadow:
    """The texts that wait for a shadow model, and its thread."""

    def __init__(
        self, model: ServedModel, metrics: Metrics, *, is_idle: Callable[[], bool]
    ) -> None:
        """Prepare the thread; it starts with the first text.

        Args:
            model: The model.
            metrics: Where agreement is counted.
            is_idle: Returns whether no request waits or runs.
        """
        self.model = model
        self._metrics = metrics
        self._is_idle = is_idle
        self._condition = Condition()
        self._waiting: deque[tuple[str, str]] = deque()
        self._characters = 0
        self._thread: Thread | None = None
        self._closed = False

    def submit(self, texts: Sequence[str], predictions: Sequence[Prediction]) -> None:
        """Copy texts that another model has classified. This returns at once.

        Args:
            texts: The texts.
            predictions: What the other model predicted.
        """
        with self._condition:
            for text, prediction in zip(texts, predictions, strict=True):
                too_long = len(text) > MAX_TEXT_CHARACTERS
                if self._closed or too_long or self._characters + len(text) > MAX_CHARACTERS:
                    self._count("left_out")
                    continue
                self._characters += len(text)
                self._waiting.append((text, prediction.label))
            if self._waiting and self._thread is None:
                self._thread = Thread(target=self._work, name="shadow", daemon=True)
                self._thread.start()
            self._condition.notify()

    def close(self) -> None:
        """Stop after the text that is being classified."""
        with self._condition:
            self._closed = True
            self._waiting.clear()
            self._condition.notify()
        if self._thread:
            self._thread.join(_JOIN_SECONDS)

    def _work(self) -> None:
        while (copied := self._take()) is not None:
            text, label = copied
            try:
                (own,) = self.model.predictor.predict([text])
            except Exception as error:
                # Its message may quote the text, which is never logged.
                logger.warning("shadow failed", extra={"fields": {"error": type(error).__name__}})
                self._count("failed")
            else:
                self._count("agreed" if own.label == label else "disagreed")

    def _take(self) -> tuple[str, str] | None:
        """Wait for a text, and until the queue is idle; None once it is closed."""
        with self._condition:
            while not self._closed and not (self._waiting and self._is_idle()):
                self._condition.wait(_POLL_SECONDS if self._waiting else None)
            if self._closed:
                return None
            text, label = self._waiting.popleft()
            self._characters -= len(text)
            return text, label

    def _count(self, outcome: str) -> None:
        self._metrics.shadow.labels(self.model.id, outcome).inc()
