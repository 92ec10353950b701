"""VACUUM FULL: write the table anew, without its empty space; nobody reads or writes it meanwhile."""

from __future__ import annotations

from cryotui.actions import effects, locks, relations
from cryotui.actions.maintenance import EXCLUSIVE_LOCK_SECONDS, Maintenance
from cryotui.actions.relations import Relation
from cryotui.model.action import Level
from cryotui.model.server import Server


def _milder(server: Server, subject: Relation) -> str:
    here = [name for name in ("pg_repack", "pg_squeeze") if name in server.extensions]
    also = f"{here[0]} is here and blocks only for moments" if here else "pg_repack is not here"
    return f"VACUUM gives back no disk but blocks nobody; {also}"


CHANGES = (
    "tables", "table_activity", "table_sizes", "table_parts", "table_detail", "bloat", "indexes", "index_bloat", "progress",
)  # fmt: skip

ACTION = Maintenance(
    name="vacuum-full",
    title="VACUUM FULL",
    verb="VACUUM FULL",
    button="VACUUM FULL",
    key="V",
    level=Level.DANGER,
    about="Writes the table and its indexes anew and gives the empty space back to the disk.",
    fields=(relations.TABLE_FIELDS,),
    lock="ACCESS EXCLUSIVE: nobody reads or writes it until it ends",
    rights="owner of the table or the database, MAINTAIN (17+), superuser",
    changes=CHANGES,
    noun=("table", "tables"),
    done="rewritten",
    word="table",
    destroys=True,
    statement="VACUUM (FULL, ANALYZE, VERBOSE) {};",
    lock_mode=locks.ACCESS_EXCLUSIVE,
    lock_seconds=EXCLUSIVE_LOCK_SECONDS,
    kinds=frozenset("rm"),
    right="vacuum",
    check=effects.rewritten,
    waits=f"{EXCLUSIVE_LOCK_SECONDS:.0f} s for the lock, then gives up with nothing changed.",
    undo="none needed: stopped with X, the table stays as it was",
    if_stopped="The table is as it was.",
    expected=effects.expects_rewrite,
    milder=_milder,
    unsuitable=lambda subject: (
        f"VACUUM FULL {subject.label} refused: it is a system catalog; the whole database would stand still."
        if subject.catalog
        else None
    ),
    needs_disk=True,
)
