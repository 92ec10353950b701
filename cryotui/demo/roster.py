"""Who talks to the laboratory: its applications, session by session, and when each of them does."""

from __future__ import annotations

from collections.abc import Iterator

from cryotui.demo.traffic import (
    Turn,
    call_the_api,
    change_the_table,
    copy_slowly,
    delete_the_held_row,
    follow_changes,
    import_and_forget,
    log_people_in,
    look_around,
    predict,
    read_around,
    read_molecules,
    rename_in_order,
    summarise,
    update_the_held_row,
    write_a_little,
)
from cryotui.model.record import dataclass

QUEUE_EVERY = 90.0


@dataclass(frozen=True, slots=True)
class Client:
    """One session of an application.

    ``every`` is None for a session that stays open; else it connects for one turn every so many seconds, the first time
    ``begins`` seconds after the start. ``back`` is how many seconds it takes to come back after the server ended it.
    """

    application: str
    user: str
    turn: Turn
    every: float | None = None
    begins: float = 0.0
    back: float = 1.5


def clients() -> Iterator[Client]:
    """Everybody who talks to the laboratory."""
    pool: tuple[Turn, ...] = (read_molecules,) * 5 + (read_around,) * 2 + (write_a_little,)
    for turn in pool:
        yield Client("lab-api", "lab_app", turn)
    for turn in (predict, summarise, rename_in_order(101, 202), rename_in_order(202, 101)):
        yield Client("lab-worker", "lab_app", turn)
    yield Client("lab-import", "lab_app", import_and_forget, back=15.0)
    for _ in range(2):
        yield Client("postgrest", "authenticator", call_the_api)
    yield Client("gotrue", "supabase_auth_admin", log_people_in)
    yield Client("realtime", "supabase_admin", follow_changes)
    yield Client("psql", "lab_owner", look_around)
    # The queue: two wait for the row that the import holds, the ALTER TABLE for the table, the readers for that.
    yield Client("lab-api", "lab_app", update_the_held_row, every=QUEUE_EVERY, begins=1.5)
    yield Client("lab-worker", "lab_app", delete_the_held_row, every=QUEUE_EVERY, begins=2.0)
    yield Client("migrate", "lab_owner", change_the_table, every=QUEUE_EVERY, begins=2.5)
    yield Client("pg_dump", "supabase_admin", copy_slowly, every=60.0, begins=15.0)
