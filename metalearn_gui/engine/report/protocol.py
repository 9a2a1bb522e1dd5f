"""How a comparison was made, in sentences: who trained and was tried on what, what others got, how to repeat it."""

from __future__ import annotations

from collections.abc import Sequence

from metalearn_gui.engine.baselines import BASELINES
from metalearn_gui.engine.compare import Comparison, Entry, Outcome
from metalearn_gui.engine.params import with_and
from metalearn_gui.engine.published import Reference, published
from metalearn_gui.engine.report.page import Code, Table
from metalearn_gui.engine.report.plots import number
from metalearn_gui.engine.report.repeat import command_of, command_of_plan, command_of_trying, file_of, reached
from metalearn_gui.engine.settings import CHOICES, ExperimentSettings, setting_words

ENDS = {"own length": "all its meta-iterations were done"}  # others say it themselves


def label_of(settings: ExperimentSettings, name: str) -> str:
    """What a setting is called in the window."""
    words = setting_words()
    return settings.param(name).label if name in settings.names() else words.get(name, name).capitalize()


def word_of(settings: ExperimentSettings, name: str) -> str:
    """The same in the middle of a line."""
    label = label_of(settings, name)
    return label[:1].lower() + label[1:]


def protocol(outcome: Outcome) -> list[str]:
    """What a reader has to know before believing a figure."""
    comparison = outcome.comparison
    said = [_trained_text(comparison), _tried_text(comparison), _best_step_text(comparison)]
    if comparison.runs:
        said.append(_constant_text(comparison))
    ended = [
        f"{entry.label} ({ENDS.get(entry.early_end, entry.early_end)})"
        for entry in comparison.entries
        if entry.early_end
    ]
    if outcome.plan.budget.seconds is not None and ended:
        said.append(f"Ended before the {outcome.plan.budget.seconds:g} s that each could train: {', '.join(ended)}.")
    if outcome.is_cancelled:
        cut = [run.lane.name for run in comparison.runs if run.is_cut_short]
        said.append(
            "It was cancelled before all had their whole budget." + (f" Cut short: {', '.join(cut)}." if cut else "")
        )
    if any(lane.settings.network.is_transductive for lane in comparison.lanes):
        said.append("Some networks normalise over the queries together: they are transductive.")
    return said


def _trained_text(comparison: Comparison) -> str:
    seeds = [str(seed) for seed in sorted({lane.seed for lane in comparison.lanes})]
    with_seeds = f"Seed{'s' if len(seeds) > 1 else ''}: {with_and(seeds)}."
    if comparison.shares_tasks:
        return f"All train on the same tasks in the same order. {with_seeds}"
    differ = with_and([word_of(comparison.lanes[0].settings, name) for name in _differing(comparison)])
    return f"They do not all train on the same tasks, for they differ in {differ}. {with_seeds}"


def _tried_text(comparison: Comparison) -> str:
    own = _differing_in_unseen(comparison)
    drawn = "unseen tasks of the same seed" if {"task_family"} & set(own) else "the same unseen tasks"
    words = [word_of(comparison.lanes[0].settings, name) for name in own]
    each = f", each with its own {with_and(words)}" if own else ""
    several = len({lane.seed for lane in comparison.lanes}) > 1
    over = "other unseen tasks, or with other seeds where that is more" if several else "other unseen tasks"
    return (
        f"All are tried on {drawn}{each}; none was trained on them. A 95 % interval says how far a mean may be off: by "
        f"how much it would change with {over}."
    )


def _best_step_text(comparison: Comparison) -> str:
    text = "A learner's best step is chosen by the very tasks that judge it, which flatters it a little."
    tuned = dict.fromkeys(
        lane.settings.learner.label for lane in comparison.lanes if lane.settings.learner.key in BASELINES
    )
    rate = "Each baseline ({}) has the inner learning rate that does best on validation tasks, out of a few."
    return f"{text} {rate.format(', '.join(tuned))}" if tuned else text


def _constant_text(comparison: Comparison) -> str:
    losses = dict.fromkeys(number(loss, 4) for loss in sorted(run.constant_loss for run in comparison.runs))
    least, *more = losses
    by = [word_of(comparison.lanes[0].settings, name) for name in _differing_in_unseen(comparison)]
    depends = f", depending on {with_and(by)}" if by else ""
    several = f" to {more[-1]}{depends}" if more else ""
    return f"A constant prediction, which learns nothing of a task, has a loss of {least}{several}."


