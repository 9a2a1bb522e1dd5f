"""What a task family is: a distribution over tasks, in numpy alone."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

import numpy as np

from metalearn_gui.engine.backend import Array
from metalearn_gui.engine.episodes import BLOCK_STEPS, Episodes, PointSet, Tasks
from metalearn_gui.engine.own_data import DataFile
from metalearn_gui.engine.params import Component, param
from metalearn_gui.engine.read_so_far import ReadSoFar
from metalearn_gui.engine.scaling import Scaling

MEASURED_TASKS = 500  # for the loss of a constant prediction
COMPARED_TASKS = 8  # to see whether all tasks share a parameter


class NamedNumber(NamedTuple):
    """A number of a point: a column of a table, and of a category or a class the label that it stands for, else ""."""

    column: str
    kind: str
    label: str


@dataclasses.dataclass(frozen=True)
class TaskFamily(Component, ABC):
    """A distribution over tasks. Its fields are its form; `kind` decides the loss, `view` the canvas."""

    kind: ClassVar[str] = "regression"  # or "classification"
    view: ClassVar[str] = "curve"  # a key of the window's CANVASES
    needs_data: ClassVar[bool] = False  # True: there are no tasks before a file is chosen
    is_table: ClassVar[bool] = False  # True: inputs are columns of a table, which trees can ask one by one
    fits_bytes: ClassVar[bool] = False  # True: inputs lie in [0, 1], and 256 values of them are enough to keep
    block_steps: ClassVar[int] = BLOCK_STEPS  # meta-iterations whose episodes are drawn together; few for images

    beyond: float = param(
        1.0,
        "Beyond training",
        minimum=1.0,
        maximum=3.0,
        unit="times",
        live=True,
        advanced=True,
        help="Unseen tasks are drawn from a range so many times wider than the trained one; 1 = the same range.",
    )

    @property
    @abstractmethod
    def input_dim(self) -> int:
        """Numbers per input."""

    @property
    @abstractmethod
    def output_dim(self) -> int:
        """Numbers per target (regression) or ways (classification)."""

    @property
    def fixed_dims(self) -> str:
        """Why the network's input and output sizes cannot be chosen; empty where they are settings here."""
        return ""

    @property
    def num_classes(self) -> int:
        """The fixed classes that training episodes are made of (`Episodes.classes`); 0 = there is no such set."""
        return 0

    @property
    def num_items(self) -> int:
        """Items that an input names by number (engine/ratings/inputs.py); 0 = it names none."""
        return 0

    @property
    def column_widths(self) -> tuple[int, ...]:
        """Of inputs that are columns of a table: the labels of a category, 0 for a number; () = they are none."""
        return ()

    def with_fixed_classes(self) -> TaskFamily:
        """This family with a fixed set of training classes, where it can have one."""
        return self

    @classmethod
    def reads(cls, path: str) -> bool:
        """Whether tasks may be made of this file or folder, as far as its name and kind say."""
        return False

    @property
    def is_read(self) -> bool:
        """Whether the files that tasks are made of are in memory, or there are none."""
        return True

    def reading(self, cache: Path | None = None) -> Iterator[ReadSoFar]:
        """Read these files, piece by piece; whoever stops going on with it stops it.

        Args:
            cache: a folder for what was read before; None for none.

        Raises:
            SettingError: why they cannot be read.
        """
        return iter(())

    def resolved(self) -> Self:
        """This family with what its files say filled in: columns, labels. Read them first: `reading`."""
        return self

    def fitted(self) -> Self:
        """This family as far as its files go: with fewer ways where they have few classes. Read them first."""
        return self

    def least_per_class(self) -> int | None:
        """Examples of the smallest class of files that were read; None where there is no end of them."""
        return None

    def fitting_sizes(self, shots: int, queries: int) -> tuple[int, int]:
        """These, or as many as the smallest class of files has, half of them shots at most; of one example 1 and 1."""
        least = self.least_per_class()
        if least is None or shots + queries <= least:
            return shots, queries
        fewer = max(1, min(shots, least // 2))
        return fewer, max(1, min(queries, least - fewer))

    def remark(self) -> str:
        """What a person should know of files that were read, in one line; "" for nothing."""
        return ""

    def taken(self) -> str:
        """What was made of files that were read, in one line; "" where that is plain."""
        return ""

    def files(self) -> tuple[DataFile, ...]:
        """What a session should hold of files that were read; nothing that is not in memory."""
        return ()

    def check_data(self, splits: Iterable[str], per_class: int) -> None:
        """Raise SettingError where there are no tasks to draw, or too few classes, or too few examples of one."""

    @property
    def points_per_shot(self) -> int:
        """Points that one shot stands for: 1, or the ways of a classification task."""
        return self.output_dim if self.kind == "classification" else 1

    @abstractmethod
    def tasks(self, rng: np.random.Generator, num_tasks: int, split: str) -> Tasks:
        """What makes each task itself (amplitudes, class ids, ...); tasks of different splits never meet.

        Ranges are `reach(split)` times as wide as in training.
        """

    @abstractmethod
    def draw(self, tasks: Tasks, rng: np.random.Generator, shots: int, queries: int) -> Episodes:
        """One episode per task, in one vectorised call.

        Returns: Episodes whose support has shots * points_per_shot points, and its query likewise.
        """

    def identity(self, tasks: Tasks) -> Array | None:
        """Numbers (tasks,) that tell finitely many tasks apart, of which one may come twice; None: each is new."""
        return None

    def num_rows(self) -> Array | None:
        """How many rows of a file each unseen task has, (tasks,); None where there is no end of points."""
        return None

    def scaling(self) -> Scaling | None:
        """What numbers are scaled by, measured on training tasks alone; None where they are good as they are."""
        return None

    def named_inputs(self) -> tuple[tuple[str, ...], Array] | None:
        """The names of the items that there are, and an input (input_dim,) about each; None where there are none."""
        return None

    def named_numbers(self) -> tuple[tuple[NamedNumber, ...], tuple[NamedNumber, ...]] | None:
        """What each number of a point's input and of what comes out is; None where they are no columns."""
        return None

    def truth(self, tasks: Tasks, x: Array) -> Array | None:
        """Noiseless targets at x (tasks, points, input_dim), or None where there is no such thing."""
        return None

    def describe(self, tasks: Tasks) -> dict[str, Array]:
        """Named numbers of each task, shape (tasks,), for captions and for the task-space view."""
        return {}

    def completed(self, tasks: Tasks) -> Tasks:
        """Tasks of an older version of this family, with the parameters that it has had since.

        A parameter that differs between tasks cannot be made up: it stays missing.
        """
        examples = self.tasks(np.random.default_rng(0), COMPARED_TASKS, "test").parameters
        known = {name: values for name, values in examples.items() if np.all(values == values[:1])}
        missing = {
            name: np.repeat(known[name][:1], tasks.num_tasks, axis=0) for name in known.keys() - tasks.parameters
        }
        return Tasks({**tasks.parameters, **missing})

    def reach(self, split: str) -> float:
        """How many times wider than in training the tasks of this split range; only test tasks go beyond."""
        return self.beyond if split == "test" else 1.0

    def oracle(self, shots: int) -> float | None:
        """The loss on query sets that no learner can beat on average from so many shots, where it is known."""
        return None

    def best_fit(self, tasks: Tasks, support: PointSet, x: Array) -> Array | None:
        """What one who knows the family would say at x (tasks, points, input_dim) of these support points.

        Returns: (tasks, points, output_dim); None where that is not known, or the points tell too little.
        """
        return None

    def constant_loss(self) -> float:
        """The loss of the best constant prediction (regression), measured where there is no formula."""
        rng = np.random.default_rng(0)
        episodes = self.draw(self.tasks(rng, MEASURED_TASKS, "test"), rng, 1, 2)
        return float(np.mean(np.var(episodes.query.y, axis=(0, 1), dtype=np.float64)))

    def input_range(self) -> tuple[float, float]:
        """The interval that training inputs come from (every coordinate)."""
        return (-1.0, 1.0)

    def output_range(self) -> tuple[float, float]:
        """Where targets lie, for the canvas' axis."""
        return (-1.0, 1.0)

    def lesson(self) -> str:
        """One sentence on what this family teaches; shown beside the canvas."""
        return self.summary
