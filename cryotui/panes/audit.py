"""Audit: what the rules found, worst first; what they could not check and why; what passed.

Drawn from ``extra["audit"]``, an AuditRun or None, and ``extra["audit_progress"]``, (done, total, title) while one runs.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from cryotui.model import units
from cryotui.model.finding import AuditRun, Finding, Severity
from cryotui.model.layout import WIDE
from cryotui.model.pane import FILL, Block, Column, Line, Mark, Moment, Pane, Prose, Table, View, worst
from cryotui.model.sample import Row
from cryotui.model.text import cut
from cryotui.panes.audit_detail import finding_detail, passed_detail, unchecked_detail

BAR = 30
"""Cells of the progress bar."""

JUST_NOW = 60
"""Seconds; the clocks of server and terminal may differ by a few."""

NOT_YET = (
    "No audit was run from here yet. r runs all rules, as cryotui audit does. They read catalogs and statistics, and rows"
    " of tables within limits of time; nothing is changed."
)


def _run(moment: Moment) -> AuditRun | None:
    return moment.extra.get("audit")


def _rows(run: AuditRun, wide: bool) -> list[Row]:
    """Findings worst first, what the platform manages after the user's own; then the unchecked and the passed rules."""
    found = sorted(
        run.findings, key=lambda finding: (finding.managed, finding.severity.rank, run.rule(finding.rule).title)
    )
    rows: list[Row] = [
        {
            **finding.values,
            "verdict": "findings",
            "key": f"{finding.rule} {finding.fingerprint}",
            "rule": finding.rule,
            "finding": run.rule(finding.rule).title,
            "object": _object(finding, wide),
            "group": run.rule(finding.rule).group,
            "evidence": finding.evidence,
            "severity": finding.severity.value,
            "managed": finding.managed,
            "fix": finding.fix,
            "undo": finding.undo,
            "fingerprint": finding.fingerprint,
        }
        for finding in found
    ]
    for result in run.unchecked:
        assert result.missing is not None, "only rules that could not check are in unchecked"
        rows.append(_rule_row(run, result.rule, "unchecked", result.missing.sentence, fix=result.missing.remedy))
    for result in run.passed:
        rows.append(_rule_row(run, result.rule, "passed", f"looked at in {units.duration(result.seconds)}"))
    return rows


def _object(finding: Finding, wide: bool) -> str:
    """The object's name; a constraint by its own name, as its table's takes all the room there is."""
    constraint = finding.values.get("constraint")
    schema = finding.values.get("schema")
    name = f"{schema}.{constraint}" if finding.kind == "constraint" and constraint else finding.object
    return name if wide else name.removeprefix("public.")


def _rule_row(run: AuditRun, rule_id: str, verdict: str, evidence: str, fix: str | None = None) -> dict[str, Any]:
    rule = run.rule(rule_id)
    return {
        "verdict": verdict,
        "key": f"{rule_id} {verdict}",
        "rule": rule_id,
        "finding": rule.title,
        "object": None,
        "group": rule.group,
        "evidence": evidence,
        "severity": rule.severity.value,
        "managed": False,
        "fix": fix,
    }


def _mark(row: Row, moment: Moment) -> Mark | None:
    if row["verdict"] == "unchecked":
        return "unknown"
    if row["verdict"] == "passed":
        return "good"
    found: dict[str, Mark] = {"bad": "bad", "watch": "watch", "info": "info"}
    return found[row["severity"]]


def _managed(row: Row, moment: Moment) -> bool:
    return bool(row["managed"])


COLUMNS = (
    Column(
        "finding", "finding", 27, 27, align="L", mark=_mark, ascending=True,
        about="The rule's title; its mark is the severity of this finding. Enter shows the rule's id.",
    ),
    Column(
        "object", "object", 21, 32, align="L", ascending=True, quiet=_managed,
        about="What it is about, as PostgreSQL quotes it; public is left out where there is little room.",
    ),
    Column("group", "group", 0, 11, align="L", leaves=1, ascending=True, quiet=_managed, about="The rule's group."),
    Column(
        "evidence", "evidence", FILL, FILL, align="L", ascending=True, quiet=_managed,
        about="The number or fact that proves it; in Unchecked the grant, extension or version that is missing.",
    ),
)  # fmt: skip


