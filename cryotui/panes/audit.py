"""Audit: what the rules found, worst first; what they could not check and why; what passed, is waived or is gone.

Drawn from ``extra["audit"]``, an AuditReview or None, ``extra["audit_progress"]``, (done, total, title) while one runs, and
``extra["audit_kept"]``, a Remembered: what kept runs said of rules that have not run here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace

from cryotui.model import standing, units
from cryotui.model.finding import Finding, Severity
from cryotui.model.layout import GUTTER, WIDE
from cryotui.model.pane import FILL, Block, Column, Line, Mark, Moment, Pane, Prose, Table, View, worst
from cryotui.model.review import AuditReview, Remembered
from cryotui.model.sample import Row
from cryotui.model.tabs import tab
from cryotui.model.text import cells, cut
from cryotui.panes.audit_detail import finding_detail, finding_preview, gone_detail, passed_detail, unchecked_detail
from cryotui.panes.audit_groups import groups_line
from cryotui.panes.audit_kept import kept_count, kept_detail, kept_findings, kept_line, kept_rows, kept_said
from cryotui.panes.audit_rows import NEW, in_order, rows

EVIDENCE = 30
"""Cells that the evidence keeps where names take the room there is; a finding's has no more."""

GROUPED = 101
"""From this width on there is room for the column of groups."""

BAR = 30
"""Cells of the progress bar."""

JUST_NOW = 60
"""Seconds; the clocks of server and terminal may differ by a few."""

NOT_YET = (
    "No audit was run from here yet. r runs all rules but those of taste, as cryotui audit does. They read catalogs and"
    " statistics, and rows of tables within limits of time; nothing is changed."
)


def _review(moment: Moment) -> AuditReview | None:
    return moment.extra.get("audit")


def _mark(row: Row, moment: Moment) -> Mark | None:
    if row["verdict"] == "unchecked":
        return "unknown"
    if row["verdict"] in ("passed", "gone"):
        return "good"
    found: dict[str, Mark] = {"bad": "bad", "watch": "watch", "info": "info"}
    return found[row["severity"]]


def _quiet(row: Row, moment: Moment) -> bool:
    return bool(row["managed"] or row.get("remembered"))


COLUMNS = (
    Column(
        "finding", "finding", 27, 27, align="L", mark=_mark, ascending=True,
        about="The rule's title; its mark is the severity of this finding. Enter shows the rule's id.",
    ),
    Column(
        "object", "object", 21, 32, align="L", ascending=True, quiet=_quiet,
        about="What it is about, as PostgreSQL quotes it; public is left out where there is little room.",
    ),
    Column(
        "since", "since", 5, 5, quiet=_quiet, words=lambda row, moment: _since(row),
        about="How long the finding is known: new was not there in the run before. A dash: nothing is known of before.",
    ),
    Column("group", "group", 0, 11, align="L", leaves=1, ascending=True, quiet=_quiet, about="The rule's group."),
    Column(
        "evidence", "evidence", FILL, FILL, align="L", ascending=True, quiet=_quiet,
        about="The number or fact that proves it; in Unchecked the grant, extension or version that is missing.",
    ),
)  # fmt: skip


def _since(row: Row) -> str:
    return NEW if row["state"] == "new" else units.age(row["since"])


def _blocks(moment: Moment, width: int) -> Sequence[Block]:
    review, running = _review(moment), moment.extra.get("audit_progress")
    kept: Remembered | None = moment.extra.get("audit_kept")
    known = review is not None or kept is not None
    blocks: list[Block] = []
    if running:
        done, total, title = running
        blocks.append(Prose((_progress_line(done, total, title, width),), key="progress", pinned=known))
    elif not known:
        lines: list[Line] = [(("   " + line, "quiet"),) for line in textwrap.wrap(NOT_YET, width - 4)]
        blocks.append(Prose(((("", "text"),), *lines), key="none"))
    if review is not None and not review.run.complete:
        sentence = cut(f" ? The run was cut off: {review.run.reason}", width)
        blocks.append(Prose((((sentence, "bold"),),), key="cut off", mark="unknown", pinned=True))
    wide = width >= WIDE
    listed = rows(review, moment.now, wide) if review is not None else []
    listed = in_order([*listed, *kept_rows(moment, wide)])
    old = kept_line(moment, width) if not running else None
    if old is not None:
        blocks.append(Prose((old,), key="kept", pinned=True))
    groups = groups_line(listed, moment.view or "findings", width)
    if groups is not None:
        blocks.append(Prose((groups,), key="groups", pinned=True))
    empty = _empty(review, moment.view) if review is not None else _unknown(moment.view) if known else ""
    blocks.append(Table("audit", _columns(listed, moment.view, width), listed, ("key",), empty=empty, heads=known))
    return blocks


