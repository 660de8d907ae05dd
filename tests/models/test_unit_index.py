"""A stored unit index is read when it is used, and an invalid one is an error then."""

import pytest

from gatewise.models.errors import ArtifactCorruptError
from gatewise.models.unit_index import StoredIndex


@pytest.mark.parametrize("content", [b"", b"{}", b'{"source": "a", "texts": 0}', b"\xff"])
def test_accessing_an_invalid_unit_index_fails(content: bytes) -> None:
    stored = StoredIndex(content)
    with pytest.raises(ArtifactCorruptError, match="search --index"):
        _ = stored.index
