"""Learners by key; a new one is a file here and a line below."""

from __future__ import annotations

from metalearn_gui.engine.learners.anil import Anil
from metalearn_gui.engine.learners.article import Article
from metalearn_gui.engine.learners.base import Learner
from metalearn_gui.engine.learners.cavia import Cavia
from metalearn_gui.engine.learners.cnp import ConditionalNeuralProcess
from metalearn_gui.engine.learners.fedavg import FedAvg
from metalearn_gui.engine.learners.fomaml import FirstOrderMaml
from metalearn_gui.engine.learners.learned_optimizer import LearnedOptimizer
from metalearn_gui.engine.learners.maml import Maml
from metalearn_gui.engine.learners.meta_sgd import MetaSgd
from metalearn_gui.engine.learners.metann import MetaNetwork
from metalearn_gui.engine.learners.nearest import NearestNeighbour
from metalearn_gui.engine.learners.perfedavg import PerFedAvg
from metalearn_gui.engine.learners.protonet import ProtoNet
from metalearn_gui.engine.learners.reptile import Reptile
from metalearn_gui.engine.learners.ridge import Ridge
from metalearn_gui.engine.learners.scratch import Scratch
from metalearn_gui.engine.learners.transfer import Transfer

LEARNERS: dict[str, type[Learner]] = {
    learner.key: learner
    for learner in (
        Maml,
        FirstOrderMaml,
        Reptile,
        MetaSgd,
        Anil,
        Cavia,
        MetaNetwork,
        LearnedOptimizer,
        FedAvg,
        PerFedAvg,
        ProtoNet,
        Ridge,
        ConditionalNeuralProcess,
        Article,
        Transfer,
        NearestNeighbour,
        Scratch,
    )
}
