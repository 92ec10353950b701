"""``cryotui audit [GROUP ...] [TARGET]``: runs the audit rules once and reports what they found."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

from cryotui import audit, config
from cryotui.audit.engine import READING
from cryotui.audit.known import of_run
from cryotui.audit.reviewing import reviewed
from cryotui.cli import add_connection, tell
from cryotui.cli.target import chosen
from cryotui.config import waivers
from cryotui.model import quantities
from cryotui.model.errors import UsageError
from cryotui.model.finding import AuditRun, Severity
from cryotui.model.review import AuditReview, Known, Waiver
from cryotui.model.rule import GROUPS, AuditRule
from cryotui.model.settings import Settings
from cryotui.pg.destination import Destination, find, own_folder
from cryotui.report import csv, html, json, junit, markdown, sarif, sql, text
from cryotui.tui.terminal import ascii_mode, to_ascii

NAME = "audit"
HELP = (
    "Run the audit rules: all, or those of the groups named. Ends with 1 when a finding is at --fail-on or worse, with 7"
    " when the run was cut off, or when a rule could not check and --strict is given, else with 0."
)
FORMATS = ("text", "json", "markdown", "html", "sarif", "junit", "csv", "sql")
FAIL_ON = ("bad", "watch", "info", "never")
PARTIAL = 7


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of audit."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="GROUP|TARGET",
        help=f"groups ({', '.join(GROUPS)}); a word that is none of them is the target, as for cryotui show",
    )
    parser.add_argument("--target", metavar="TARGET", help="the target, where it has the name of a group")
    parser.add_argument("--rule", action="append", default=[], metavar="ID", help="this rule; can be given again")
    parser.add_argument("--all", action="store_true", help="also the rules that are off by default; --list marks them")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how the report is written (text)")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--fail-on", choices=FAIL_ON, default="bad", help="end with 1 from this severity on (bad)")
    parser.add_argument("--only-new", action="store_true", help="report and count only what was not there before")
    parser.add_argument(
        "--baseline", metavar="FILE", help="before is this report in JSON instead of the last run; implies --only-new"
    )
    parser.add_argument("--compare", metavar="TARGET", help="before is the same audit of another target, run first")
    parser.add_argument(
        "--waivers", action="append", default=[], metavar="FILE",
        help="accepted findings (YAML), beside waivers.yaml of the configuration folder; can be given again",
    )  # fmt: skip
    parser.add_argument("--signed-off-by", metavar="NAME", help="who reviewed the findings, for Markdown and HTML")
    parser.add_argument("--strict", action="store_true", help="end with 7 when a rule could not check everything")
    parser.add_argument("--output", metavar="FILE", help="write the report here; what the terminal gets is the summary")
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="ID.NAME=N",
        help="another limit for a rule; --list --json names them",
    )
    parser.add_argument(
        "--api-schemas", metavar="NAMES", help="schemas the API serves, with commas, when it cannot be read"
    )
    parser.add_argument("--budget", type=float, metavar="SECONDS", help="cut the run off after so long")
    parser.add_argument(
        "--read-budget", metavar="SIZE",
        help="what rules may read of tables and indexes to look at rows, such as 20GB (1GB); 0 reads catalogs alone",
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help="list the rules and end; asks no server")
    add_connection(parser, target=False)


def run(args: argparse.Namespace) -> int:
    """Audit and report; 0, 1 or 7, see HELP."""
    groups = [word for word in args.words if word in GROUPS]
    others = [word for word in args.words if word not in GROUPS]
    if len(others) + (args.target is not None) > 1:
        raise UsageError(f"One target at a time, not {', '.join([*others, *filter(None, [args.target])])}.")
    settings, _ = config.load_tolerant(file=args.config, environ=os.environ)
    rules = audit.select(groups, args.rule, own_folder(settings, "rules"), off=args.all or args.list)
    if args.list:
        _write(json.rules(rules) if args.format == "json" else text.rules(rules), args.output)
        return 0
    if args.baseline and args.compare:
        raise UsageError("--baseline and --compare both say what was before: give one of them.")
    output = _checked(args.output)
    args.target = args.target or next(iter(others), None)
    destination = _destination(args, others)
    accepted = _waivers(args, settings)
    other = find(args.compare, settings, environ=os.environ) if args.compare else None
    against = _baseline(args.baseline) if args.baseline else None
    only_new = args.only_new or args.baseline is not None
    done, other_run = asyncio.run(_audited(destination, other, rules, args))
    if other_run is not None:
        against = of_run(other_run, other_run.target)
    review, problem = reviewed(done, settings.state_folder, accepted, against)
    if problem:
        tell(f"This run is not kept, and what was before is not known. {problem}")
    _write(_report(review, args, only_new, output), output)
    if output:
        sys.stderr.write(text.summary(review) + f"\n {output}\n")
    return verdict(review, args.fail_on, args.strict, only_new)


def verdict(review: AuditReview, fail_on: str, strict: bool, only_new: bool = False) -> int:
    """The exit code of a review: findings weigh more than what could not be checked; what is waived weighs nothing."""
    counted = review.fresh if only_new else review.open
    if fail_on != "never" and any(finding.severity.rank <= Severity(fail_on).rank for finding in counted):
        return 1
    return PARTIAL if not review.run.complete or (strict and review.run.unchecked) else 0


def _waivers(args: argparse.Namespace, settings: Settings) -> tuple[Waiver, ...]:
    own = settings.config_folder / waivers.FILE
    return waivers.load([*([own] if own.exists() else []), *map(Path, args.waivers)])


def _baseline(name: str) -> Known:
    try:
        written = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from None
    return json.known(written, name)


def _destination(args: argparse.Namespace, words: Sequence[str]) -> Destination:
    try:
        return chosen(args)
    except UsageError as error:
        near = get_close_matches(words[0], GROUPS, 1) if words else []
        if not near:
            raise
        raise UsageError(f"{words[0]} is no group and no target. Is {near[0]} meant? {error}") from None


async def _audited(
    destination: Destination, other: Destination | None, rules: Sequence[AuditRule], args: argparse.Namespace
) -> tuple[AuditRun, AuditRun | None]:
    """The run, and the one of the target to compare with, which comes first: without it there is nothing to say."""
    schemas = [name.strip() for name in args.api_schemas.split(",") if name.strip()] if args.api_schemas else None
    talk = _progress if sys.stderr.isatty() else None
    limits = dict(_limit(pair) for pair in args.limit)
    reading = _size(args.read_budget) if args.read_budget else READING

    async def one(place: Destination) -> AuditRun:
        return await audit.run(
            place, rules, limits=limits, api_schemas=schemas, budget=args.budget, reading=reading, on_progress=talk
        )

    before = await one(other) if other is not None else None
    return await one(destination), before


def _progress(done: int, total: int, title: str) -> None:
    share = done / total if total else 1.0
    line = f" audit {share:4.0%}  {done} of {total}  {title}" if title else ""
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()


def _size(text: str) -> float:
    try:
        return quantities.size(text)
    except ValueError as error:
        raise UsageError(f"--read-budget {text}: {error}.") from None


def _limit(pair: str) -> tuple[str, float]:
    name, equals, value = pair.partition("=")
    try:
        if not equals:
            raise ValueError
        return name, float(value)
    except ValueError:
        raise UsageError(f"--limit {pair} is not of the form RULE.NAME=NUMBER.") from None


def _report(review: AuditReview, args: argparse.Namespace, only_new: bool, output: Path | None) -> str:
    width = 100 if output or not sys.stdout.isatty() else max(shutil.get_terminal_size((100, 24)).columns, 60)
    level = None if args.fail_on == "never" else Severity(args.fail_on)
    reports: dict[str, Callable[[], str]] = {
        "text": lambda: text.audit_review(review, width, only_new),
        "json": lambda: json.audit_review(review, only_new),
        "markdown": lambda: markdown.audit_review(review, only_new, args.signed_off_by),
        "html": lambda: html.audit_review(review, only_new, args.signed_off_by),
        "sarif": lambda: sarif.audit_review(review, only_new),
        "junit": lambda: junit.audit_review(review, level, only_new),
        "csv": lambda: csv.audit_review(review, only_new),
        "sql": lambda: sql.audit_review(review, only_new),
    }
    return reports[args.format]()


def _checked(name: str | None) -> Path | None:
    """The file to write, known to be writable before the server is asked anything."""
    if name in (None, "-"):
        return None
    path = Path(str(name))
    if path.is_dir():
        raise UsageError(f"{path} is a folder; --output wants a file.")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: {path.parent} is no folder we may write to.")
    return path


def _write(report: str, output: Path | str | None) -> None:
    if output in (None, "-"):
        if ascii_mode(os.environ, sys.stdout.encoding):
            report = "".join(to_ascii(line) for line in report.splitlines(keepends=True))
        sys.stdout.write(report)
        return
    path = Path(str(output))
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        file.write(report)
    Path(file.name).replace(path)  # a report is there whole or not at all
