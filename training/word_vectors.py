"""Stage 4, word embeddings: word2vec on all text that training may see."""

from collections.abc import Iterator, Sequence

import numpy as np
from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from jaxtyping import Float32, Int32
from tqdm import tqdm

from models.tokenizer import PAD_ID
from training.config import TrainingConfig


class _Sentences:
    """Texts as lists of word ids, which gensim takes as words; re-iterable, as it demands."""

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
    """Train skip-gram vectors (Mikolov et al. 2013, arXiv 1310.4546) of every word in `texts`.

    Words that do not occur keep a small random vector; padding has zeros.
    """
    generator = np.random.default_rng(config.seed)
    size = config.embedding_size
    vectors = generator.normal(0, 0.1, (vocab_size, size)).astype(np.float32)  # (V, E)
    if config.word_vector_epochs:
        model = Word2Vec(
            _Sentences(texts),
            vector_size=size,
            window=config.word_vector_window,
            min_count=1,
            sg=1,
            sample=1e-4,
            epochs=config.word_vector_epochs,
            workers=config.word_vector_workers,
            seed=config.seed + 1,
            callbacks=[_Progress(config.word_vector_epochs)],
        )
        vectors[model.wv.index_to_key] = model.wv.vectors
    vectors[PAD_ID] = 0
    return vectors
