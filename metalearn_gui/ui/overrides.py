"""What Qt calls of ours may raise: a traceback on stderr, and the window goes on.

Before Python 3.12 an exception that C raises (of an index, a division, a deleted object) becomes an object only once
Python catches it. PySide, 6.10 to 6.12, takes what leaves an overridden method for one, and the process ends.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QMetaMethod, QObject
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QGraphicsItem

NATIVE = "PySide6."  # modules whose classes are Qt's
HAS_OBJECTS_ONLY = (3, 12)  # from this Python on every exception is an object
MARK = "catches"  # of a method that is done already


@functools.cache  # once
def catch_in_overrides() -> None:
    """In every class that was made from one of Qt's, and from now on in every one that is."""
    if sys.version_info >= HAS_OBJECTS_ONLY:
        return
    for base in (QObject, QGraphicsItem, QUndoCommand):
        for cls in _made_from(base):
            _catch_in(cls)
        base.__init_subclass__ = classmethod(functools.partial(_make, base))  # type: ignore[assignment]


def _made_from(cls: type[Any]) -> Iterator[type[Any]]:
    """All of ours below it."""
    for one in cls.__subclasses__():
        if not one.__module__.startswith(NATIVE):
            yield one
        yield from _made_from(one)


def _make(base: Any, cls: type, **kwargs: Any) -> None:
    """A class has been made from one of Qt's."""
    super(base, cls).__init_subclass__(**kwargs)
    _catch_in(cls)


def _catch_in(cls: type) -> None:
    """In the methods of a class, and of what else it is made from."""
    native = tuple(one for one in cls.__mro__ if one.__module__.startswith(NATIVE))
    for ours in (one for one in cls.__mro__ if one not in native and one is not object):
        for name in _overridable(native) & vars(ours).keys():
            method = vars(ours)[name]
            if isinstance(method, types.FunctionType) and not hasattr(method, MARK):
                setattr(ours, name, _catching(method))


def _catching(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except BaseException:
            raise  # an object by now

    setattr(called, MARK, True)
    return called


@functools.cache
def _overridable(native: tuple[type, ...]) -> frozenset[str]:
    """What Qt may call of classes; without slots, for of what is connected to a signal PySide counts the arguments."""
    names = {name for one in native for name in vars(one) if not name.startswith("__")}
    return frozenset(names).difference(*map(_slots, native))


@functools.cache
def _slots(native: type) -> frozenset[str]:
    """What a class has itself of what is made to be connected to a signal."""
    about = getattr(native, "staticMetaObject", None)
    if about is None:
        return frozenset()
    methods = (about.method(place) for place in range(about.methodOffset(), about.methodCount()))
    slots = (method for method in methods if method.methodType() == QMetaMethod.MethodType.Slot)
    return frozenset(bytes(slot.name().data()).decode() for slot in slots)
