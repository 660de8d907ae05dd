"""The one way in which a text is read, for serving, training, splitting and bulk scoring alike."""

from gatewise.models.text.alignment import AlignedText
from gatewise.models.text.characters import decode_entities, fold_characters, fold_rating_signs
from gatewise.models.text.emoticons import read_emoticons
from gatewise.models.text.markup import remove_markup
from gatewise.models.text.ratings import read_ratings


def read_text(text: str) -> AlignedText:
    """Return a text as it is read: plain characters, no markup, ratings and emoticons as words."""
    aligned = decode_entities(AlignedText(text))
    aligned = fold_characters(aligned)
    aligned = read_ratings(aligned)
    aligned = fold_rating_signs(aligned)
    aligned = remove_markup(aligned)
    return read_emoticons(aligned)
