"""The sample laboratory: every planted trouble that has a rule is found, once, and its fix as it is printed closes it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from dial import Connect

from cryotui.audit import audit, rule, rules, select
from cryotui.demo import laboratory
from cryotui.demo.cluster import Cluster
from cryotui.demo.installation import find_embedded
from cryotui.demo.planted import PLANTED
from cryotui.model.finding import Severity

LIMITS = {"perf-unused-index.days": 0, "bak-slot-inactive.watch": 0}
"""The laboratory is minutes old, its counters and slots too."""

BEYOND_GRANTS = ("version", "setting", "unmeasured", "budget")
"""What no right helps against: a list of releases that is older than the server, a size of the disk that nobody told, dumps
that leave no trace in the server, indexes beyond the limits of a rule."""


def _of(rule_id: str) -> dict[str, float]:
    return {name: value for name, value in LIMITS.items() if name.startswith(f"{rule_id}.")}


@pytest.fixture(scope="module")
def laboratory_uri() -> Iterator[str]:
    cluster = Cluster(find_embedded(), settings=laboratory.SETTINGS, initdb=laboratory.INITDB)
    try:
        cluster.start(laboratory.LOADING)
        asyncio.run(laboratory.build(cluster, lambda words, done: None))
        yield cluster.uri(laboratory.DATABASE)
    finally:
        cluster.stop()


@pytest.mark.parametrize("role", ["cryo_ops", "lab_ro"])
async def test_a_role_with_only_pg_monitor_or_less_is_told_which_grant_it_lacks(
    connect: Connect, laboratory_uri: str, role: str
) -> None:
    connection = await connect(laboratory_uri, user=role)
    run = await audit(connection, select(), limits=LIMITS)
    unchecked = {result.rule: result.missing for result in run.unchecked}
    assert {"cap-sequence-exhaustion", "int-missing-fk-candidate", "int-fk-orphan-rows"} <= set(unchecked)
    for missing in unchecked.values():
        assert missing is not None
        if missing.kind in BEYOND_GRANTS:
            continue
        # what no grant gives, a superuser sees
        assert missing.who == "a superuser" if missing.remedy is None else missing.remedy.startswith("GRANT "), missing


async def test_planted_troubles_are_found_once_and_their_fixes_close_them(
    connect: Connect, laboratory_uri: str
) -> None:
    connection = await connect(laboratory_uri)
    run = await audit(connection, select(), limits=LIMITS)
    # a superuser is refused nothing, and no rule fails
    assert {result.missing.kind for result in run.unchecked if result.missing} <= set(BEYOND_GRANTS)
    known = {found.id for found in rules()}
    for planted in PLANTED:
        if planted.rule in known and planted.lasting:
            hits = [found for found in run.counted if found.rule == planted.rule and planted.object in found.object]
            assert len(hits) == 1, planted
    assert max(Counter(found.fingerprint for found in run.findings).values()) == 1
    assert max(Counter(found.fix for found in run.findings if found.fix).values()) == 1
    orphans = next(found for found in run.findings if found.rule == "int-fk-orphan-rows")
    assert (orphans.object, orphans.evidence) == ("public.mixture_components.mixture_id", "1,204 lack a mixture")
    assert {found.object.split(".")[0] for found in run.findings if found.managed} <= {"auth", "storage", "realtime"}

    for finding in run.counted:
        if finding.severity is Severity.INFO or finding.fix is None:
            assert finding.detail, finding
            continue
        for statement in finding.fix.split("\n"):
            await connection.execute(statement)
        # the server reads its files a moment after a reload
        deadline = time.monotonic() + 30
        while finding.object in {
            found.object for found in (await audit(connection, [rule(finding.rule)], limits=_of(finding.rule))).counted
        }:
            assert time.monotonic() < deadline, finding
            await asyncio.sleep(0.1)
