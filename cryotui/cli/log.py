"""``cryotui log``: the action log, what was asked and done from here, and whether anybody changed it since."""

from __future__ import annotations

import argparse
import json
import os
import sys

from cryotui import config
from cryotui.actions.log import ActionLog
from cryotui.actions.operator import Operator
from cryotui.model import units
from cryotui.model.text import one_line
from cryotui.panes.action_log import log_line
from cryotui.report.pane import plain

HELP = "Print the action log, newest first. With verify: check that no record was changed or is missing, 1 when so."


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of log."""
    parser.add_argument(
        "what", nargs="?", choices=("show", "verify"), default="show", help="show (the default) or verify"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--limit", type=int, default=200, metavar="N", help="at most so many records (200)")
    parser.add_argument("--config", metavar="FILE", help="configuration file to read in place of the usual ones")


def run(args: argparse.Namespace) -> int:
    """Print or verify; asks no server."""
    settings, _ = config.load_tolerant(file=args.config, environ=os.environ)
    log = ActionLog(settings.state_folder / "actions", Operator.here())
    if args.what == "verify":
        problems = log.verify()
        sys.stdout.write("\n".join(problems or ["The action log is whole."]) + "\n")
        return 1 if problems else 0
    rows = log.rows(args.limit)
    for row in rows:
        if args.json:
            sys.stdout.write(json.dumps({name: plain(value) for name, value in row.items()}, ensure_ascii=False) + "\n")
        else:
            where = one_line(f"{row['target']} {row['address']}")
            sys.stdout.write(f"{units.text(row['time'])}  {one_line(row['who'])}  {where}  {log_line(row)}\n")
    if not rows and not args.json:
        sys.stdout.write("No action was asked for from here yet.\n")
    return 0
