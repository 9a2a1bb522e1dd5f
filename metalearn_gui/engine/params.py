"""Settings as data: each field of a settings class says its label, range, unit and help.

The form, the command line, the file format and the error lines all read the same `Param`.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

METADATA_KEY = "param"
THIN_SPACE = "\u2009"
NUM_NEAREST = 3  # names that stand in the line about one that there is not


class SettingError(ValueError):
    """A setting that cannot be used; its text is one line: what came, what was expected, what to do.

    offer: settings by flat name with which it could be used; empty where nothing near would do.
    """

    def __init__(self, line: str, offer: Mapping[str, Any] | None = None) -> None:
        super().__init__(line)
        self.offer = dict(offer or {})


@dataclasses.dataclass(frozen=True)
class Param:
    """What a form, a command line and a check need to know about one setting."""

    name: str
    kind: str  # "int", "float", "choice", "bool", "text" or "path"
    label: str
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    help: str = ""
    live: bool = False  # reaches a running experiment between chunks, without a restart
    log: bool = False  # a slider moves it on a logarithmic scale
    advanced: bool = False  # shown under "More settings"
    off: Any = None  # the value that means "off" or "unlimited"
    once: str = ""  # its name in files of older versions

    def to_json(self) -> dict[str, Any]:
        """The entry of `list --json`."""
        entry: dict[str, Any] = {
            "name": self.name,
            "label": self.label,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "default": self.default,
            "unit": self.unit,
            "live": self.live,
            "help": self.help,
        }
        if self.choices:
            entry["choices"] = list(self.choices)
        return entry


def param(
    default: Any,
    label: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    help: str = "",
    live: bool = False,
    log: bool = False,
    advanced: bool = False,
    off: Any = None,
    once: str = "",
    is_path: bool = False,
) -> Any:
    """A dataclass field that is a setting. Its kind follows from `choices` and the default's type.

    is_path: a text that names a file or a folder; "" for none.
    """
    spec = Param(
        name="",
        kind="path" if is_path else _kind_of(default, choices),
        label=label,
        default=default,
        minimum=minimum,
        maximum=maximum,
        choices=choices,
        unit=unit,
        help=help,
        live=live,
        log=log,
        advanced=advanced,
        off=off,
        once=once,
    )
    return dataclasses.field(default=default, metadata={METADATA_KEY: spec})


def _kind_of(default: Any, choices: tuple[str, ...]) -> str:
    if choices:
        return "choice"
    return {bool: "bool", int: "int", float: "float", str: "text"}[type(default)]


def params_of(component: Any) -> tuple[Param, ...]:
    """The settings of a component or its class, in the order of its fields."""
    return _params_of_class(component if isinstance(component, type) else type(component))


@functools.cache
def _params_of_class(component: type[Any]) -> tuple[Param, ...]:
    return tuple(
        dataclasses.replace(field.metadata[METADATA_KEY], name=field.name)
        for field in dataclasses.fields(component)
        if METADATA_KEY in field.metadata
    )


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """What a mistyped word may have meant, the likeliest first."""
    return difflib.get_close_matches(word, sorted(known), NUM_NEAREST)


def coerce(spec: Param, value: Any) -> Any:
    """The value in its setting's own type, from a number, a text or JSON.

    Raises:
        SettingError: what came, what was expected.
    """
    return _COERCIONS[spec.kind](spec, value)


def _coerce_number(spec: Param, value: Any) -> int | float:
    expected = "a whole number" if spec.kind == "int" else "a number"
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise SettingError(_sentence(spec, value, f"it must be {expected}{_range_text(spec)}")) from None
    if isinstance(value, bool) or not math.isfinite(number):
        raise SettingError(_sentence(spec, value, f"it must be {expected}{_range_text(spec)}"))
    if spec.kind == "int":
        if number != int(number):
            raise SettingError(_sentence(spec, value, f"it must be {expected}{_range_text(spec)}"))
        number = int(number)
    outside = (spec.minimum is not None and number < spec.minimum) or (
        spec.maximum is not None and number > spec.maximum
    )
    if outside and number != spec.off:
        raise SettingError(_sentence(spec, value, f"it must lie in {_interval(spec)}"))
    return number


def _coerce_choice(spec: Param, value: Any) -> str:
    if value not in spec.choices:
        raise SettingError(_sentence(spec, value, f"choose one of {', '.join(spec.choices)}"))
    return str(value)


def _coerce_bool(spec: Param, value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    result = words.get(str(value).strip().lower())
    if result is None:
        raise SettingError(_sentence(spec, value, "it must be true or false"))
    return result


def _coerce_text(spec: Param, value: Any) -> str:
    if not isinstance(value, str):
        raise SettingError(_sentence(spec, value, "it must be text"))
    return value


_COERCIONS = {
    "int": _coerce_number,
    "float": _coerce_number,
    "choice": _coerce_choice,
    "bool": _coerce_bool,
    "text": _coerce_text,
    "path": _coerce_text,
}


def _sentence(spec: Param, value: Any, expected: str) -> str:
    shown = repr(value) if isinstance(value, str) else str(value)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return f"{spec.label} ({spec.name}) is {shown}; {expected}"


def _interval(spec: Param) -> str:
    low = "-inf" if spec.minimum is None else _bound(spec.minimum)
    high = "inf" if spec.maximum is None else _bound(spec.maximum)
    is_outside = spec.off is not None and not (spec.minimum or 0) <= spec.off <= (spec.maximum or 0)
    return f"[{low}, {high}]" + (f" or be {_bound(spec.off)}" if is_outside else "")


def _bound(value: float) -> str:
    """Whole numbers in full, as the window writes them; others in few digits."""
    return in_full(int(value)) if value == int(value) else f"{value:.4g}"


def in_full(count: int) -> str:
    """A whole number with a thin space between thousands: a comma would part the bounds of an interval."""
    return f"{count:,}".replace(",", THIN_SPACE)


def with_and(words: Sequence[str]) -> str:
    """As a sentence has them: a, b and c."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _range_text(spec: Param) -> str:
    return "" if spec.minimum is None and spec.maximum is None else f" in {_interval(spec)}"


