"""How a number is written: in a unit people use, and rounded to its error."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from kinechain import glossary

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Display:
    """How values of one quantity are shown.

    Parameters
    ----------
    unit : key of the word in section `unit` of words.toml
    factor : shown number = factor × number of the assessment
    finest : smallest step that is ever shown, in the shown unit
    plain : step of a value without an error, in the shown unit
    least_span : shortest axis of a mark, so that tiny differences look tiny, in the shown unit
    """

    unit: str
    factor: Decimal
    finest: Decimal
    plain: Decimal
    least_span: float


def _display(unit: str, factor: str, finest: str, plain: str, least_span: float) -> Display:
    return Display(unit, Decimal(factor), Decimal(finest), Decimal(plain), least_span)


_PERCENT = _display("percent", "100", "0.1", "1", 10)
_OF_UNIT: dict[str, Display] = {
    "s": _display("ms", "1000", "1", "1", 40),
    "m": _display("m", "1", "0.01", "0.1", 0.5),
    "mm": _display("mm", "1", "0.1", "1", 10),
    "m/s": _display("mps", "1", "0.01", "0.1", 1),
    "deg": _display("deg", "1", "0.1", "1", 10),
    "steps/min": _display("spm", "1", "0.1", "1", 10),
    "BW": _display("bw", "1", "0.01", "0.1", 1),
    "N·m/kg": _display("nmpkg", "1", "0.01", "0.1", 1),
    "kN/m": _display("knpm", "1", "0.1", "1", 4),
    "Hz": _display("hz", "1", "0.1", "1", 10),
    "px": _display("px", "1", "1", "1", 20),
    "%": _display("percent", "1", "0.1", "1", 10),
    "BW·s/km": _display("bw_s_per_km", "1", "1", "1", 100),
    "": _PERCENT,
}
_OF_NAME: dict[str, Display] = {"vertical_oscillation_m": _display("cm", "100", "0.1", "1", 4)}


def display_of(name: str) -> Display:
    """Return how values of the quantity called `name` are shown."""
    return _OF_NAME.get(name) or _OF_UNIT[glossary.quantity(name).unit]


@dataclass(frozen=True)
class Rounded:
    """A number ready to be written.

    Parameters
    ----------
    value : digits, with a true minus sign
    error : digits, or None where the error is not known
    within_error : whether the interval holds 0, so that the value cannot be told from 0
    """

    value: str
    error: str | None
    within_error: bool

    @property
    def text(self) -> str:
        """`value ± error` that no line break can part, or the value alone."""
        return self.value if self.error is None else f"{self.value}{NBSP}±{NBSP}{self.error}"


def round_interval(value: float, low: float | None, high: float | None, display: Display) -> Rounded:
    """Return a value rounded to the half width of its interval (the longer half where they differ).

    The half width keeps one significant digit, the value the same decimals.
    """
    if low is None or high is None:
        return Rounded(digits(_shown(value, display), display.plain), None, within_error=False)
    half = max(_shown(high, display) - _shown(value, display), _shown(value, display) - _shown(low, display))
    rounded = round_to_error(_shown(value, display), half, display)
    return Rounded(rounded.value, rounded.error, within_error=low <= 0 <= high)


def round_bias(bias: float, sd: float, display: Display) -> str:
    """Return `+bias ± sd`, always with its sign, rounded to the spread."""
    rounded = round_to_error(_shown(bias, display), _shown(sd, display), display)
    sign = "" if rounded.value.startswith(MINUS) or not rounded.value.strip("0.") else "+"
    return f"{sign}{rounded.text}"


def round_to_error(value: Decimal, error: Decimal, display: Display) -> Rounded:
    """Return `value` rounded to one significant digit of `error`; both already in the shown unit."""
    step = step_of(error, display.finest)
    return Rounded(digits(value, step), digits(max(error, step), step), within_error=False)


def step_of(error: Decimal, finest: Decimal) -> Decimal:
    """Return the power of ten of the last digit that an error allows, never below `finest`."""
    if error <= finest:
        return finest
    step = Decimal(1).scaleb(error.adjusted())
    # 0.96 rounds to 1: the digit that is left is one place higher
    if _to_multiple(error, step) >= 10 * step:
        step *= 10
    return max(step, finest)


def two_digit_step(value: Decimal, finest: Decimal) -> Decimal:
    """Return the power of ten of the second significant digit of a value, never below `finest`."""
    return finest if value == 0 else max(finest, Decimal(1).scaleb(value.adjusted() - 1))


def digits(value: Decimal, step: Decimal) -> str:
    """Return `value` at multiples of `step` (a power of ten), with a true minus sign and no negative zero."""
    rounded = _to_multiple(value, step)
    text = f"{abs(rounded):.{max(0, -step.adjusted())}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def given(value: float) -> str:
    """Return a number as the user gave it, without trailing zeros."""
    return f"{value:g}".replace("-", MINUS)


def percent(ratio: float) -> str:
    """Return a ratio in whole percent; a little is `< 1`, not 0, and not quite all is `> 99`."""
    if 0 < ratio < 0.01:
        return "< 1"
    if 0.99 < ratio < 1:
        return "> 99"
    return f"{100 * ratio:.0f}"


def _shown(value: float, display: Display) -> Decimal:
    return Decimal(repr(float(value))) * display.factor


def _to_multiple(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step


def pace_text(speed_mps: float) -> str:
    """Return a speed [m/s] as minutes and seconds of a kilometre, `4:30`."""
    minutes, seconds = divmod(round(1000 / speed_mps), 60)
    return f"{minutes}:{seconds:02d}"
