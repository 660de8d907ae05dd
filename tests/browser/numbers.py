"""Numbers as the page prints them."""

MINUS = "\N{MINUS SIGN}"


def number(value: float, digits: int = 3) -> str:
    """Fixed decimals with a true minus sign; no minus before nothing."""
    text = f"{abs(value):.{digits}f}"
    return MINUS + text if value < 0 and float(text) else text


def signed(value: float, digits: int = 3) -> str:
    """The same with a plus sign. What is not 0 is not rounded to it."""
    vanishes = value != 0 and float(f"{value:.{digits}f}") == 0
    return ("+" if value > 0 else "") + (tiny(value) if vanishes else number(value, digits))


def percent(share: float) -> str:
    """A share in percent; what is not all or nothing is not rounded to it."""
    if 0.999 < share < 1:
        return "> 99.9 %"
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.{0 if share in {0, 1} else 1}f} %"


def tiny(value: float) -> str:
    """By its power of ten, as JavaScript writes it: 2.8e-8, not 2.8e-08."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    sign = MINUS if int(exponent) < 0 else "+"
    return f"{mantissa.replace('-', MINUS)}e{sign}{abs(int(exponent))}"
