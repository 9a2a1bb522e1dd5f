"""What a column is for, and what giving it another role does to the others."""

from __future__ import annotations

import dataclasses

from metalearn_gui.engine.tables.choices import ColumnChoice

TASK, INPUT, TARGET, SPLIT, IGNORED = ROLES = ("task", "input", "target", "split", "ignored")


def role_of(choice: ColumnChoice, name: str) -> str:
    """One of ROLES."""
    used = {**dict.fromkeys(choice.inputs, INPUT), **dict.fromkeys(choice.targets, TARGET)}
    used |= {choice.task: TASK, choice.split: SPLIT}
    return used.get(name, IGNORED) if name else IGNORED


def with_role(choice: ColumnChoice, name: str, role: str, names: tuple[str, ...], one_target: bool) -> ColumnChoice:
    """The choice with this column in this role; what was the task or the split before is ignored from then on.

    A target that gives way to another goes in, as every column does that nobody has said anything of.

    Args:
        names: of all columns; inputs and targets keep their order.
        one_target: whether a new target takes the place of the old one.
    """
    inputs = {*choice.inputs} - {name} | ({name} if role == INPUT else set())
    targets = {*choice.targets} - {name}
    if role == TARGET:
        inputs |= targets if one_target else set()
        targets = {name} if one_target else targets | {name}
    return dataclasses.replace(
        choice,
        task=_single(choice.task, name, role == TASK),
        split=_single(choice.split, name, role == SPLIT),
        inputs=tuple(other for other in names if other in inputs),
        targets=tuple(other for other in names if other in targets),
    )


def other_role(role: str) -> str:
    """What a press on a chip makes of a column: what goes in comes out, and all else goes in; "" of a task or split."""
    return {INPUT: TARGET, TARGET: INPUT, IGNORED: INPUT}.get(role, "")


def _single(present: str, name: str, is_it: bool) -> str:
    if is_it:
        return name
    return "" if present == name else present