def _differing(comparison: Comparison) -> list[str]:
    """The settings, by flat name, that make the runs' tasks others than each other's."""
    names = [
        {name: lane.settings.value(name) for name in lane.settings.names() if _is_of_tasks(lane.settings, name)}
        | {"task_family": lane.settings.tasks.key}
        for lane in comparison.lanes
    ]
    known = dict.fromkeys(name for one in names for name in ("task_family", *one))
    return [name for name in known if len({one.get(name) for one in names}) > 1]


def _is_of_tasks(settings: ExperimentSettings, name: str) -> bool:
    return settings.names()[name] in ("tasks", "episodes") or name == "meta_batch"


def _differing_in_unseen(comparison: Comparison) -> list[str]:
    """Those of them that unseen tasks differ in, too."""
    groups = comparison.lanes[0].settings.names()
    return [
        name
        for name in _differing(comparison)
        if name in ("task_family", "shots", "queries") or groups.get(name) == "tasks"
    ]


# --- others' figures, and the same again ----------------------------------------------------------


def references(comparison: Comparison) -> list[Table | str]:
    """What others got; nothing where nothing is known."""
    found: list[tuple[str, Reference]] = [
        (entry.label, reference) for entry in comparison.entries for reference in published(entry.runs[0].lane.settings)
    ]
    cells = tuple((label, one.measure, str(one.step), _range(one), one.protocol) for label, one in found)
    told = "Reference figures: what others got. Those on other tasks say so, and are no measure of these runs."
    return [told, Table(("learner", "measure", "step", "reference", "how it was got"), cells)] if cells else []


def _range(reference: Reference) -> str:
    return f"{reference.low:g}" if reference.low == reference.high else f"{reference.low:g} to {reference.high:g}"


def again(outcome: Outcome) -> list[Code | str]:
    """What to type to have it all, each run alone, and each tried."""
    seconds = outcome.plan.budget.seconds
    runs = outcome.comparison.runs
    files = {run.lane.run_id: file_of(run.lane) for run in runs}
    asked = outcome.plan.preset
    lines = "\n".join(f"{command_of(reached(run), files[run.lane.run_id], asked)}  # {run.lane.name}" for run in runs)
    tries = "\n".join(command_of_trying(outcome.plan, file) for file in files.values())
    told = "Each run alone, up to the meta-iteration that it reached:"
    if seconds is not None:
        told = f"In {seconds:g} s another machine comes to another meta-iteration. {told}"
    whole: list[Code | str] = ["All of it:", Code(command_of_plan(outcome.plan))]
    tried = "Each tried on the unseen tasks of this page:"
    return [*whole, told, Code(lines), tried, Code(tries)] if lines else whole


# --- settings -------------------------------------------------------------------------------------


def settings_table(comparison: Comparison) -> list[Table | str]:
    """Every setting by its name in the window and on the command line: once where all agree, else by contender."""
    entries: Sequence[Entry] = comparison.entries
    settings = [entry.runs[0].lane.settings for entry in entries]
    values = [_values(one) for one in settings]
    owners = {name: one for one in reversed(settings) for name in _values(one)}
    names = dict.fromkeys(name for one in values for name in one)
    cells = tuple(
        (label_of(owners[name], name), name, *_same_once([one.get(name, "–") for one in values])) for name in names
    )
    table = Table(("setting", "in a command line", *(entry.label for entry in entries)), cells)
    told = "″: the same as at its left. –: the learner has no such setting."
    return [told, table] if len(entries) > 1 else [table]


def _same_once(cells: Sequence[str]) -> tuple[str, ...]:
    same = len(cells) > 1 and len(set(cells)) == 1
    return (cells[0], *("″" for _ in cells[1:])) if same else tuple(cells)


def _values(settings: ExperimentSettings) -> dict[str, str]:
    chosen = {name: settings.group(group).label for name, (group, _) in CHOICES.items()}
    return chosen | {name: _value_text(settings.value(name)) for name in settings.names()}


def _value_text(value: object) -> str:
    """As the window shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return number(value, 6) if isinstance(value, float) else str(value) or "empty"
