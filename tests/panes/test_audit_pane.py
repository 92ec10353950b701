"""The Audit pane: three verdicts, worst first, the fix whole, and never a silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.pane import Moment, Prose, Table
from cryotui.model.review import AuditReview, Gone, Remembered, Seen, Standing, Waiver
from cryotui.model.rule import AuditRule
from cryotui.model.sample import Missing
from cryotui.model.server import Server
from cryotui.model.settings import Settings
from cryotui.model.text import cells
from cryotui.panes import pane
from cryotui.panes.audit_evidence import Looked
from cryotui.report.pane import as_text

PANE = pane("audit")
NOW = datetime(2026, 3, 14, 3, 14, tzinfo=UTC)
SERVER = Server(
    "17.6", 17, 6, "cryoprotect", "cryo_ops", False, frozenset(), {}, {}, False, NOW, None, None, "db1", 5432, 1
)  # fmt: skip


def _rule(rule_id: str, title: str, **words: Any) -> AuditRule:
    made: dict[str, Any] = {
        "severity": Severity.BAD, "group": "security", "kind": "table", "about": "What is found.", "why": "Why it matters.",
        "variants": {(): "SELECT 1"}, "lock": "ACCESS EXCLUSIVE for a moment", "references": ("splinter 0013",),
    }  # fmt: skip
    return AuditRule(id=rule_id, title=title, **{**made, **words})


def _run(**words: Any) -> AuditRun:
    fix = "ALTER TABLE public.predictions ENABLE ROW LEVEL SECURITY;"
    bad = Finding(
        "sec-open", Severity.BAD, "public.predictions", "table", "anon reads 41.2M rows", "Anon may.", fix, "UNDO;"
    )
    watch = Finding("sec-open", Severity.WATCH, "lab.other", "table", "anon reads all rows", "Anon may.", fix)
    kept = Finding(
        "sec-open", Severity.INFO, "auth.users", "table", "x", "y", managed=True, values={"managed_by": "schema auth"}
    )
    missing = Missing("privilege", "cryo_ops may not read a.", "the owner", "GRANT SELECT ON a TO cryo_ops;")
    made: dict[str, Any] = {
        "started_at": datetime(2026, 3, 14, 3, 2, tzinfo=UTC), "seconds": 6.2, "target": "prod", "role": "cryo_ops",
        "server_version": "17.6",
        "rules": (_rule("sec-open", "Row security off, exposed"), _rule("sec-b", "B"), _rule("sec-c", "C")),
        "results": (RuleResult("sec-open", (watch, kept, bad)), RuleResult("sec-b", missing=missing), RuleResult("sec-c")),
    }  # fmt: skip
    return AuditRun(**{**made, **words})


def _moment(view: str = "findings", **extra: Any) -> Moment:
    if isinstance(extra.get("audit"), AuditRun):
        extra["audit"] = AuditReview(extra["audit"])
    return Moment(SERVER, {}, {}, Settings(), NOW, view=view, extra=extra)


def _table(moment: Moment, width: int = 80) -> Table:
    return next(block for block in PANE.blocks(moment, width) if isinstance(block, Table))


def _rows(view: str, width: int = 80) -> list[Any]:
    moment = _moment(view, audit=_run())
    keep = next(found.keep for found in PANE.views if found.name == view)
    assert keep is not None
    return [row for row in _table(moment, width).rows if keep(row, moment)]


def _drawn(moment: Moment, width: int) -> str:
    return as_text(list(PANE.blocks(moment, width)), moment, width)


def test_before_the_first_run_it_says_how_to_run_one() -> None:
    text = _drawn(_moment(), 80)
    assert "r runs all rules" in text
    assert PANE.worst(_moment()) is None


def test_findings_are_worst_first_and_what_the_platform_manages_comes_last() -> None:
    assert [row["object"] for row in _rows("findings")] == ["predictions", "lab.other", "auth.users"]
    assert _rows("findings", 200)[0]["object"] == "public.predictions"
    mark = _table(_moment(audit=_run())).columns[0].mark
    assert mark is not None
    marks = [mark(row, _moment()) for row in _rows("findings")]
    assert marks == ["bad", "watch", "info"]


def test_what_could_not_be_checked_has_its_own_view_with_the_reason() -> None:
    (row,) = _rows("unchecked")
    assert (row["finding"], row["evidence"], row["fix"]) == (
        "B",
        "cryo_ops may not read a.",
        "GRANT SELECT ON a TO cryo_ops;",
    )
    assert [row["finding"] for row in _rows("passed")] == ["C"]


def test_the_line_counts_all_severities_and_what_was_not_checked() -> None:
    moment = _moment(audit=_run())
    assert PANE.footnote(moment) == "■ 1 bad   ▲ 1 watch   ● 0 info   ? 1 not checked: Tab shows why"
    assert PANE.note(moment) == "3 rules in 6.2s, 12m ago, as cryo_ops"
    assert PANE.worst(moment) == "bad"


def test_what_was_not_checked_is_never_good() -> None:
    unseen = _run(results=(_run().results[1],))
    assert PANE.worst(_moment(audit=unseen)) == "unknown"


def test_progress_and_a_run_that_was_cut_off_are_told() -> None:
    assert "21%  3 of 14  Invalid index" in _drawn(_moment(audit_progress=(3, 14, "Invalid index")), 80)
    text = _drawn(_moment(audit=_run(complete=False, reason="The connection was lost.")), 80)
    assert "? The run was cut off: The connection was lost." in text


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_line_fits(width: int) -> None:
    moment = _moment(audit=_run(), audit_progress=(3, 14, "Invalid index"))
    for line in _drawn(moment, width).splitlines():
        assert cells(line) <= width
    for row in _table(moment, width).rows:
        for block in PANE.detail(row, moment, width):
            for line in block.lines if isinstance(block, Prose) else ():
                assert sum(cells(text) for text, _ in line) <= width


def test_the_detail_has_what_evidence_why_fix_lock_and_undo() -> None:
    moment = _moment(audit=_run())
    text = as_text(list(PANE.detail(_rows("findings")[0], moment, 80)), moment, 80)
    for part in ("sec-open   public.predictions", "WHAT", "EVIDENCE", "WHY IT MATTERS", "ENABLE ROW LEVEL SECURITY;",
                 "lock  ACCESS EXCLUSIVE", "undo  UNDO;", "splinter 0013", "cryotui explain-rule sec-open"):  # fmt: skip
        assert part in text
    text = as_text(list(PANE.detail(_rows("unchecked")[0], moment, 80)), moment, 80)
    assert "B could not be checked: cryo_ops may not read a." in text
    assert "GRANT SELECT ON a TO cryo_ops;" in text
    assert "passed" in as_text(list(PANE.detail(_rows("passed")[0], moment, 80)), moment, 80)


def _review(**words: Any) -> AuditReview:
    """The run of before was on 7 March: the worst finding is new, the other one twelve days old."""
    bad, watch = _run().findings[:2]
    standings = {
        bad.fingerprint: Standing("new", NOW),
        watch.fingerprint: Standing("still", NOW - timedelta(days=12)),
    }
    gone = Gone("f" * 16, "sec-b", "B", Severity.WATCH, "table", "public.mended", "3 rows", NOW, NOW)
    made: dict[str, Any] = {"standings": standings, "gone": (gone,), "before": datetime(2026, 3, 7, tzinfo=UTC)}
    return AuditReview(_run(), **{**made, **words})


def _shown(view: str, review: AuditReview, width: int = 80) -> list[Any]:
    moment = _moment(view, audit=review)
    keep = next(found.keep for found in PANE.views if found.name == view)
    assert keep is not None
    return [row for row in _table(moment, width).rows if keep(row, moment)]


def _waived(**words: Any) -> AuditReview:
    review = _review()
    bad = review.run.findings[0]
    made: dict[str, Any] = {"reason": "read by the yearly report", "owner": "anna", "expires": date(2026, 6, 1)}
    waiver = Waiver(**{**made, "fingerprint": bad.fingerprint, "source": "waivers.yaml line 4", **words})
    over = waiver.expires is not None and waiver.expires < NOW.date()
    standing = Standing("new", NOW, None if over else waiver, waiver if over else None)
    return _review(standings={**review.standings, bad.fingerprint: standing})


def test_since_tells_what_is_new_and_how_old_the_rest_is() -> None:
    moment = _moment(audit=_review())
    since = next(column for column in _table(moment).columns if column.name == "since")
    assert [since.text(row, moment) for row in _shown("findings", _review())] == ["new", "12d", "-"]
    unknown = _moment(audit=_run())
    assert {since.text(row, unknown) for row in _rows("findings")} == {"-"}


def test_what_is_new_stands_before_what_was_there_and_after_what_is_worse() -> None:
    one, two = (Finding("sec-b", Severity.WATCH, name, "table", "x", "y") for name in ("a.old", "a.zz_new"))
    bad = Finding("sec-open", Severity.BAD, "a.worst", "table", "x", "y")
    run = _run(results=(RuleResult("sec-open", (bad,)), RuleResult("sec-b", (one, two))))
    known = {found.fingerprint: Standing("still", NOW - timedelta(days=3)) for found in (one, bad)}
    review = AuditReview(run, {**known, two.fingerprint: Standing("new", NOW)})
    assert [row["object"] for row in _shown("findings", review)] == ["a.worst", "a.zz_new", "a.old"]


def test_every_view_has_its_count_and_none_before_a_run() -> None:
    counts = {view.name: view.count for view in PANE.views}
    told = {name: count(_moment(audit=_waived())) for name, count in counts.items() if count}
    assert told == {"findings": 2, "unchecked": 1, "passed": 1, "waived": 1, "gone": 1}
    assert {count(_moment()) for count in counts.values() if count} == {None}


def test_a_waived_finding_counts_no_more_and_says_until_when_and_by_whom() -> None:
    moment = _moment(audit=_waived())
    (row,) = _shown("waived", _waived())
    assert row["evidence"] == "until 1 Jun 2026, anna: read by the yearly report"
    assert PANE.footnote(moment) == (
        "■ 0 bad   ▲ 1 watch   ● 0 info   ? 1 not checked: Tab shows why   1 waived   1 gone"
    )
    text = as_text(list(PANE.detail(row, moment, 100)), moment, 100)
    assert "waived by anna until 1 Jun 2026: read by the yearly report" in text
    assert "waivers.yaml line 4" in text


def test_an_expired_waiver_is_told_and_the_finding_counts_again() -> None:
    review = _waived(expires=date(2026, 3, 1))
    assert review.count(Severity.BAD) == 1
    row = _shown("findings", review)[0]
    text = as_text(list(PANE.detail(row, _moment(audit=review), 100)), _moment(audit=review), 100)
    assert "was waived by anna until 1 Mar 2026" in text
    assert "has expired" in text


def test_what_is_gone_says_what_it_was_and_when_it_was_last_seen() -> None:
    (row,) = _shown("gone", _review())
    moment = _moment("gone", audit=_review())
    text = as_text(list(PANE.detail(row, moment, 80)), moment, 80)
    for part in ("sec-b   public.mended", "3 rows", "found since 14 Mar 2026, last seen on 14 Mar 2026"):
        assert part in text


def test_the_detail_has_the_values_of_the_row_and_its_history() -> None:
    found = replace(
        _run().findings[0], values={"oid": 16400, "rows": 41_200_000, "roles": ["anon", "api"], "hint": None}
    )
    review = replace(_review(), run=_run(results=(RuleResult("sec-open", (found,)),)))
    moment = _moment(audit=review)
    text = as_text(list(PANE.detail(_shown("findings", review)[0], moment, 80)), moment, 80)
    for part in ("rows   41200000", "roles  anon, api", "HISTORY", "new, not in the run of 7 Mar 2026"):
        assert part in text
    assert "16400" not in text
    assert "hint" not in text


def test_the_page_of_a_finding_that_a_newer_run_closed_says_so() -> None:
    row = _shown("findings", _review())[0]
    moment = _moment(audit=AuditReview(_run(results=())))
    assert "says this no more" in as_text(list(PANE.detail(row, moment, 80)), moment, 80)


def _line(moment: Moment, key: str, width: int = 80) -> str:
    blocks = [block for block in PANE.blocks(moment, width) if isinstance(block, Prose) and block.key == key]
    return "".join(text for block in blocks for line in block.lines for text, _ in line).strip()


def _remembered(*ids: str, **words: Any) -> Remembered:
    seen = tuple(
        Seen(f"{at}" * 16, rule, f"Title of {rule}", Severity.BAD, "table", f"public.t{at}", "3 rows",
             NOW - timedelta(days=9), NOW - timedelta(hours=1))
        for at, rule in enumerate(ids)
    )  # fmt: skip
    made: dict[str, Any] = {"waived": 2, "role": "cryo_ops", "asked": "cryotui audit"}
    return Remembered(NOW - timedelta(hours=1), None, 132, seen, frozenset(), **{**made, **words})


def test_the_groups_of_the_view_have_their_counts_and_worst_mark() -> None:
    integrity = Finding("int-a", Severity.WATCH, "public.a", "table", "x", "y")
    run = _run(
        rules=(*_run().rules, _rule("int-a", "A", group="integrity")),
        results=(*_run().results, RuleResult("int-a", (integrity,))),
    )
    assert _line(_moment(audit=run), "groups") == "▲ integrity 1   ■ security 2"
    assert _line(_moment(audit=run), "groups", 26) == "▲ integ 1 ■ secur 2"
    assert _line(_moment(audit=run), "groups", 20) == "▲ integ 1"
    assert _line(_moment("unchecked", audit=run), "groups") == "security 1"
    assert _line(_moment("gone", audit=run), "groups") == ""


def test_kept_runs_are_shown_before_anything_ran_with_when_and_by_whom() -> None:
    moment = _moment(audit_kept=_remembered("sec-open", "int-a", "usr-mine"))
    rows = _table(moment).rows
    assert [(row["object"], row["group"], row["evidence"]) for row in rows] == [
        ("t1", "integrity", "3 rows"), ("t0", "security", "3 rows"), ("t2", "others", "3 rows"),
    ]  # fmt: skip
    assert PANE.note(moment) == "kept, 02:14Z, by cryotui audit as cryo_ops"
    assert "without details and fixes" in _line(moment, "kept")
    assert "No audit was run" not in _drawn(moment, 80)
    assert PANE.footnote(moment).startswith("■ 3 bad   ▲ 0 watch")
    assert PANE.worst(moment) == "bad"
    counts = {view.name: view.count(moment) for view in PANE.views if view.count}
    assert counts == {"findings": 3, "unchecked": None, "passed": None, "waived": 2, "gone": None}
    text = as_text(list(PANE.detail(rows[1], moment, 80)), moment, 80)
    assert "sec-open   public.t0" in text
    assert "not its details and not its fix" in " ".join(text.split())


def test_what_a_rule_says_now_takes_the_place_of_what_was_kept_of_it() -> None:
    moment = _moment(audit=_run(), audit_kept=_remembered("sec-open", "int-a"))
    kept = [row["rule"] for row in _table(moment).rows if row.get("remembered")]
    assert kept == ["int-a"]
    assert PANE.footnote(moment).startswith("■ 2 bad")
    count = PANE.views[0].count
    assert count is not None and count(moment) == 4
    assert "Quiet rows are of kept runs, 02:14Z" in _line(moment, "kept")
    assert _line(_moment(audit=_run(), audit_kept=_remembered("sec-open")), "kept") == ""


def _constraint(table: str, name: str) -> AuditReview:
    found = Finding(
        "sec-open", Severity.BAD, f"public.{table} {name}", "constraint", "x", "y",
        values={"schema": "public", "table": table, "constraint": name},
    )  # fmt: skip
    return AuditReview(_run(results=(RuleResult("sec-open", (found,)),)))


@pytest.mark.parametrize(
    ("table", "name", "shown"),
    [
        ("child", "cknv", "child cknv"),
        ("mixtures", "mixtures_owner_id_fkey", "mixtures_owner_id_fkey"),
        ("mixture_components", "owner_check", "mixture_… owner_check"),
    ],
)
def test_a_constraint_is_named_with_its_table(table: str, name: str, shown: str) -> None:
    (row,) = _shown("findings", _constraint(table, name))
    assert row["object"] == shown
    (row,) = _shown("findings", _constraint(table, name), 200)
    assert row["object"] == f"public.{table} {name}"


def test_where_there_is_room_long_names_are_whole_and_groups_have_their_column() -> None:
    review = _constraint("mixture_components", "mixture_components_mixture_id_molecule_id_fkey")
    name = "public.mixture_components mixture_components_mixture_id_molecule_id_fkey"
    assert name in _drawn(_moment(audit=review), 200)
    for width, heads in ((80, "finding object since evidence"), (104, "finding object since group evidence")):
        drawn = _drawn(_moment(audit=review), width).splitlines()
        assert any(" ".join(line.split()) == heads for line in drawn)


def test_the_panel_has_the_fix_before_anything_that_is_long() -> None:
    assert PANE.preview is not None
    moment = _moment(audit=_run())
    text = as_text(list(PANE.preview(_rows("findings")[0], moment, 200)), moment, 200).splitlines()
    assert any("ENABLE ROW LEVEL SECURITY;" in line for line in text[:4])
    long = replace(_run().findings[0], fix="\n".join(f"ALTER TABLE t{at} RENAME TO u{at};" for at in range(9)))
    many = _moment(audit=_run(results=(RuleResult("sec-open", (long,)),)))
    text = as_text(list(PANE.preview(_rows("findings")[0], many, 200)), many, 200).splitlines()
    assert any("and 5 lines more" in line for line in text[:7])


def test_the_rows_of_a_finding_are_offered_with_their_question_and_shown_once_looked_at() -> None:
    found = replace(_run().findings[0], look="SELECT * FROM public.predictions LIMIT 20;")
    review = AuditReview(_run(results=(RuleResult("sec-open", (found,)),)))
    row = _shown("findings", review)[0]
    assert row["look"] == found.look
    text = as_text(list(PANE.detail(row, _moment(audit=review), 80)), _moment(audit=review), 80)
    assert "LIMIT 20;" in text
    assert "Not looked at yet: a, then e." in text
    rows = ({"id": 5, "note": "a\x1b[31m\nb", **{f"column_{at}": "x" * 90 for at in range(5)}},)
    moment = _moment(audit=review, evidence={found.fingerprint: Looked("03:13:20Z, 1 shown", rows)})
    lines = as_text(list(PANE.detail(row, moment, 80)), moment, 80).splitlines()
    assert any("id 5   note a" in line for line in lines)
    assert all(cells(line) <= 80 and "\x1b" not in line for line in lines)


def test_a_column_of_a_rule_called_as_one_of_ours_makes_no_kept_row_of_a_finding() -> None:
    found = replace(_run().findings[0], values={"kept": "ix_a", "remembered": "ix_b", "verdict": "gone"})
    row = _shown("findings", AuditReview(_run(results=(RuleResult("sec-open", (found,)),))))[0]
    assert not row["remembered"]
    assert (row["kept"], row["verdict"]) == ("ix_a", "findings")
