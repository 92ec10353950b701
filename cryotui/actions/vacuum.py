"""VACUUM: make the space of dead rows usable again; nobody is kept out."""

from __future__ import annotations

from cryotui.actions import effects, locks, relations
from cryotui.actions.maintenance import WORK_LOCK_SECONDS, Maintenance
from cryotui.model.action import Level

ACTION = Maintenance(
    name="vacuum",
    title="VACUUM",
    verb="VACUUM",
    button="VACUUM",
    key="V",
    level=Level.OPERATE,
    about="Makes the space of dead rows usable again and moves the xid horizon. Gives the disk only empty pages at its end.",
    fields=(relations.TABLE_FIELDS,),
    lock="SHARE UPDATE EXCLUSIVE: reads and writes go on; other maintenance and DDL wait",
    rights="owner of the table or the database, MAINTAIN (17+), superuser",
    changes=("tables", "table_activity", "table_sizes", "bloat", "table_detail", "autovacuum_queue", "progress"),
    noun=("table", "tables"),
    done="vacuumed",
    word="table",
    statement="VACUUM (VERBOSE) {};",
    lock_mode=locks.SHARE_UPDATE_EXCLUSIVE,
    lock_seconds=WORK_LOCK_SECONDS,
    kinds=frozenset("rmt"),
    right="vacuum",
    check=effects.vacuumed,
    waits=f"{WORK_LOCK_SECONDS:.0f} s for the lock, then gives up with nothing changed.",
    undo="none needed: stopped with X, what it cleaned so far stays clean",
    if_stopped="What it cleaned so far stays clean.",
    expected=effects.expects_vacuum,
    removes_dead_rows=True,
)
