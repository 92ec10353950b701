"""``cryotui rls [TARGET]``: tries every exposed table as each role, and scenarios of row security, rolled back."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from cryotui.cli import add_connection, tell
from cryotui.cli.output import checked, write
from cryotui.cli.target import chosen
from cryotui.config import scenarios
from cryotui.jobs import role_matrix
from cryotui.model.action import Level
from cryotui.model.errors import RefusedError, UsageError
from cryotui.model.role_matrix import ASKED, LIMIT, Command, Probing, RoleMatrix
from cryotui.pg.destination import Destination
from cryotui.report.role_matrix import as_text
from cryotui.report.role_matrix_data import as_json, as_rows
from cryotui.report.role_matrix_junit import as_junit
from cryotui.report.role_matrix_markdown import as_markdown
from cryotui.report.role_matrix_summary import counts
from cryotui.report.role_matrix_words import one_line, scene

HELP = (
    "Try every table the API serves as each of its roles, and scenarios of row security. Ends with 1 when a scenario failed"
    " or a try is an error, with 2 when a name is not there, with 7 when the run was cut off, or something could not be checked"
    " and --strict is given."
)
FORMATS = ("text", "json", "junit", "csv", "markdown")
PARTIAL = 7


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of rls."""
    parser.add_argument(
        "--role", action="append", default=[], metavar="ROLE", help="this role instead of the API's; can be given again"
    )
    parser.add_argument("--claims", default="{}", metavar="JSON", help="the claims of the JWT, one JSON object")
    parser.add_argument(
        "--table", action="append", default=[], metavar="PATTERN", help="tables like this (* and ?); can be given again"
    )
    parser.add_argument(
        "--schema", action="append", default=[], metavar="NAME",
        help="this schema instead of those the API serves; can be given again",
    )  # fmt: skip
    parser.add_argument(
        "--commands", default=",".join(ASKED), metavar="NAMES",
        help="select,insert,update,delete,truncate or some of them; truncate by its grant, it is not tried",
    )  # fmt: skip
    parser.add_argument(
        "--writes", action="store_true", help="try writes too, one row each, rolled back; else they are planned only"
    )
    parser.add_argument(
        "--writes-on-protected", metavar="NAME", help="try writes on a protected target: its name, to be sure"
    )
    parser.add_argument(
        "--run-triggers", action="store_true",
        help="try writes where triggers, rules or cascades act; what they do outside of the database stays",
    )  # fmt: skip
    parser.add_argument(
        "--scenarios", action="append", default=[], metavar="FILE",
        help="expectations to check (YAML), in place of the table of all; can be given again",
    )  # fmt: skip
    parser.add_argument("--all", action="store_true", help="the table of all beside the scenarios")
    parser.add_argument("--limit", type=int, default=LIMIT, metavar="N", help=f"count so many rows at most ({LIMIT})")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how the report is written (text)")
    parser.add_argument("--full", action="store_true", help="text: every table with all its reasons, every name")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--strict", action="store_true", help="end with 7 when something could not be checked")
    parser.add_argument("--output", metavar="FILE", help="write the report here; what the terminal gets is the summary")
    parser.add_argument("--budget", type=float, metavar="SECONDS", help="cut the run off after so long")
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Probe and report; 0, 1, 2 or 7, see HELP. Raises RefusedError when writes are not allowed on the target."""
    output = checked(args.output)
    if args.limit < 1:
        raise UsageError("--limit wants a number of rows, 1 or more.")
    if args.run_triggers and not args.writes:
        raise UsageError("--run-triggers goes with --writes: without it nothing runs a trigger.")
    probing = Probing(
        roles=tuple(dict.fromkeys(args.role)),
        schemas=tuple(dict.fromkeys(args.schema)),
        tables=tuple(args.table),
        commands=_commands(args.commands),
        claims=_claims(args.claims),
        writes=args.writes,
        run_triggers=args.run_triggers,
        limit=args.limit,
        budget=args.budget,
        scenarios=scenarios.load(map(Path, args.scenarios)),
        matrix=args.all or not args.scenarios,
    )
    destination = chosen(args)
    if args.writes:
        _allow_writes(destination, args.writes_on_protected)
    matrix = asyncio.run(_probed(destination, probing))
    write(_report(matrix, args.format, output, args.full), output)
    if output:
        sys.stderr.write(counts(matrix) + f"\n {output}\n")
    for result in matrix.misnamed:
        tell(f"{result.scenario.source}: {scene(result)}.")
    return verdict(matrix, args.strict)


def verdict(matrix: RoleMatrix, strict: bool) -> int:
    """The exit code: what is wrong weighs more than a wrong name, that more than what could not be checked."""
    if matrix.failed:
        return 1
    if matrix.misnamed:
        return UsageError.exit_code
    return PARTIAL if not matrix.complete or (strict and matrix.unchecked) else 0


def _allow_writes(destination: Destination, typed: str | None) -> None:
    name = destination.name
    if destination.highest_level is Level.OBSERVE:
        raise RefusedError(f"{name} is read-only: writes are not tried on it, not even to be rolled back.")
    if destination.protected and typed != name:
        raise RefusedError(f"{name} is protected: --writes on it also wants --writes-on-protected {name}.")
    if typed is not None and typed != name:
        raise UsageError(f"--writes-on-protected {typed} is not the name of this target, {name}.")


def _commands(text: str) -> tuple[Command, ...]:
    known: tuple[Command, ...] = get_args(Command)
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            raise UsageError(f"{word} is no command to probe: {', '.join(known)}.")
    if not words:
        raise UsageError(f"--commands wants one or more of {', '.join(known)}.")
    return tuple(command for command in known if command in words)


def _claims(text: str) -> dict[str, object]:
    try:
        claims = json.loads(text, parse_constant=_no_number)
        json.dumps(claims, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--claims is not JSON: {error}.") from None
    if not isinstance(claims, dict):
        raise UsageError('--claims wants one JSON object, such as {"sub": "7c9e6679-…"}.')
    if "\\u0000" in json.dumps(claims):
        raise UsageError("--claims holds a NUL character, which no setting of the server takes.")
    return claims


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


async def _probed(destination: Destination, probing: Probing) -> RoleMatrix:
    talk = _progress if sys.stderr.isatty() else None
    async with role_matrix.opened(destination) as connection:
        return await role_matrix.probe(connection, probing, destination.name, talk)


def _progress(done: int, total: int, name: str) -> None:
    share = done / total if total else 1.0
    line = f" roles {share:4.0%}  {done} of {total}  {one_line(name)}" if name else ""
    sys.stderr.write(f"\r\x1b[K{line[:79]}")
    sys.stderr.flush()


def _report(matrix: RoleMatrix, form: str, output: Path | None, full: bool) -> str:
    width = 100 if output or not sys.stdout.isatty() else max(shutil.get_terminal_size((100, 24)).columns, 60)
    reports: dict[str, Callable[[], str]] = {
        "text": lambda: as_text(matrix, width, full),
        "json": lambda: as_json(matrix),
        "junit": lambda: as_junit(matrix),
        "csv": lambda: as_rows(matrix),
        "markdown": lambda: as_markdown(matrix),
    }
    return reports[form]()
