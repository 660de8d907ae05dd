"""What the options of several commands share: types, groups and checks."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Group, Parameter

OPTIONS = Group("Options", sort_key=1)
ADVANCED = Group("Advanced", sort_key=2)


def at_least(minimum: int) -> Callable[[Any, int | None], None]:
    """Return a check that a number, if it is given, is not below `minimum`."""

    def check(_type: Any, value: int | None) -> None:
        if value is not None and value < minimum:
            raise ValueError(f"must be at least {minimum}, got {value}")

    return check


Model = Annotated[str | None, Parameter(name="--model", group=OPTIONS)]
Json = Annotated[bool, Parameter(name="--json", negative=(), group=OPTIONS)]
Source = Annotated[str, Parameter(group=OPTIONS)]
OptionalSource = Annotated[str | None, Parameter(group=OPTIONS)]
OptionalPath = Annotated[Path | None, Parameter(group=OPTIONS)]
OptionalTexts = Annotated[list[str] | None, Parameter(negative=(), group=OPTIONS)]
OptionalNumbers = Annotated[list[int] | None, Parameter(negative=(), group=OPTIONS)]
Flag = Annotated[bool, Parameter(negative=(), group=OPTIONS)]
Count = Annotated[int, Parameter(validator=at_least(0), group=OPTIONS)]
PositiveCount = Annotated[int, Parameter(validator=at_least(1), group=OPTIONS)]
OptionalCount = Annotated[int | None, Parameter(validator=at_least(1), group=OPTIONS)]
Seed = Annotated[int, Parameter(validator=at_least(0), group=ADVANCED)]
Threads = Annotated[int, Parameter(validator=at_least(1), group=ADVANCED)]
