"""The phrases of a parsed sentence of the Stanford Sentiment Treebank."""

from collections import defaultdict


def tree_phrases(tokens: str, tree: str) -> list[str]:
    """Return the phrase of every node of a tree, words first and the sentence last.

    Args:
        tokens: The words, separated by `|`.
        tree: The number of the parent of every node, counted from 1 and separated by `|`; 0 is the
            parent of the root. The words are the first nodes.
    """
    words = tokens.split("|")
    parents = [int(parent) for parent in tree.split("|")]
    spans: dict[int, list[int]] = defaultdict(list)
    for word in range(len(words)):
        node = word + 1
        while node:
            spans[node].append(word)
            node = parents[node - 1]
    return [" ".join(words[word] for word in spans[node]) for node in sorted(spans)]
