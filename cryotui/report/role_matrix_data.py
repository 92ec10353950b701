"""The role probes as data for programs: JSON with a schema version that grows when a key changes, and CSV."""

from __future__ import annotations

import json
from typing import Any

from cryotui import __version__
from cryotui.model.exposure import exposed_first, exposures
from cryotui.model.role_matrix import Cell, RoleMatrix
from cryotui.model.secrets import redact_data
from cryotui.report.pane import as_csv, plain
from cryotui.report.role_matrix_summary import reached
from cryotui.report.role_matrix_words import one_line, outcome

SCHEMA_VERSION = 1


def as_json(matrix: RoleMatrix) -> str:
    """One object: ``schema_version``, ``run``, ``target``, ``server``, ``reached``, ``tables``, ``members``, ``scenarios``,
    ``gaps``.

    Names are exact; every character beyond ASCII is escaped, so that none steers a terminal.
    """
    document = {
        "schema_version": SCHEMA_VERSION,
        "run": {
            "started_at": plain(matrix.started_at),
            "seconds": round(matrix.seconds, 3),
            "complete": matrix.complete,
            "reason": matrix.reason,
            "writes": matrix.probing.writes,
            "limit": matrix.probing.limit,
            "claims": redact_data(matrix.probing.claims),
            "cryotui": __version__,
        },
        "target": matrix.target,
        "server": {"version": matrix.server_version, "database": matrix.database},
        "role": matrix.role,
        "roles": list(matrix.roles),
        "schemas": {"names": list(matrix.schemas), "from": matrix.schemas_from},
        "reached": [
            {"role": one.role, "fact": one.fact.value, "tables": [table.label for table in one.tables]}
            for one in reached(matrix)
        ],
        "tables": [
            {
                "schema": table.schema,
                "name": table.name,
                "kind": table.kind,
                "row_security": table.row_security,
                "forced": table.forced,
                "exposures": [
                    {"mark": one.mark, "role": one.role, "fact": one.fact.value, "what": one.what}
                    for one in exposures(table)
                ],
                "cells": [_cell(cell) for cell in table.cells],
            }
            for table in matrix.tables
        ],
        "members": [
            {
                "role": access.role,
                "login": access.login,
                "superuser": access.superuser,
                "bypasses_row_security": access.superuser or access.bypasses,
                "members": list(access.members),
                "superusers": list(access.superusers),
                "sessions_visible": access.sessions_visible,
                "sessions": [
                    {"user": one.user, "application": one.application, "client": one.client, "count": one.count}
                    for one in access.sessions
                ],
            }
            for access in matrix.access
        ],
        "scenarios": [
            {
                "name": result.scenario.name,
                "outcome": outcome(result),
                "misnamed": result.misnamed,
                "expected": str(result.scenario.expect),
                "saw": result.saw,
                "role": result.scenario.role,
                "table": result.scenario.table,
                "schema": result.scenario.schema,
                "command": result.scenario.command,
                "source": result.scenario.source,
                "seconds": round(result.seconds, 3),
            }
            for result in matrix.scenarios
        ],
        "gaps": list(matrix.gaps),
    }
    return json.dumps(document, indent=1) + "\n"


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "role": cell.role,
        "command": cell.command,
        "answer": cell.answer.value,
        "proof": cell.proof.value if cell.proof else None,
        "reason": cell.reason,
        "sqlstate": cell.sqlstate,
        "rows_seen": cell.seen.rows if cell.seen else None,
        "rows_seen_at_least": cell.seen.at_least if cell.seen else None,
        "rows_there": cell.there.rows if cell.there else None,
        "rows_there_at_least": cell.there.at_least if cell.there else None,
        "reach": cell.reach,
    }


def as_rows(matrix: RoleMatrix) -> str:
    """CSV: one row a cell, names on one line with every sign visible."""
    rows = [
        {"schema": table.schema, "table": table.name, "kind": table.kind, "row_security": table.row_security}
        | _cell(cell)
        for table in exposed_first(matrix.tables)
        for cell in table.cells
    ]
    return as_csv(
        [{key: one_line(cell) if isinstance(cell, str) else cell for key, cell in row.items()} for row in rows]
    )
