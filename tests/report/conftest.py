"""A review that has everything a report can meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from report_examples import NAMES, a_rule, qualified, quoted

from cryotui.model.finding import AuditRun, Finding, RuleResult, Severity
from cryotui.model.review import AuditReview, Gone, Standing, Waiver
from cryotui.model.sample import Missing
from cryotui.model.sqltext import visible_sql

AT = datetime(2026, 3, 14, 3, 2, tzinfo=UTC)
BEFORE = AT - timedelta(days=7)


def _bad(number: int, name: str) -> Finding:
    table = f"public.{quoted(name)}"
    return Finding(
        "int-hostile",
        Severity.BAD,
        qualified(name),
        "table",
        f"{number} rows",
        f"About {qualified(name)}.",
        visible_sql(f"ALTER TABLE {table} ADD COLUMN cryo_{number} int;\nANALYZE {table};"),
        visible_sql(f"ALTER TABLE {table} DROP COLUMN cryo_{number};"),
        {"rows": number, "table": name, "seen": AT},
    )


@pytest.fixture
def run() -> AuditRun:
    """Findings of all severities, hostile names, a managed one, rules that could not check in part and at all; cut off."""
    hostile = tuple(_bad(number, name) for number, name in enumerate(NAMES))
    watch = Finding(
        "sec-watch", Severity.WATCH, "public.waived", "view", "=cmd()", "Anon reads it.", "VACUUM public.a;"
    )
    expired = Finding("sec-watch", Severity.WATCH, "public.expired", "view", "open", "Anon reads it.")
    info = Finding("sec-watch", Severity.INFO, "auth.users", "table", "kept", "Kept.", values={"managed_by": "schema auth"},
                   managed=True)  # fmt: skip
    partly = Missing(
        "privilege", f"1 not looked at: {qualified(NAMES[8])}.", "the owner", "GRANT SELECT ON a TO b;", "a way"
    )
    return AuditRun(
        started_at=AT,
        seconds=6.25,
        target="prod <b>",
        role="cryo_ops",
        server_version="17.6",
        database="cryo protect",
        results=(
            RuleResult("int-hostile", hostile, seconds=0.1),
            RuleResult("sec-watch", (watch, expired, info), missing=partly, seconds=0.2),
            RuleResult("cap-blind", missing=Missing("version", "Needs PostgreSQL 16.")),
            RuleResult("perf-passed", seconds=0.3),
        ),
        complete=False,
        reason="The connection was lost.",
        rules=(
            a_rule("int-hostile"),
            a_rule("sec-watch", group="security", severity=Severity.WATCH, certainty="estimated"),
            a_rule("cap-blind", group="capacity"),
            a_rule("perf-passed", group="performance"),
        ),
        system_identifier="7",
    )


@pytest.fixture
def review(run: AuditRun) -> AuditReview:
    """The run beside an earlier one: new, still there, waived, a waiver that ran out, gone."""
    first, second, *rest = run.results[0].findings
    waived, expired = run.results[1].findings[:2]
    waiver = Waiver(
        "the <i>yearly</i> report", "dba", date(2027, 1, 31), rule="sec-*", object="*", source="waivers.yaml, 1"
    )
    over = replace(waiver, expires=date(2026, 1, 31))
    states = {
        first.fingerprint: Standing("new", AT),
        second.fingerprint: Standing("still", BEFORE),
        waived.fingerprint: Standing("still", BEFORE, waiver=waiver),
        expired.fingerprint: Standing("still", None, expired=over),
        **{found.fingerprint: Standing("new", AT) for found in rest},
    }
    gone = Gone("0123456789abcdef", "perf-passed", "Title of perf-passed", Severity.WATCH, "index", qualified(NAMES[9]),
                "was big", BEFORE, BEFORE)  # fmt: skip
    return AuditReview(run, states, (gone,), BEFORE)
