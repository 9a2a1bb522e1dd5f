"""Episodes and scores in words, the same wherever they stand: "5-way 1-shot", "90.6 % ± 0.5"."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from metalearn_gui.bridge.session import Adaptation
from metalearn_gui.engine.events import Evaluation, StepScores
from metalearn_gui.engine.intervals import in_one_notation
from metalearn_gui.engine.params import params_of
from metalearn_gui.engine.settings import CHOICES, PLAIN_GROUPS, ExperimentSettings
from metalearn_gui.engine.tasks.csv import Csv
from metalearn_gui.ui.text import MINUS, count_text, counted, number_text

FIRST, LONGEST_NAME = 5, 30  # of names in one line: how many, and letters of each


def episode_text(settings: ExperimentSettings) -> str:
    """What an unseen task offers; empty where there are no classes."""
    if settings.tasks.kind != "classification":
        return ""
    text = QCoreApplication.translate("Wording", "{ways}-way {shots}-shot")
    return text.format(ways=settings.tasks.output_dim, shots=settings.episodes.shots)


def shots_text(shots: int) -> str:
    """Of a support set."""
    return counted(
        shots, QCoreApplication.translate("Wording", "1 shot"), QCoreApplication.translate("Wording", "{count} shots")
    )


def sizes_text(settings: ExperimentSettings) -> str:
    """What an unseen task offers, of every kind."""
    return episode_text(settings) or shots_text(settings.episodes.shots)


def same_tasks_text(settings: ExperimentSettings) -> str:
    """What all that is compared is tried on."""
    text = QCoreApplication.translate("Wording", "{tasks} · {sizes} · seed {seed}")
    return text.format(tasks=settings.tasks.label, sizes=sizes_text(settings), seed=settings.seed)


def unseen_text(settings: ExperimentSettings) -> str:
    """What unseen tasks are called: where they go beyond the trained range, no figure of theirs stands without it."""
    if settings.tasks.beyond == 1.0:
        return QCoreApplication.translate("Wording", "unseen")
    return QCoreApplication.translate("Wording", "unseen ×{times}").format(times=number_text(settings.tasks.beyond))


def protocol_text(settings: ExperimentSettings) -> str:
    """Whether queries may help each other; empty where there are no classes."""
    if settings.tasks.kind != "classification":
        return ""
    if settings.network.is_transductive:
        return QCoreApplication.translate("Wording", "transductive")
    return QCoreApplication.translate("Wording", "inductive")


def protocol_help(settings: ExperimentSettings) -> str:
    """What the protocol's word means; empty where there are no classes."""
    if settings.tasks.kind != "classification":
        return ""
    if settings.network.is_transductive:
        return QCoreApplication.translate(
            "Wording", "Transductive: the queries of a task are normalised together, so each learns from the others."
        )
    return QCoreApplication.translate(
        "Wording", "Inductive: each query is answered alone, from the support set; the other queries do not help it."
    )


def percent_text(accuracy: float, digits: int = 1) -> str:
    """An accuracy as a share of a hundred."""
    return f"{100 * accuracy:.{digits}f} %"


def interval_text(half_width: float) -> str:
    """Half the width of an accuracy's interval, as it stands behind it; one task has none."""
    return f"± {100 * half_width:.1f}" if math.isfinite(half_width) else ""


def mean_text(mean: float, half_width: float) -> str:
    """A mean and half the width of its interval, to two digits of that; where they are numbers: one task has none."""
    if not math.isfinite(mean):
        return loss_text(mean)
    if not math.isfinite(half_width):
        return short_text(mean)
    return " ± ".join(in_one_notation(mean, half_width, short_text)).replace("-", MINUS)


def short_text(number: float) -> str:
    """As a column has room for it: below a thousandth two figures and an exponent, "9.9e-4"."""
    if not 0 < abs(number) < 1e-3:
        return number_text(number)
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def loss_text(loss: float) -> str:
    """A loss, where it is a number."""
    return number_text(loss) if math.isfinite(loss) else QCoreApplication.translate("Wording", "diverges")


