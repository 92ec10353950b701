"""``cryotui explain-rule ID``: the page of one audit rule: what, why, how to fix, what that locks, what it needs."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from cryotui import audit, config
from cryotui.model.errors import UsageError
from cryotui.pg.destination import own_folder
from cryotui.report import json, markdown, sql, text
from cryotui.tui.terminal import ascii_mode, to_ascii

NAME = "explain-rule"
NEWEST = 18
"""The newest major the rules are tried on."""

HELP = (
    "Print the page of one audit rule: what it finds, why it matters, how it is fixed. cryotui audit --list lists them."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of explain-rule."""
    parser.add_argument("rule", metavar="ID", help="the rule's id, such as int-invalid-index")
    parser.add_argument("--config", metavar="FILE", help="configuration file to read in place of the usual ones")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object")
    form.add_argument("--markdown", action="store_true", help="Markdown")
    form.add_argument(
        "--sql", type=int, nargs="?", const=NEWEST, metavar="MAJOR", help=f"what it asks, for psql (of {NEWEST})"
    )


def run(args: argparse.Namespace) -> int:
    """Print the page; 0, or 2 for an unknown id. Asks no server."""
    settings, _ = config.load_tolerant(file=args.config, environ=os.environ)
    rule = audit.rule(args.rule, own_folder(settings, "rules"))
    if args.sql is not None:
        asked = sql.rule(rule, args.sql)
        if asked is None:
            raise UsageError(
                f"{rule.id} has no SQL for PostgreSQL {args.sql}: {rule.fault or f'its first is {rule.since}.'}"
            )
        page = asked
    elif args.json:
        page = json.rules([rule])
    elif args.markdown:
        page = markdown.rule_page(rule)
    else:
        page = text.rule_page(rule, min(shutil.get_terminal_size((80, 24)).columns, 120))
    if ascii_mode(os.environ, sys.stdout.encoding):
        page = "".join(to_ascii(line) for line in page.splitlines(keepends=True))
    sys.stdout.write(page)
    return 0
