"""Word vectors: word2vec on all text that training may read."""

from collections.abc import Iterator, Sequence

import numpy as np
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from jaxtyping import Float32, Int32
from tqdm import tqdm

from gatewise.models.tokenizer import PAD_ID
from gatewise.training.config import TrainingConfig

_WINDOW = 8  # words on either side that are predicted
_FREQUENT_WORD_SAMPLING = 1e-4
_INITIAL_DEVIATION = 0.1
_THREADS = 1  # more are faster, and make the vectors irreproducible


class _Sentences:
    """Texts as lists of word ids, in the form that gensim iterates over several times."""

    def __init__(self, texts: Sequence[Int32[np.ndarray, " _"]]) -> None:
        self._texts = texts

    def __iter__(self) -> Iterator[list[int]]:
        for ids in self._texts:
            yield ids.tolist()


class _Progress(CallbackAny2Vec):  # type: ignore[misc]  # gensim ships no types
    def __init__(self, epochs: int) -> None:
        self._bar = tqdm(total=epochs, desc="word2vec", unit="pass")

    def on_epoch_end(self, _model: Word2Vec) -> None:
        self._bar.update()

    def on_train_end(self, _model: Word2Vec) -> None:
        self._bar.close()


def train_word_vectors(
    texts: Sequence[Int32[np.ndarray, " _"]], *, vocab_size: int, config: TrainingConfig
) -> Float32[np.ndarray, "V E"]:
    """Train skip-gram vectors (Mikolov et al. 2013, arXiv 1310.4546).

    Args:
        texts: Texts as word ids.
        vocab_size: Number of words.
        config: The seed, the length of the vectors and the number of epochs.

    Returns:
        One vector per word. Words that do not occur have a small random vector; padding has zeros.
    """
    generator = np.random.default_rng(config.seed)
    size = config.embedding_size
    vectors = generator.normal(0, _INITIAL_DEVIATION, (vocab_size, size))  # (V, E)
    vectors = vectors.astype(np.float32)  # (V, E)
    if config.word_vector_epochs:
        model = Word2Vec(
            _Sentences(texts),
            vector_size=size,
            window=_WINDOW,
            min_count=1,
            sg=1,
            sample=_FREQUENT_WORD_SAMPLING,
            epochs=config.word_vector_epochs,
            workers=_THREADS,
            seed=config.seed + 1,
            callbacks=[_Progress(config.word_vector_epochs)],
        )
        vectors[model.wv.index_to_key] = model.wv.vectors
    vectors[PAD_ID] = 0
    return vectors