@dataclasses.dataclass(frozen=True)
class Component:
    """A frozen value whose fields are settings: a task family, a learner, a network, ..."""

    key: ClassVar[str] = ""
    label: ClassVar[str] = ""
    summary: ClassVar[str] = ""  # one sentence for a tooltip

    def __post_init__(self) -> None:
        for spec in params_of(self):
            object.__setattr__(self, spec.name, coerce(spec, getattr(self, spec.name)))
        self.check()

    def check(self) -> None:
        """Raise SettingError where settings that are fine alone do not fit together."""

    def replaced(self, **values: Any) -> Self:
        """This value with settings changed, all at once; a subclass may carry dependent settings along."""
        return dataclasses.replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, with the registry key under "key"."""
        return {"key": self.key} | {spec.name: getattr(self, spec.name) for spec in params_of(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`; settings that are absent take their defaults.

        Raises:
            SettingError: an unknown name, or a value out of range.
        """
        known = [spec.name for spec in params_of(cls)]
        once = {spec.once: spec.name for spec in params_of(cls) if spec.once}
        named = {once.get(name, name): value for name, value in values.items() if name != "key"}
        for name in named:
            if name not in known:
                raise SettingError(f"{cls.label or cls.__name__} has no setting {name!r}; it has {', '.join(known)}")
        return cls(**named)

    def structure(self) -> tuple[Any, ...]:
        """What a compiled program depends on: everything but the live settings."""
        fixed = tuple(getattr(self, spec.name) for spec in params_of(self) if not spec.live)
        return (type(self).__name__, *fixed)
