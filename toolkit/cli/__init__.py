"""The command line: one command a step, each a thin call of the pipeline.

With ``--json`` standard output holds exactly one JSON document, all else goes
to standard error. Exit 0: done, whatever was found; 1: the thing asked about is
wrong or was refused; 2: usage; 130: interrupted, run again to go on.
"""

from __future__ import annotations

import sys

from toolkit.cli.assessing import register_assess
from toolkit.cli.cases import register_cases
from toolkit.cli.deciding import register_deciding
from toolkit.cli.marking import register_marking
from toolkit.cli.rates import register_rates
from toolkit.cli.sealing import register_sealing
from toolkit.cli.speaking import guard, new_app
from toolkit.cli.tools import register_tools

app = new_app()
register_cases(app)
register_tools(app)
register_rates(app)
register_assess(app)
register_marking(app)
register_deciding(app)
register_sealing(app)


def main() -> None:
    """Entry of the command ``papermask``."""
    sys.exit(guard(lambda: app(standalone_mode=False)))


__all__ = ["app", "main"]