def _blocks(moment: Moment, width: int) -> Sequence[Block]:
    run, running = _run(moment), moment.extra.get("audit_progress")
    blocks: list[Block] = []
    if running:
        done, total, title = running
        blocks.append(Prose((_progress_line(done, total, title, width),), key="progress"))
    elif run is None:
        lines: list[Line] = [(("   " + line, "quiet"),) for line in textwrap.wrap(NOT_YET, width - 4)]
        blocks.append(Prose(((("", "text"),), *lines), key="none"))
    if run is not None and not run.complete:
        sentence = cut(f" ? The run was cut off: {run.reason}", width)
        blocks.append(Prose((((sentence, "bold"),),), key="cut off", mark="unknown"))
    rows = _rows(run, width >= WIDE) if run is not None else []
    blocks.append(
        Table("audit", COLUMNS, rows, ("key",), empty=_empty(moment) if run is not None else "", heads=bool(run))
    )
    return blocks


def _progress_line(done: int, total: int, title: str, width: int) -> Line:
    share = done / total if total else None
    text = f"  {units.whole_percent(share):>4}  {done} of {total}  {title}"
    return (("   ", "text"), (units.bar(share, BAR), "accent"), (cut(text, max(width - BAR - 3, 0)), "text"))


def _empty(moment: Moment) -> str:
    run = _run(moment)
    if run is None:
        return ""
    if moment.view == "unchecked":
        return f"Every one of the {len(run.rules)} rules saw all it needs."
    if moment.view == "passed":
        return "No rule passed."
    return f"Nothing found by {len(run.rules)} rules" + (
        f"; {len(run.unchecked)} could not check." if run.unchecked else "."
    )


def _kept(verdict: str) -> Callable[[Row, Moment], bool]:
    return lambda row, moment: row["verdict"] == verdict


def _counts(moment: Moment) -> str:
    run = _run(moment)
    if run is None:
        return "r runs the audit."
    text = "   ".join(
        f"{sign} {run.count(severity)} {severity.value}" for sign, severity in zip("■▲●", Severity, strict=True)
    )
    unchecked = len(run.unchecked)
    return text + (
        f"   ? {unchecked} not checked: Tab shows which grant" if unchecked else f"   ✓ {len(run.passed)} passed"
    )


def _note(moment: Moment) -> str:
    run = _run(moment)
    if run is None:
        return ""
    seconds = (moment.now - run.started_at).total_seconds()
    ago = "just now" if seconds < JUST_NOW else f"{units.age(seconds)} ago"
    return f"{len(run.rules)} rules in {units.duration(run.seconds)}, {ago}, as {run.role}"


def _worst(moment: Moment) -> Mark | None:
    run = _run(moment)
    if run is None:
        return None
    marks: list[Mark | None] = ["unknown"] if run.unchecked or not run.complete else []
    if run.count(Severity.BAD):
        marks.append("bad")
    elif run.count(Severity.WATCH):
        marks.append("watch")
    return worst(marks)


def _detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    run = _run(moment)
    if run is None:
        return ()
    if row["verdict"] == "findings":
        finding = next((found for found in run.findings if found.fingerprint == row["fingerprint"]), None)
        return finding_detail(finding, run.rule(row["rule"]), width) if finding else ()
    result = next(result for result in run.results if result.rule == row["rule"])
    page = unchecked_detail if row["verdict"] == "unchecked" else passed_detail
    return page(result, run.rule(row["rule"]), width)


PANE = Pane(
    name="audit",
    digit="0",
    title="Audit",
    short="Audt",
    about="What the audit rules found, what they could not check and which grant they lack, and what passed.",
    probes=(),
    blocks=_blocks,
    views=(
        View(
            "findings", "Findings", _kept("findings"), about="Worst first; what the platform manages comes last, quiet."
        ),
        View("unchecked", "Unchecked", _kept("unchecked"), about="Rules that could not look at everything, and why."),
        View("passed", "Passed", _kept("passed"), about="Rules that looked at everything and found nothing."),
    ),
    sort=None,
    line=lambda row, moment: _counts(moment),
    detail=_detail,
    worst=_worst,
    note=_note,
    footnote=_counts,
    keys=("r run again",),
)
