"""``cryotui audit [GROUP ...] [TARGET]``: runs the audit rules once and reports what they found."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from cryotui import audit, config
from cryotui.audit.engine import READING
from cryotui.audit.kept import KeptRuns
from cryotui.audit.limits import check_limits
from cryotui.audit.reviewing import reviewed
from cryotui.audit.rulebook import BUILT_IN, OWN
from cryotui.cli import tell
from cryotui.cli.audit_words import RISKS, configure
from cryotui.cli.before import Before
from cryotui.cli.interruption import Interruption
from cryotui.cli.output import checked, write
from cryotui.cli.target import chosen
from cryotui.config import waivers
from cryotui.model import quantities, standing
from cryotui.model.errors import UsageError
from cryotui.model.finding import AuditRun, Severity
from cryotui.model.fixrisk import Risk
from cryotui.model.review import AuditReview, Waiver
from cryotui.model.rule import GROUPS, AuditRule
from cryotui.model.settings import Settings
from cryotui.pg.destination import Destination, own_folder
from cryotui.report import csv, html, json, junit, kept, markdown, sarif, sql, text

NAME = "audit"
HELP = (
    "Run the audit rules: all, or those of the groups named. Ends with 1 when a finding is at --fail-on or worse, with 7"
    " when the run was cut off, when a rule could not check and --strict is given, or a rule file of yours that was asked for"
    " is of no use, with 8 when the run was cut off and has such findings, else with 0."
)
PARTIAL = 7
FINDINGS_AND_PARTIAL = 8

__all__ = ["HELP", "NAME", "configure", "run", "verdict"]


def run(args: argparse.Namespace) -> int:
    """Audit and report; 0, 1, 7 or 8, see HELP; 128 and the signal's number after a signal."""
    groups = [word for word in args.words if word in GROUPS]
    others = [word for word in args.words if word not in GROUPS]
    if len(others) + (args.target is not None) > 1:
        raise UsageError(f"One target at a time, not {', '.join([*others, *filter(None, [args.target])])}.")
    args.target = args.target or next(iter(others), None)
    settings, _ = config.load_tolerant(file=args.config, environ=os.environ)
    if args.history:
        return _history(args, settings, others)
    own = own_folder(settings, "rules")
    rules = audit.select(groups, args.rule, own, off=args.all or args.list)
    for fault in audit.faults(own):
        tell(fault)
    if args.list:
        write(json.rules(rules) if args.format == "json" else text.rules(rules), checked(args.output))
        return PARTIAL if any(rule.fault for rule in rules) else 0
    output, _ = checked(args.output), _live(args.live)
    destination = _destination(args, others)
    accepted = _waivers(args, settings)
    before = Before(args, settings)
    only_new = args.only_new or args.baseline is not None
    limits = dict(_limit(pair) for pair in args.limit)
    check_limits(rules, limits)
    interruption = Interruption()
    try:
        done, other_run = asyncio.run(_audited(destination, before.target, rules, args, limits, interruption))
    except asyncio.CancelledError:
        if interruption.exit_code is None:
            raise
        _progress(0, 0, "")
        tell("Stopped before any rule had looked: there is no report.")
        return interruption.exit_code
    # of a run of some rules nothing is said about waivers of others
    left_out = None if groups or args.rule else {rule.id for rule in audit.rules(own)} - {rule.id for rule in rules}
    against = before.known(done, other_run)
    review, problem = reviewed(done, settings.state_folder, accepted, against, left_out=left_out)
    if problem:
        tell(f"This run is not kept, and what was before is not known. {problem}")
    for waiver in review.idle:
        tell(f"{standing.idle(waiver)}.")
    told = replace(review, least=Severity(args.severity)) if args.severity else review
    write(_report(told, args, only_new, output), output)
    if output:
        sys.stderr.write(text.summary(told, only_new) + f"\n {output}\n")
    return interruption.exit_code or verdict(review, args.fail_on, args.strict, only_new, args.rule)


