"""Numbers as the page prints them."""

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    """Write fixed decimals with a true minus sign; zero has no sign."""
    text = f"{abs(value):.{digits}f}"
    return MINUS + text if value < 0 and float(text) else text


def signed(value: float, digits: int = 3) -> str:
    """Write a number with its sign, also if positive. A value other than 0 is not rounded to 0."""
    vanishes = value != 0 and float(f"{value:.{digits}f}") == 0
    return ("+" if value > 0 else "") + (scientific(value) if vanishes else number(value, digits))


def percent(share: float) -> str:
    """Write a share in percent. Only exactly 0 and 1 are written as 0 % and 100 %."""
    if 0.999 < share < 1:
        return "> 99.9 %"
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.{0 if share in {0, 1} else 1}f} %"


def scientific(value: float) -> str:
    """Write a number with its power of ten as JavaScript does: 2.8e-8, not 2.8e-08."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    sign = MINUS if int(exponent) < 0 else "+"
    return f"{mantissa.replace('-', MINUS)}e{sign}{abs(int(exponent))}"