def result_text(adaptation: Adaptation, step: int) -> str:
    """What it comes to after a step: accuracy where there is one, else the loss."""
    step = adaptation.nearest(step)
    if adaptation.accuracy is not None:
        return percent_text(float(adaptation.accuracy[step]), digits=0)
    return loss_text(float(adaptation.loss[step]))


def score_text(scores: StepScores, step: int, in_percent: bool) -> str:
    """The mean after a step with half the width of its 95 % interval: the accuracy, or the loss."""
    if in_percent and scores.accuracy is not None and scores.accuracy_ci95 is not None:
        return f"{percent_text(float(scores.accuracy[step]))} {interval_text(float(scores.accuracy_ci95[step]))}"
    return mean_text(float(scores.loss[step]), float(scores.loss_ci95[step]))


def unseen_tasks_text(evaluation: Evaluation) -> str:
    """How many tasks were tried; one that was drawn again counts once."""
    return counted(
        evaluation.num_distinct_tasks or evaluation.num_tasks,
        QCoreApplication.translate("Wording", "1 unseen task"),
        QCoreApplication.translate("Wording", "{count} unseen tasks"),
    )


def first_names_text(names: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    shown = ", ".join(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…" for name in names[:FIRST])
    if len(names) <= FIRST:
        return shown
    text = QCoreApplication.translate("Wording", "{names} and {count} more")
    return text.format(names=shown, count=count_text(len(names) - FIRST))


def final_text(scores: StepScores | None) -> tuple[str, str]:
    """What is reached after the last step on unseen tasks, and its interval or unit."""
    if scores is None:
        return "–", ""
    loss = float(scores.loss[-1])
    if not math.isfinite(loss):
        return QCoreApplication.translate("Wording", "diverges"), ""
    if scores.accuracy is not None and scores.accuracy_ci95 is not None:
        return percent_text(float(scores.accuracy[-1])), interval_text(float(scores.accuracy_ci95[-1]))
    return number_text(loss), QCoreApplication.translate("Wording", "MSE")


def several_targets_text(settings: ExperimentSettings) -> str:
    """What a loss of a table's unseen tasks is the mean of, where that is several columns; else empty."""
    tasks = settings.tasks
    if not isinstance(tasks, Csv) or tasks.kind != "regression" or tasks.output_dim < 2:
        return ""
    return QCoreApplication.translate("Wording", "{count} targets").format(count=tasks.output_dim)


def baseline_name(key: str, brief: bool = False) -> str:
    """A baseline in a word or three, as it stands in a legend or within a sentence; in one word where `brief`."""
    names = {
        "transfer": QCoreApplication.translate("Wording", "transfer"),
        "scratch": QCoreApplication.translate("Wording", "scratch"),
        "scratch_adam": QCoreApplication.translate("Wording", "scratch with Adam"),
        "nearest": QCoreApplication.translate("Wording", "nearest"),
        "logistic": QCoreApplication.translate("Wording", "logistic"),
        "task_mean": QCoreApplication.translate("Wording", "task mean"),
        "boosting": QCoreApplication.translate("Wording", "boosting"),
        "constant": QCoreApplication.translate("Wording", "a constant"),
        "linear_ridge": QCoreApplication.translate("Wording", "ridge"),
    }
    if brief:
        names["scratch_adam"] = QCoreApplication.translate("Wording", "Adam")
    return names.get(key, key)


def without_keys(line: str) -> str:
    """A refusal as the window says it: by label alone, without the names behind it that the command line takes."""
    return _keys_in_brackets().sub(lambda found: found["quoted"] or "", line)


@functools.cache
def _keys_in_brackets() -> re.Pattern[str]:
    components = [one for _, registry in CHOICES.values() for one in registry.values()]
    keys = {spec.name for one in (*components, *PLAIN_GROUPS.values()) for spec in params_of(one)}
    any_key = "|".join(sorted(keys | {one.key for one in components} | set(CHOICES), key=len, reverse=True))
    quoted = r"(?P<quoted>(?<!\w)(?:'[^']*'|\"[^\"]*\")(?!\w))"  # what came, such as the name of a file, stays as it is
    return re.compile(rf"{quoted}| \((?:{any_key})(?:, (?:{any_key}))*\)")
