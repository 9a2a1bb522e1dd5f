"""`python -m metalearn_gui`, and the `metalearn-gui` command."""

from __future__ import annotations

import sys

from metalearn_gui.cli import main as command_line


def main() -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
