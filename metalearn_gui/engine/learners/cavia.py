"""CAVIA: a few context numbers adapt to a task; the network that reads them is the same for all tasks.

For each task: phi = 0; phi <- phi - inner_learning_rate * grad_phi L_support(theta, phi), inner_steps times;
then move theta down the exact gradient of the mean L_query(theta, phi). The network's input is (x, phi); one that
looks at images takes phi as gains and shifts of its channels (section 3).

Zintgraf, Shiarlis, Kurin, Hofmann, Whiteson (2019), arXiv:1810.03642, algorithm 1.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from metalearn_gui.engine.backend import Params, Tensor, tf
from metalearn_gui.engine.episodes import PointSet
from metalearn_gui.engine.learners.base import Adapted, Context, Held, State, num_tasks_of, under
from metalearn_gui.engine.learners.gradient import GradientLearner
from metalearn_gui.engine.learners.pseudo_code import META_RATE, UPDATE, Line, gradient_lines
from metalearn_gui.engine.networks import ops
from metalearn_gui.engine.networks.base import Network, Stats
from metalearn_gui.engine.params import param

CONTEXT = "context"


@dataclasses.dataclass(frozen=True)
class Cavia(GradientLearner):
    """The rows of weights that read the context are "context/NAME"; at context 0 the plain network is all there is.

    A context c of one's own is shown by predict(state, {"context": c}, x, ctx), c of shape (tasks, num_context).
    """

    key = "cavia"
    label = "CAVIA"
    summary = "A handful of context numbers adapts to a task; the network's weights stay as they are."
    order = "2nd order"
    algorithm = gradient_lines(
        Line("move the network that reads the context", "θ ← θ − η ∇θ mean Rᵢ", UPDATE, 0, (META_RATE,)),
        begin="φᵢ ← 0",
        adapt="φᵢ ← φᵢ − α ∇φ L(θ, φᵢ; supportᵢ)",
        judge="Rᵢ = L(θ, φᵢ; queryᵢ)",
    )

    inner_learning_rate: float = param(
        1.0,
        "Inner learning rate α",
        minimum=1e-6,
        maximum=10.0,
        log=True,
        live=True,
        help="Size of an adaptation step of the context: larger than weights could bear.",
    )
    num_context: int = param(
        5,
        "Context numbers",
        minimum=1,
        maximum=100,
        unit="numbers",
        help="Numbers that say which task it is, beside the network's input.",
    )

    def held(self, network: Network) -> Held:
        wide = network.widened(self.num_context)
        return Held(wide.num_parameters(), self.num_context, self.inner_steps, self.num_context)

    @property
    def gradient_evaluations(self) -> float:
        # Of a few numbers a gradient costs two thirds of a pass, and a Hessian-vector product twice that.
        return 2.0 * self.inner_steps + 1.0

    def adaptation_structure(self) -> tuple[object, ...]:
        return (type(self).__name__, self.num_context, *self.step_structure())

    def init(self, network: Network, rng: np.random.Generator) -> State:
        """The wider network's start, its rows for the context kept apart from the plain network's."""
        plain, _ = network.init(np.random.default_rng(0))  # for its shapes
        wide, stats = network.widened(self.num_context).init(rng)
        own = {name: wide[name][: len(values)] for name, values in plain.items()}
        rest = {f"{CONTEXT}/{name}": values[len(plain.get(name, ())) :] for name, values in wide.items()}
        return State(own | {name: values for name, values in rest.items() if values.size}, stats)

    def begin(self, state: State, support: PointSet, ctx: Context) -> Adapted:
        num_tasks = num_tasks_of(support)
        return self.remembering({CONTEXT: tf.zeros([num_tasks, self.num_context])})

    def predict(self, state: State, adapted: Adapted, x: Tensor, ctx: Context) -> tuple[Tensor, Stats]:
        no_context = tf.zeros(tf.concat([tf.shape(x)[:-1], [self.num_context]], axis=0))
        inputs = tf.concat([x, ops.add_bias(no_context, adapted[CONTEXT])], axis=-1)
        return ctx.network.widened(self.num_context).apply(_joined(state.params), state.carry, inputs, None, ctx)


def _joined(params: Params) -> Params:
    """The wider network's parameters: the plain one's, and below them the rows that read the context."""
    prefix = f"{CONTEXT}/"
    own = {name: values for name, values in params.items() if not name.startswith(prefix)}
    rest = under(params, prefix)
    return own | {name: tf.concat([own[name], rows], axis=0) if name in own else rows for name, rows in rest.items()}
