"""What a role reads when the server has no answer: everything that is missing at once."""

from __future__ import annotations

from datetime import UTC, datetime

from cryotui.model.server import Server
from cryotui.pg.refusal import missing_for
from cryotui.probes import probe


def fresh(**more: object) -> Server:
    given: dict[str, object] = {
        "version": "18.4", "major": 18, "minor": 4, "database": "lab", "user": "lab", "superuser": True,
        "memberships": frozenset(), "extensions": {}, "settings": {"shared_preload_libraries": ""}, "standby": False,
        "started_at": datetime.now(UTC), "system_identifier": "1", "timeline": 1, "host": "db1.lab", "port": 5432, "pid": 1,
    }  # fmt: skip
    return Server(**given | more)  # type: ignore[arg-type]


def test_without_library_and_extension_both_are_told_at_once() -> None:
    missing = missing_for(probe("statements"), fresh())
    assert missing is not None and missing.remedy is not None and "restart" in str(missing.who)
    assert "shared_preload_libraries" in missing.sentence
    assert missing.remedy.splitlines() == [
        "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements';",
        "-- restart the server, then",
        "CREATE EXTENSION pg_stat_statements;",
    ]


def test_a_loaded_library_and_a_hidden_list_leave_the_extension_alone() -> None:
    loaded = missing_for(probe("statements"), fresh(libraries=("pg_stat_statements",)))
    hidden = missing_for(probe("statements"), fresh(settings={}))
    assert loaded is not None and hidden is not None
    assert loaded.remedy == hidden.remedy == "CREATE EXTENSION pg_stat_statements;"
