"""``cryotui show NAME [TARGET]``: one pane or one probe, once or as a rate over an interval."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from dataclasses import replace
from typing import Any

from cryotui import diagnosis, panes, probes
from cryotui.cli import add_connection, tell
from cryotui.cli.target import chosen
from cryotui.model.errors import UsageError
from cryotui.model.pane import Moment, Pane, Table
from cryotui.model.sample import Missing, Sample
from cryotui.pg.destination import Destination
from cryotui.pg.session import Session
from cryotui.report import pane as report
from cryotui.tui.terminal import ascii_mode, to_ascii
from cryotui.watch.moments import Moments
from cryotui.watch.outside import outside

RULES = "audit"
"""The pane that shows what a run of the rules found: without a run it would read as a clean bill."""
HELP = "Print a pane or a probe once, or as a rate over --interval. Without NAME the names are listed."


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of show."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="a pane (statements, tables ...) or a probe")
    add_connection(parser)
    parser.add_argument("--interval", type=float, metavar="SECONDS", help="ask twice, so far apart, and print rates")
    parser.add_argument("--view", metavar="VIEW", help="a view of the pane, such as waiting or unused")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="one JSON object")
    output.add_argument("--csv", action="store_true", help="CSV with a head")
    output.add_argument("--markdown", action="store_true", help="Markdown")
    parser.add_argument("--width", type=int, metavar="CELLS", help="width of the text, the terminal's when left out")


def run(args: argparse.Namespace) -> int:
    """Print what was asked for; 5 when a right or an extension is missing, 7 when a pane's verdict is unknown.

    So a script notices both.
    """
    if args.name is None:
        _list_names()
        return 0
    if args.name not in panes.ORDER and args.name not in probes.names():
        raise UsageError(f"{args.name} is no pane and no probe. cryotui show lists the names.")
    if args.name == RULES:
        raise UsageError("The audit pane is empty until its rules have run. cryotui audit runs the rules.")
    if args.interval is not None and not 0.1 <= args.interval <= 3600:
        raise UsageError("The interval is out of range: 0.1 to 3600 seconds are possible.")
    target = chosen(args)
    return asyncio.run(_show(args, target))


def _list_names() -> None:
    lines = ["panes:"]
    lines += [f"  {pane.name:22}{pane.about.split('. ')[0]}" for pane in panes.panes() if pane.name != RULES]
    lines += ["probes:", *(f"  {name:22}{probes.probe(name).title}" for name in probes.names())]
    sys.stdout.write("\n".join(lines) + "\n")


async def _show(args: argparse.Namespace, target: Destination) -> int:
    session = await target.open_session()
    try:
        if args.name in panes.ORDER:
            return await _show_pane(args, target, session)
        return await _show_probe(args, session)
    finally:
        await session.close()


async def _show_probe(args: argparse.Namespace, session: Session) -> int:
    probe = probes.probe(args.name)
    if probe.parameters:
        raise UsageError(f"{probe.name} asks about one thing ({', '.join(probe.parameters)}); a pane uses it.")
    sample = await session.sample(probe)
    rows = report.record_rows(sample.rows)
    if args.interval and sample.missing is None:
        from cryotui.model.rates import Rates

        await asyncio.sleep(args.interval)
        later = await session.sample(probe)
        rates = Rates(probe, sample, later, mark=True)
        rows = [
            {**entry, **{f"{counter}_per_second": rates.per_second(row, counter) for counter in probe.counters}}
            for row, entry in zip(later.rows, report.record_rows(later.rows), strict=True)
        ]
        sample = later
    if args.json:
        sys.stdout.write(report.as_json(probe.name, session.server, sample.taken_at, rows, sample.missing))
    elif sample.missing:
        _tell_missing(sample.missing)
    elif args.csv:
        sys.stdout.write(report.as_csv(rows))
    elif rows:
        _print_records(rows)
    else:
        tell(f"{probe.title}: the server has no row of it.")
    return 5 if sample.missing else 0


def _print_records(rows: list[dict[str, Any]]) -> None:
    """Few rows as field and value lines, so that nothing is cut."""
    for row in rows:
        width = max(map(len, row), default=0)
        for name, value in row.items():
            sys.stdout.write(f"{name:{width}}  {'-' if value is None else value}\n")
        sys.stdout.write("\n")


async def _show_pane(args: argparse.Namespace, target: Destination, session: Session) -> int:
    pane = panes.pane(args.name)
    view = _view(pane, args.view, args.interval)
    moments = Moments(target.settings)
    moments.extra.update(await outside(pane.name, target.settings, target.name))
    names = [*pane.probes, *(found.probes if (found := pane.view(view)) else ())]
    if {*diagnosis.probes()} <= {*names}:  # it shows the causes, and gets what says more about them
        names += [name for name in diagnosis.more_probes() if name not in names]
    await _take(session, moments, names)
    await _follow_up(session, moments, pane, view)
    if args.interval:
        await asyncio.sleep(args.interval)
        await _take(session, moments, names)
        await _follow_up(session, moments, pane, view)
    moment = moments.moment(session.server, view)
    known = diagnosis.diagnose(moment)
    moment = replace(moment, extra={**moment.extra, "diagnosis": known, "causes": known.causes})
    _print_pane(args, pane, moment)
    first = moment.missing(pane.probes[0]) if pane.probes else None
    if first:
        return 5
    # a verdict that could not be given: a script must not read it as good
    return 7 if pane.worst(moment) == "unknown" else 0


async def _take(session: Session, moments: Moments, names: list[str]) -> None:
    for name in names:
        sample: Sample = await session.sample(probes.probe(name))
        moments.receive(sample)


async def _follow_up(session: Session, moments: Moments, pane: Pane, view: str) -> None:
    """Ask what depends on the answers; before and after an interval, or there is nothing to take rates from."""
    if pane.follow_up:
        for name, parameters in pane.follow_up(moments.moment(session.server, view)).items():
            sample = await session.sample(probes.probe(name), parameters)
            if name == "statement_texts":  # only texts that are not known yet are asked for
                texts = moments.extra.setdefault("texts", {})
                texts.update({row["query_id"]: row for row in sample.rows})
            moments.receive(sample)


def _view(pane: Pane, word: str | None, interval: float | None) -> str:
    if word is None:
        fitting = pane.views if interval else [view for view in pane.views if view.once] or pane.views
        return fitting[0].name if fitting else ""
    for view in pane.views:
        if word.lower() in (view.name.lower(), view.title.lower()):
            return view.name
    known = ", ".join(view.name for view in pane.views) or "none"
    raise UsageError(f"{word} is no view of {pane.name}. Its views: {known}.")


def _print_pane(args: argparse.Namespace, pane: Pane, moment: Moment) -> None:
    width = args.width or max(shutil.get_terminal_size((160, 24)).columns, 80)
    if args.json or args.csv:
        moment = replace(moment, tree=False)  # every row for itself: nothing folded, no dividers
    blocks = ordered(pane, moment, list(pane.blocks(moment, width)))
    tables = [block for block in blocks if isinstance(block, Table)]
    missing = moment.missing(pane.probes[0]) if pane.probes else None
    if args.json:
        rows = report.table_rows(tables, moment)
        sys.stdout.write(report.as_json(pane.name, moment.server, moment.now, rows, missing, view=moment.view or None))
    elif missing:
        _tell_missing(missing)
    elif args.csv:
        sys.stdout.write(report.as_csv(report.table_rows(tables, moment)))
    elif args.markdown:
        _write(report.as_markdown(pane.title, blocks, moment))
    else:
        _write(report.as_text(blocks, moment, width))


def _write(text: str) -> None:
    """Text for people: with ASCII signs where the output cannot carry others."""
    if ascii_mode(os.environ, sys.stdout.encoding):
        text = "".join(to_ascii(line) for line in text.splitlines(keepends=True))
    sys.stdout.write(text)


def ordered(pane: Pane, moment: Moment, blocks: list[Any]) -> list[Any]:
    """The blocks with the main table in the order and with the rows of the active view."""
    from cryotui.model.order import arranged

    return [arranged(pane, block, moment) if isinstance(block, Table) and block.main else block for block in blocks]


def _tell_missing(missing: Missing) -> None:
    tell(missing.sentence)
    if missing.remedy:
        tell(f"how: {missing.remedy}" + (f"  ({missing.who})" if missing.who else ""))
