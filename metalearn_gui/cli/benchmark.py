"""`metalearn-gui benchmark`: the engine's speed beside other programs', in one run."""

from __future__ import annotations

from metalearn_gui.benchmark import PEERS, benchmark
from metalearn_gui.benchmark.work import WORKS
from metalearn_gui.cli.command import DONE
from metalearn_gui.cli.output import print_json, print_tables
from metalearn_gui.cli.parser import Options, Parser, listed


def parser() -> Parser:
    """The arguments of `benchmark`."""
    parser = Parser("benchmark", "Meta-iterations per second, alternating with other programs on the same work.")
    for option, known in (("--against", PEERS), ("--work", WORKS)):
        names = ",".join(known)
        parser.add_argument(option, type=listed(*known), default=list(known), metavar=names, help="by default all")
    parser.add_json()
    return parser


def run(options: Options) -> int:
    """Measure and print."""
    report = benchmark(options.against, options.work)
    if options.json:
        print_json(report)
        return DONE
    peers = list(dict.fromkeys(peer for work in report["work"] for peer in work["peers"]))
    rows = [(work["name"], work["ours"], *(work["peers"].get(peer) for peer in peers)) for work in report["work"]]
    print_tables(f"Meta-iterations per second on {report['machine']}", ("work", "ours", *peers), rows)
    for peer, why in report["absent"].items():
        print(f"{peer} is left out: {why}")
    return DONE