def verdict(review: AuditReview, fail_on: str, strict: bool, only_new: bool = False, asked: Sequence[str] = ()) -> int:
    """The exit code of a review; what is waived weighs nothing.

    Findings weigh more than what could not be checked, but a run that was cut off is told beside them. A rule file of the
    user that could not check weighs when its id is in ``asked``, and always when it has the id of one of ours.
    """
    run, counted = review.run, review.fresh if only_new else review.open
    if fail_on != "never" and any(finding.severity.rank <= Severity(fail_on).rank for finding in counted):
        return 1 if run.complete else FINDINGS_AND_PARTIAL
    useless = [
        result.rule
        for result in run.unchecked
        if result.rule.startswith(OWN) or (result.rule in asked and run.rule(result.rule).origin != BUILT_IN)
    ]
    return PARTIAL if not run.complete or useless or (strict and run.unchecked) else 0


def _history(args: argparse.Namespace, settings: Settings, words: Sequence[str]) -> int:
    """The kept runs: of the target that is named, else of all."""
    runs = KeptRuns(settings.state_folder).runs()
    if args.target or args.dbname or args.service or args.host:
        name = _destination(args, words).name
        runs = tuple(run for run in runs if run.target == name)
    write(kept.as_json(runs) if args.format == "json" else kept.as_text(runs), checked(args.output))
    return 0


def _waivers(args: argparse.Namespace, settings: Settings) -> tuple[Waiver, ...]:
    own = settings.config_folder / waivers.FILE
    return waivers.load([*([own] if own.exists() else []), *map(Path, args.waivers)])


def _destination(args: argparse.Namespace, words: Sequence[str]) -> Destination:
    try:
        return chosen(args)
    except UsageError as error:
        near = get_close_matches(words[0], GROUPS, 1) if words else []
        if not near:
            raise
        raise UsageError(f"{words[0]} is no group and no target. Is {near[0]} meant? {error}") from None


async def _audited(
    destination: Destination,
    other: Destination | None,
    rules: Sequence[AuditRule],
    args: argparse.Namespace,
    limits: Mapping[str, float],
    interruption: Interruption,
) -> tuple[AuditRun, AuditRun | None]:
    """The run, and the one of the target to compare with, which comes first: without it there is nothing to say."""
    schemas = [name.strip() for name in args.api_schemas.split(",") if name.strip()] if args.api_schemas else None
    reading = _size(args.read_budget) if args.read_budget else READING

    async def one(place: Destination) -> AuditRun:
        def on_progress(done: int, total: int, title: str) -> None:
            interruption.looked = place is destination and done > 0
            _progress(done, total, title)

        return await audit.run(
            place, rules, limits=limits, api_schemas=schemas, budget=args.budget, reading=reading,
            on_progress=on_progress, stop=interruption.stop,
        )  # fmt: skip

    with interruption:
        before = await one(other) if other is not None else None
        return await one(destination), before


def _progress(done: int, total: int, title: str) -> None:
    if not sys.stderr.isatty():
        return
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


def _live(words: str) -> tuple[Risk, ...]:
    """The kinds of fixes that the script runs beside maintenance."""
    named = [word.strip() for word in words.split(",") if word.strip()]
    for word in named:
        if word not in RISKS:
            raise UsageError(f"--live {word} is no kind of fix. The kinds: {', '.join(RISKS)}.")
    return tuple(map(Risk, named))


def _report(review: AuditReview, args: argparse.Namespace, only_new: bool, output: Path | None) -> str:
    width = 100 if output or not sys.stdout.isatty() else max(shutil.get_terminal_size((100, 24)).columns, 60)
    level = None if args.fail_on == "never" else Severity(args.fail_on)
    reports: dict[str, Callable[[], str]] = {
        "text": lambda: text.audit_review(review, width, only_new),
        "json": lambda: json.audit_review(review, only_new),
        "markdown": lambda: markdown.audit_review(review, only_new, args.signed_off_by),
        "html": lambda: html.audit_review(review, only_new, args.signed_off_by),
        "sarif": lambda: sarif.audit_review(review, only_new),
        "junit": lambda: junit.audit_review(replace(review, least=Severity.INFO), level, only_new),
        "csv": lambda: csv.audit_review(review, only_new),
        "sql": lambda: sql.audit_review(review, only_new, _live(args.live)),
    }
    return reports[args.format]()
