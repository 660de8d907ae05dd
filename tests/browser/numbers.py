"""Numbers as the page prints them."""

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    """Fixed decimals with a true minus sign."""
    return f"{value:.{digits}f}".replace("-", MINUS)


def signed(value: float, digits: int = 3) -> str:
    """The same with a plus sign."""
    return f"{value:+.{digits}f}".replace("-", MINUS)