def _columns(listed: Sequence[Row], view: str, width: int) -> tuple[Column, ...]:
    """The names take what they need of the room that the evidence leaves; the groups stand where there is room for them."""
    columns = {column.name: column for column in COLUMNS}
    if GROUPED <= width < WIDE:
        columns["group"] = replace(columns["group"], narrow=columns["group"].wide)
    if width >= WIDE and view in ("", "findings", "gone"):
        others = sum(columns[name].wide for name in ("finding", "since", "group"))
        room = width - GUTTER - others - EVIDENCE - len(columns) + 1
        longest = max(
            (cells(row["object"] or "") for row in listed if row["verdict"] == (view or "findings")), default=0
        )
        at = columns["object"].wide
        columns["object"] = replace(columns["object"], wide=max(at, min(longest, room)))
    return tuple(columns.values())


def _progress_line(done: int, total: int, title: str, width: int) -> Line:
    share = done / total if total else None
    text = f"  {units.whole_percent(share):>4}  {done} of {total}  {title}   X stops it"
    return (("   ", "text"), (units.bar(share, BAR), "accent"), (cut(text, max(width - BAR - 3, 0)), "text"))


def _empty(review: AuditReview, view: str) -> str:
    run = review.run
    match view:
        case "unchecked":
            return f"Every one of the {len(run.rules)} rules saw all it needs."
        case "passed":
            return "No rule passed."
        case "waived":
            return "No finding is waived. a on a finding waives it, with a reason and a last day."
        case "gone" if review.before is None:
            return "There was no run before this one, so nothing can be gone."
        case "gone":
            return f"Everything that {standing.compared(review)} found is still there, or could not be looked for."
    unchecked = f"; {len(run.unchecked)} could not check." if run.unchecked else "."
    return f"Nothing found by {len(run.rules)} rules{unchecked}"


def _unknown(view: str) -> str:
    """Of a view that nothing has run for: kept runs hold findings alone."""
    if view in ("", "findings"):
        return "The kept runs hold no finding that waits for somebody."
    return "Kept runs do not tell this: r runs the rules again."


def _of_view(verdict: str) -> Callable[[Row, Moment], bool]:
    return lambda row, moment: row["verdict"] == verdict


def _counts(moment: Moment) -> str:
    review = _review(moment)
    if review is None and moment.extra.get("audit_kept") is None:
        return "r runs the audit."
    parts = [
        f"{sign} {(review.count(severity) if review else 0) + kept_count(moment, severity)} {severity.value}"
        for sign, severity in zip("■▲●", Severity, strict=True)
    ]
    if review is None:
        return "   ".join((*parts, kept_said(moment)))
    unchecked = len(review.run.unchecked)
    parts.append(f"? {unchecked} not checked: Tab shows why" if unchecked else f"✓ {len(review.run.passed)} passed")
    if review.waived:
        parts.append(f"{len(review.waived)} waived")
    if review.gone:
        parts.append(f"{len(review.gone)} gone")
    return "   ".join(parts)


def _note(moment: Moment) -> str:
    review = _review(moment)
    if review is None:
        return kept_said(moment)
    run = review.run
    seconds = (moment.now - run.started_at).total_seconds()
    ago = "just now" if seconds < JUST_NOW else f"{units.age(seconds)} ago"
    rules = "1 rule" if len(run.rules) == 1 else f"{len(run.rules)} rules"
    return f"{rules} in {units.duration(run.seconds)}, {ago}, as {run.role}"


