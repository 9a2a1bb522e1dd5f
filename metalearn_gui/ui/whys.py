"""What each card of the main window shows, in a sentence, and behind its "?" three more: key of the card -> both."""

from __future__ import annotations

from metalearn_gui.ui.translated import QT_TRANSLATE_NOOP

CONTEXT = "Whys"
WHYS: dict[str, tuple[str, str]] = {
    "tasks": (
        QT_TRANSLATE_NOOP("Whys", "The family of tasks that training draws from, and what an episode of it holds."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "A task is a small problem of its own: one sine, one set of characters, one user's taste. Training meets "
            "thousands of them, each for one episode: a support set to adapt to, and a query set that says how well "
            "that went. Tasks of one family have something in common, and that is all there is to learn from them.",
        ),
    ),
    "learner": (
        QT_TRANSLATE_NOOP("Whys", "How experience with many tasks becomes skill on a new one."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "The inner loop adapts to one task from its support set, by gradient steps or in one pass; the outer loop "
            "changes what the inner loop begins with, so that it ends better. Learners differ in what they keep from "
            'task to task: a start, rates, features, a whole rule. Settings marked "live" act at once, all others '
            "begin a new run.",
        ),
    ),
    "network": (
        QT_TRANSLATE_NOOP("Whys", "The base network that adapts, drawn from its weights as they are now."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "Every box is a unit or a channel, and shows what it answers before the network has adapted. Of wide "
            "layers the most active are drawn. Thick lines are large weights, amber above 0 and blue below; before the "
            "first block of an image network stand its filters. Point at a unit to lay its answer over the task.",
        ),
    ),
    "task": (
        QT_TRANSLATE_NOOP("Whys", "One task that training has never seen, and how the learner adapts to it."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "The support set, be it points, pictures or rows, is all that the learner knows of the task. Adapting, in "
            "steps or in one pass, moves the prediction from the start towards it; the truth is dotted, or stands "
            "beside. Change an example, and the learner adapts anew: where the prediction follows as a whole, it has "
            "learned what such tasks have in common.",
        ),
    ),
    "gallery": (
        QT_TRANSLATE_NOOP("Whys", "Eight more tasks that training has never seen, at the same adaptation step."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "One task alone may be lucky. These are drawn from the same family, each with a support set of its own, "
            "and the number is the loss or the accuracy on its query set. A click takes one under the hand.",
        ),
    ),
    "meta_loss": (
        QT_TRANSLATE_NOOP("Whys", "The loss of training tasks before and after adapting, as meta-training goes on."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "The blue line is the start, tried before any adaptation step; the amber line is the same after adapting. "
            "What grows between them is what adapting buys, and the start itself need not get better. The third line "
            "is the loss on unseen tasks: where it leaves the amber one, the training tasks are learned by heart.",
        ),
    ),
    "adaptation": (
        QT_TRANSLATE_NOOP("Whys", "How fast the loss falls on unseen tasks, step by step, for the learner and others."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "All lines have the same few points to learn from, on the same unseen tasks. Transfer begins with weights "
            "that were trained on all tasks at once, scratch with random ones; both take the best rate that was found "
            "for them. Where the bands part, the difference is more than luck of the draw.",
        ),
    ),
    "rates": (
        QT_TRANSLATE_NOOP("Whys", "The inner learning rates that meta-training has learned."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "A single rate moves all parameters alike. Learned ones say what should move fast and what should hardly "
            "move at all on a new task. A negative one goes up its own gradient, because the others need it to.",
        ),
    ),
    "context": (
        QT_TRANSLATE_NOOP("Whys", "The few numbers in which this learner keeps what is special about a task."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "All weights are shared by all tasks; only these numbers adapt. Drag the point, and the prediction becomes "
            "that of another task without a single support point. Directions that change it the same way everywhere "
            "are what the learner has found tasks to differ in.",
        ),
    ),
    "proposal": (
        QT_TRANSLATE_NOOP("Whys", "How one network proposes the change of another, layer by layer."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "Here adapting is no gradient descent. A second network looks at the support set and proposes a change for "
            "each layer; meta-training teaches it which proposals help. The bars say how large they are at the chosen "
            "application.",
        ),
    ),
    "clients": (
        QT_TRANSLATE_NOOP(
            "Whys", "The clients of the federation: who took part, and what personalising does for each."
        ),
        QT_TRANSLATE_NOOP(
            "Whys",
            "Each client is a task whose data never leave it; only weights travel. In every round some are drawn, "
            "train for themselves, and the server takes the mean of what they send. A ring is a client's loss with "
            "the server's weights, a dot its loss after a few steps of its own.",
        ),
    ),
    "orders": (
        QT_TRANSLATE_NOOP("Whys", "What the first-order shortcut leaves out of the meta-gradient."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "The exact meta-gradient goes through the adaptation steps, which takes second derivatives. The shortcut "
            "takes the gradient at the adapted weights as if it were the start's. The angle says how far the two "
            "disagree here; as long as it is small, the shortcut costs little.",
        ),
    ),
    "update_rule": (
        QT_TRANSLATE_NOOP("Whys", "What the learned optimiser does with a gradient, beside hand-made rules."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "Across is the gradient of one weight, upward is how the weight is changed. SGD is a straight line through "
            "the middle, Adam nearly a step. Where the learned rule bends, it has found something that pays on such "
            "tasks.",
        ),
    ),
    "prototypes": (
        QT_TRANSLATE_NOOP("Whys", "Where the network puts the examples of the touched task: like beside like."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "The network turns each example into numbers; the map shows their two main directions. A prototype is the "
            "mean of a class, and a query takes the class of the nearest one. Nothing is trained on a new task: a good "
            "map is all that meta-training has to learn.",
        ),
    ),
    "cold_start": (
        QT_TRANSLATE_NOOP("Whys", "How well ratings are foretold for users and items, known and new."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "A new user is a task with a few ratings as its support set; a new item is known by its features alone. "
            "Plain means are hard to beat with so little data, so they stand beside. A difference counts only where "
            "its interval leaves out 0.",
        ),
    ),
    "gradients": (
        QT_TRANSLATE_NOOP("Whys", "How large the gradients of L and of R are in training, and whether they agree."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "L is the loss before adapting, R the loss after it. A cosine of 1 says that both want the same change of "
            "the start; at 0 they have nothing to do with each other. Below 0 the start gives up some of its own loss "
            "to adapt better.",
        ),
    ),
    "runs": (
        QT_TRANSLATE_NOOP("Whys", "Every run of this session, with its loss on unseen tasks."),
        QT_TRANSLATE_NOOP(
            "Whys",
            "A click lays a run over losses and curves, a double-click brings it back. Several rows are chosen "
            "with Ctrl or Shift; the menu of a row names, tags, compares, exports and deletes them. Runs of other "
            "tasks or shots have losses of their own, which say nothing about these.",
        ),
    ),
}
