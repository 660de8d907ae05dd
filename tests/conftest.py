"""Settings of every test."""

import pytest
from hypothesis import settings

# The same examples every time, and no deadline: a slow machine or a lucky draw is no failure.
settings.register_profile("fast", deadline=None, derandomize=True, max_examples=15)
settings.register_profile("slow", settings.get_profile("fast"), max_examples=60)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--slow`."""
    parser.addoption(
        "--slow",
        action="store_true",
        help="run the tests marked as slow, too, and try more examples",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Set the number of examples of a property, before the modules of the tests are imported."""
    settings.load_profile("slow" if config.getoption("--slow") else "fast")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out, unless they are requested with `--slow` or by name."""
    named = any("::" in argument for argument in config.args)
    if config.getoption("--slow") or named:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not item.get_closest_marker("slow")]