def _worst(moment: Moment) -> Mark | None:
    review = _review(moment)
    marks: list[Mark | None] = []
    if review is not None and (review.run.unchecked or not review.run.complete):
        marks.append("unknown")
    for severity, mark in ((Severity.BAD, "bad"), (Severity.WATCH, "watch")):
        if kept_count(moment, severity) or (review is not None and review.count(severity)):
            marks.append("bad" if mark == "bad" else "watch")
    return worst(marks)


def _preview(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    review = _review(moment)
    finding = _finding(row, review)
    return finding_preview(finding, review, width) if finding and review else _detail(row, moment, width)


def _finding(row: Row, review: AuditReview | None) -> Finding | None:
    """The finding of a row as the newest run of its rule has it."""
    if review is None or row["verdict"] not in ("findings", "waived"):
        return None
    return next((found for found in review.run.findings if found.fingerprint == row["fingerprint"]), None)


def _detail(row: Row, moment: Moment, width: int) -> Sequence[Block]:
    review = _review(moment)
    seen = next((one for one in kept_findings(moment) if one.fingerprint == row.get("fingerprint")), None)
    if seen is not None and row.get("remembered"):
        return kept_detail(seen, moment, width)
    if review is None:
        return ()
    run, verdict = review.run, row["verdict"]
    if verdict == "gone":
        gone = next((one for one in review.gone if one.fingerprint == row["fingerprint"]), None)
        return gone_detail(gone, review, width) if gone else ()
    if verdict in ("findings", "waived"):
        finding = _finding(row, review)
        return finding_detail(finding, review, moment, width) if finding else _closed(row)
    result = next((result for result in run.results if result.rule == row["rule"]), None)
    if result is None or (verdict == "unchecked") != (result.missing is not None):
        return _closed(row)
    page = unchecked_detail if verdict == "unchecked" else passed_detail
    return page(result, run.rule(row["rule"]), width)


def _closed(row: Row) -> Sequence[Block]:
    """The page of what a newer run says otherwise of."""
    title = f"   {row['rule']}   {row['object'] or ''}".rstrip()
    closed = "   The rule was run again since and says this no more. Backspace goes back to the list."
    return [Prose((((title, "bold"),), ((closed, "text"),)), mark="good")]


def _counted(verdict: str) -> Callable[[Moment], int | None]:
    def count(moment: Moment) -> int | None:
        review = _review(moment)
        kept: Remembered | None = moment.extra.get("audit_kept")
        if review is None:
            known = {"findings": len(kept.findings), "waived": kept.waived} if kept is not None else {}
            return known.get(verdict)
        run = review.run
        numbers = {
            "findings": len(run.findings) - len(review.waived) + len(kept_findings(moment)),
            "unchecked": len(run.unchecked),
            "passed": len(run.passed),
            "waived": len(review.waived),
            "gone": len(review.gone),
        }
        return numbers[verdict]

    return count


PANE = Pane(
    tab=tab("audit"),
    about="What the audit rules found, what they could not check and which grant they lack, what passed, is waived or gone.",
    probes=(),
    blocks=_blocks,
    views=tuple(
        View(name, title, _of_view(name), about=about, count=_counted(name))
        for name, title, about in (
            ("findings", "Findings", "Worst first; what the platform manages comes last, quiet."),
            ("unchecked", "Unchecked", "Rules that could not look at everything, and why."),
            ("passed", "Passed", "Rules that looked at everything and found nothing."),
            ("waived", "Waived", "Findings that somebody has accepted for a time, and why."),
            ("gone", "Gone", "Findings of an earlier run that their rules do not find any more."),
        )
    ),
    sort=None,
    line=lambda row, moment: _counts(moment),
    detail=_detail,
    worst=_worst,
    note=_note,
    footnote=_counts,
    keys=("a fix, waive", "r run again", "A a part, a group"),
    preview=_preview,
)
