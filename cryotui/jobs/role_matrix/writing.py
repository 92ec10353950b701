"""Probes that write one row as a role and roll it back: whether a policy lets it through.

What a rollback does not undo is kept from happening: a table whose trigger, rule or cascade would act is left alone unless
that was asked for, and an INSERT gives a value to every column, since a default that calls nextval moves its sequence for
good (PostgreSQL's documentation of sequence functions). Policies are checked before constraints are (its documentation of
CREATE POLICY: after BEFORE ROW triggers, before any other constraint), so that a row refused by a constraint has passed them.
Notifications wait for a commit, and deferred constraints for the same; neither comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryotui.jobs.role_matrix.attempt import Attempt, Guise, is_lost
from cryotui.jobs.role_matrix.catalog import COLUMNS, Relation, Role
from cryotui.jobs.role_matrix.quoting import identifier, literal
from cryotui.jobs.role_matrix.verdict import CHECKED_BY_POLICY, refused, said, why_allowed
from cryotui.model.role_matrix import Answer, Cell, Command, Proof
from cryotui.pg.verbatim import Connection

TRIES = 5
"""Visible rows that are tried before a probe gives up."""

_SAVEPOINT = "cryotui_row"


async def written_cell(
    connection: Connection,
    relation: Relation,
    role: Role,
    command: Command,
    claims: Mapping[str, object],
    seconds: float,
) -> Cell | None:
    """Whether a role's write of one row passes the policies; None when there is no row or right to try it with.

    Goes in: a table or partitioned table on which the role has the grant and a permissive policy, if any limits it. The
    role's rows stay as they are. Locks of one row are held until the rollback, a statement's time at most.
    """
    guise = Guise(role.name, relation.schema, claims, command, relation.name)
    try:
        async with Attempt(connection, guise, seconds, writing=True) as inside:
            columns = await inside.fetch(COLUMNS, relation.oid, role.oid)
            writer = _Writer(inside, relation, role, columns)
            return await {"insert": writer.insert, "update": writer.update, "delete": writer.delete}[command]()
    except Exception as error:
        return await refused(connection, relation, role, command, error, seconds)


class _Writer:
    """One probe inside its transaction, as the role."""

    def __init__(self, inside: Connection, relation: Relation, role: Role, columns: Any) -> None:
        self._inside = inside
        self._relation = relation
        self._role = role
        self._columns = columns
        self._table = identifier(relation.schema, relation.name)

    async def insert(self) -> Cell | None:
        """A copy of a row it sees, else a row of NULLs: no column is left to its default."""
        given = [column for column in self._columns if not column["generated"]]
        if not given or any(column["defaulted"] for column in given if not column["insertable"]):
            return None  # a default would run
        given = [column for column in given if column["insertable"]]
        names = ", ".join(identifier(column["name"]) for column in given)
        into = f"INSERT INTO {self._table} ({names}) OVERRIDING SYSTEM VALUE"
        values = ", ".join(
            identifier(column["name"]) if column["readable"] else f"NULL::{column['type']}" for column in given
        )
        refusals = 0
        for row in await self._visible():
            outcome = await self._attempt(f"{into} SELECT {values} FROM {self._table} WHERE {_at(row)}")
            if outcome not in ("policy", "none"):
                return self._passed("insert", outcome, "a copy of a row it sees")
            refusals += outcome == "policy"
        if refusals:
            reason = f"WITH CHECK refuses a copy of each of {refusals} rows it sees; a row of its own may pass"
            return Cell(self._role.name, "insert", Answer.DENIED, Proof.ROWS, reason, "42501")
        if self._relation.kind == "p" or any(column["domain"] for column in given):
            return None  # finding a partition, or the domain, would refuse the NULLs before the policy is asked
        outcome = await self._attempt(f"{into} VALUES ({', '.join('NULL' for _ in given)})")
        return None if outcome == "policy" else self._passed("insert", outcome, "even a row of NULLs")

    async def update(self) -> Cell | None:
        """The first row its policies let it update, set to what it is."""
        usable = [
            c for c in self._columns if c["updatable"] and c["readable"] and not c["generated"] and not c["always"]
        ]
        if not usable or not await self._reads_whole_rows():
            return None
        column = identifier(min(usable, key=lambda one: bool(one["indexed"]))["name"])
        rows = await self._inside.fetch(
            f"SELECT ctid::text AS place, tableoid::text AS part FROM {self._table} LIMIT 1 FOR UPDATE SKIP LOCKED"
        )
        if not rows:
            if self._unhindered("update"):
                return None
            return Cell(self._role.name, "update", Answer.EMPTY, Proof.TRIED, "no row it may update, or all are locked")
        outcome = await self._attempt(f"UPDATE {self._table} SET {column} = {column} WHERE {_at(rows[0])}")
        if outcome == "policy":
            reason = "WITH CHECK refuses the row unchanged"
            return Cell(self._role.name, "update", Answer.DENIED, Proof.ROWS, reason, "42501")
        return None if outcome == "none" else self._passed("update", outcome, "one row, unchanged")

    async def delete(self) -> Cell | None:
        """The first of the rows it sees that it may delete."""
        if not await self._reads_whole_rows():
            return None
        rows = await self._visible()
        for row in rows:
            outcome = await self._attempt(f"DELETE FROM {self._table} WHERE {_at(row)}")
            if outcome not in ("none", "policy"):
                return self._passed("delete", outcome, "one row")
        if not rows:
            if self._unhindered("delete"):
                return None
            return Cell(self._role.name, "delete", Answer.EMPTY, Proof.TRIED, "it sees no row to delete")
        reason = f"none of {len(rows)} rows it sees can be deleted" + ("; another may" if len(rows) == TRIES else "")
        proof = Proof.ROWS if len(rows) == TRIES else Proof.TRIED
        return Cell(self._role.name, "delete", Answer.EMPTY, proof, reason)

    def _unhindered(self, command: Command) -> bool:
        """Whether only the lack of a row is in the way: each that comes can be written."""
        return self._relation.reach(self._role, command) in ("open", "past")

    async def _reads_whole_rows(self) -> bool:
        """Whether the place of a row can be read: that is a matter of the table's grant, not of a column's."""
        return bool(self._relation.grants.get(self._role.oid, {}).get("whole"))

    async def _visible(self) -> list[Any]:
        if not await self._reads_whole_rows():
            return []
        return list(
            await self._inside.fetch(
                f"SELECT ctid::text AS place, tableoid::text AS part FROM {self._table} LIMIT {TRIES}"
            )
        )

    async def _attempt(self, statement: str) -> str:
        """``done``, ``none`` (no row was met), ``policy`` (refused by one), or the constraint that stood behind it."""
        await self._inside.execute(f"SAVEPOINT {_SAVEPOINT}")
        try:
            status = await self._inside.execute(statement)
        except Exception as error:
            sqlstate = getattr(error, "sqlstate", None) or ""
            by_policy = sqlstate == "42501" and getattr(error, "server_source_function", None) == CHECKED_BY_POLICY
            if is_lost(self._inside, error) or not (by_policy or sqlstate.startswith("23")):
                raise
            await self._inside.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
            return "policy" if by_policy else f"then stopped by a constraint: {said(error)}"
        await self._inside.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
        return "none" if str(status).split(" ")[-1] == "0" else "done"

    def _passed(self, command: Command, outcome: str, what: str) -> Cell:
        then = "" if outcome == "done" else f", {outcome}"
        reason = f"{what} passes{then}; {why_allowed(self._relation, self._role, command)}"
        return Cell(self._role.name, command, Answer.ALLOWED, Proof.POLICY, reason)


def _at(row: Any) -> str:
    """The condition that meets one row, wherever in a tree of partitions it is."""
    return f"ctid = {literal(row['place'])}::tid AND tableoid = {literal(row['part'])}::oid"
