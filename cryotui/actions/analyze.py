"""ANALYZE: new statistics for the planner."""

from __future__ import annotations

from dataclasses import replace

from cryotui.actions import effects, vacuum
from cryotui.actions.maintenance import Maintenance

ACTION: Maintenance = replace(
    vacuum.ACTION,
    name="analyze",
    title="ANALYZE",
    verb="ANALYZE",
    button="ANALYZE",
    about="Takes new statistics for the planner from a sample of the rows. Reads a part of the table.",
    lock="SHARE UPDATE EXCLUSIVE: reads and writes go on; other maintenance and DDL wait",
    statement="ANALYZE (VERBOSE) {};",
    kinds=frozenset("rmp"),  # a partitioned table too: autovacuum never analyzes one
    check=effects.analyzed,
    expected=effects.expects_analyze,
    done="analyzed",
    undo="none needed: stopped with X, the old statistics stay",
    if_stopped="The old statistics stay.",
    removes_dead_rows=False,
)
