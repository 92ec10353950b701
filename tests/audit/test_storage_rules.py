"""Rules about TOAST, large objects and what is searched without an index: what they may not see is never a pass."""

from __future__ import annotations

from typing import Any

import asyncpg
from judging import until

from cryotui.audit import audit, rule
from cryotui.model.finding import RuleResult

EMPTIED = """
CREATE TABLE t (id int, long text);
ALTER TABLE t ALTER COLUMN long SET STORAGE EXTERNAL;
INSERT INTO t SELECT n, repeat('x', 6000) FROM generate_series(1, 100) AS n;
DELETE FROM t WHERE id < 95
"""


async def _asked(connection: asyncpg.Connection[Any], rule_id: str, **limits: float) -> RuleResult:
    given = {f"{rule_id}.{name}": value for name, value in limits.items()}
    return (await audit(connection, [rule(rule_id)], limits=given)).results[0]


async def _toast(connection: asyncpg.Connection[Any]) -> RuleResult:
    return await _asked(connection, "perf-toast-bloat", gb=0.0001)


async def test_large_toast_that_nothing_can_measure_names_the_extension_then_the_grant(
    own: asyncpg.Connection[Any],
) -> None:
    assert (await _toast(own)).missing is None
    await own.execute(EMPTIED)
    # the counters are shown a moment late, and only what was deleted makes it a suspect
    await own.execute("SELECT pg_sleep(1.1)")
    await own.execute("VACUUM t")
    missing = (await _toast(own)).missing
    assert missing is not None
    assert (missing.kind, missing.remedy) == ("extension", "CREATE EXTENSION pgstattuple;")
    await own.execute(
        "CREATE EXTENSION pgstattuple; CREATE ROLE looker; GRANT USAGE ON SCHEMA public TO looker; SET ROLE looker"
    )
    refused = (await _toast(own)).missing
    await own.execute("RESET ROLE")
    assert refused is not None and refused.remedy is not None
    assert refused.remedy.endswith("GRANT pg_stat_scan_tables TO looker;")
    await own.execute("GRANT pg_stat_scan_tables TO looker; SET ROLE looker")
    allowed = await _toast(own)
    await own.execute("RESET ROLE; DROP OWNED BY looker; DROP ROLE looker")
    assert allowed.missing is None
    assert [found.object for found in allowed.findings] == ["public.t"]


async def test_large_objects_whose_numbers_may_be_in_a_hidden_table_are_not_called_left_over(
    inside: asyncpg.Connection[Any],
) -> None:
    await inside.execute(
        'CREATE TABLE "odd ""name" (file oid); INSERT INTO "odd ""name" VALUES (lo_create(0));'
        "CREATE ROLE looker; SET LOCAL ROLE looker"
    )
    result = await _asked(inside, "int-orphan-large-objects")
    assert result.findings == ()
    assert result.missing is not None and result.missing.kind == "privilege"
    assert result.missing.remedy == 'GRANT SELECT ON public."odd ""name" TO looker;'
    await inside.execute("RESET ROLE; SET LOCAL ROLE NONE")
    seen = await _asked(inside, "int-orphan-large-objects")
    assert (seen.findings, seen.missing) == ((), None)


async def test_an_index_is_suggested_only_from_statistics_that_the_role_may_see(own: asyncpg.Connection[Any]) -> None:
    await own.execute(
        "CREATE EXTENSION pg_stat_statements; CREATE TABLE t (a int, b int);"
        "INSERT INTO t SELECT n, n FROM generate_series(1, 5000) AS n; ANALYZE t"
    )
    await own.execute("SELECT count(*) FROM t WHERE b = 7")
    limits = {"rows": 1000, "calls": 1, "milliseconds": 0}

    async def suggested() -> bool:  # once the session has reported its scan, which may take some tries
        await own.execute("SELECT pg_sleep(1.1)")
        await own.execute("SELECT 1")
        found = (await _asked(own, "perf-index-suggestion", **limits)).findings
        return [one.object for one in found] == ["public.t.b"]

    await until(suggested)
    await own.execute("CREATE ROLE looker; GRANT pg_monitor TO looker; SET ROLE looker")
    hidden = await _asked(own, "perf-index-suggestion", **limits)
    await own.execute("RESET ROLE; DROP ROLE looker")
    assert hidden.findings == ()
    assert hidden.missing is not None and hidden.missing.remedy == "GRANT SELECT ON public.t TO looker;"
