"""How kernels are compiled by Numba, and how the compiled code is cached on disk.

Numba's cache is keyed by the function's own source file, its bytecode, the processor and Numba's
version. But a kernel contains code of other files, too: compiled functions that it calls, and LLVM
instructions written by `simd_matmul`. So the key is extended by a digest of all of these.
"""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache

from gatewise.models.gru.kernels.simd_target import TARGET


def compiled(*, reorder_sums: bool = False) -> Callable[[Any], Any]:
    """Return a decorator that compiles a function on its first call, or loads it from the cache.

    Compiled functions release the GIL. A division by zero gives an infinity or NaN, because a check
    for zero would prevent vectorization.

    Args:
        reorder_sums: Whether the terms of a sum may be added in another order, by which sums over
            units can be vectorized.
    """
    fastmath = {"contract", "reassoc", "nsz"} if reorder_sums else {"contract"}

    def decorate(function: Any) -> Any:
        dispatcher: Any = numba.njit(nogil=True, error_model="numpy", fastmath=fastmath)(function)
        # As `cache=True` does, but with this module's class.
        dispatcher._cache = _KernelCache(function)  # type: ignore[no-untyped-call]
        return dispatcher

    return decorate


@cache
def kernel_digest() -> str:
    """Return a digest of the sources of all kernels and of the target they are written for."""
    digest = sha256(repr(TARGET).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class _KernelCache(FunctionCache):
    """Numba's cache of a function, with `kernel_digest` as a part of the key."""

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        key = super()._index_key(sig, codegen)  # type: ignore[no-untyped-call]
        return (*key, kernel_digest())
