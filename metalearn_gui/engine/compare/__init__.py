"""Learners side by side: several settings in, one stream of events out. Sweeps, searches and seeds are calls of it."""

from __future__ import annotations

from metalearn_gui.engine.compare.contenders import (
    BY_SETTINGS,
    LABEL_PARTS,
    Budget,
    Choice,
    Contender,
    Lane,
    contenders_of,
)
from metalearn_gui.engine.compare.data_curves import (
    NUM_TASKS,
    SHOTS,
    LittleData,
    LossAgainst,
    little_data,
    shots_to_try,
)
from metalearn_gui.engine.compare.events import Compared, ComparisonEvent, Judged, Planned, Progressed
from metalearn_gui.engine.compare.grid import Axis, Grid
from metalearn_gui.engine.compare.halving import Bracket, Rung, candidates, search
from metalearn_gui.engine.compare.outcome import Outcome
from metalearn_gui.engine.compare.plans import PLANS, LearnersPlan, LittleDataPlan, Plan, SearchPlan, SweepPlan
from metalearn_gui.engine.compare.race import ORDERS, compare
from metalearn_gui.engine.compare.result import AXES, Comparison, Difference, Entry, Moment, TrainedRun
from metalearn_gui.engine.compare.seed_curves import Curve, across_seeds

__all__ = [
    "AXES",
    "BY_SETTINGS",
    "LABEL_PARTS",
    "NUM_TASKS",
    "ORDERS",
    "PLANS",
    "SHOTS",
    "Axis",
    "Bracket",
    "Budget",
    "Choice",
    "Compared",
    "Comparison",
    "ComparisonEvent",
    "Contender",
    "Curve",
    "Difference",
    "Entry",
    "Grid",
    "Judged",
    "Lane",
    "LearnersPlan",
    "LittleData",
    "LittleDataPlan",
    "LossAgainst",
    "Moment",
    "Outcome",
    "Plan",
    "Planned",
    "Progressed",
    "Rung",
    "SearchPlan",
    "SweepPlan",
    "TrainedRun",
    "across_seeds",
    "candidates",
    "compare",
    "contenders_of",
    "little_data",
    "search",
    "shots_to_try",
]
