"""What the applications of the sample laboratory say to the server: one function a habit, one turn a call.

A turn is given an open connection and a source of chance, does one round of its work, rests, and returns. Errors of the
server go up to the caller, which ends the transaction and calls again: applications are cancelled and terminated in a
demo, and they come back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from random import Random
from uuid import UUID

import asyncpg

Turn = Callable[[asyncpg.Connection, Random], Awaitable[None]]

MOLECULES, MIXTURES, EXPERIMENTS, PROJECTS, USERS, TEAMS, METHODS = 120_000, 20_000, 30_000, 1_200, 2_000, 40, 12
HELD_MOLECULE = 48_112  # the row that the import leaves locked
IMPORT_SECONDS = 240.0
QUEUE_SECONDS = 40.0
DEADLOCK_EVERY = 240.0
SPILL_EVERY = 45.0

PROPERTIES_OF_MOLECULE = (
    "SELECT p.name, v.numeric_value FROM molecular_properties v JOIN property_types p ON p.id = v.property_type_id "
    "WHERE v.molecule_id = $1 AND v.numeric_value BETWEEN $2 AND $3 ORDER BY p.name"
)
COMPONENTS_OF_PROJECT = (
    "SELECT m.id, m.name, c.amount, c.unit FROM mixtures x JOIN mixture_components c ON c.mixture_id = x.id "
    "JOIN molecules m ON m.id = c.molecule_id WHERE x.project_id = $1"
)
EXPERIMENTS_OF_PROJECT = (
    "SELECT e.id, e.title, e.protocol, e.temperature FROM experiments e WHERE e.project_id = $1 "
    "ORDER BY e.created_at DESC LIMIT 50"
)
NEW_EXPERIMENT = (
    "INSERT INTO experiments (title, protocol, mixture_id, project_id, batch_number, temperature, created_by) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
NEW_PREDICTION = (
    "INSERT INTO predictions (molecule_id, model_id, value, confidence, created_by) VALUES ($1, $2, $3, $4, $5)"
)
OLDER_NEW_PREDICTIONS = (
    "DELETE FROM predictions WHERE id IN "
    "(SELECT id FROM predictions WHERE created_at > now() - interval '1 hour' ORDER BY created_at DESC OFFSET 500)"
)
SPREAD_OF_VALUES = (
    "SELECT property_type_id, percentile_cont(0.9) WITHIN GROUP (ORDER BY numeric_value) FROM molecular_properties "
    "WHERE source = $1 GROUP BY property_type_id"
)
EXPERIMENTS_BY_WORD = (
    "SELECT id, title FROM experiments WHERE to_tsvector('english', title) @@ plainto_tsquery('english', $1) LIMIT 20"
)
NEWEST_PREDICTIONS = "SELECT id, molecule_id, value FROM predictions ORDER BY created_at DESC LIMIT 20"
CHANGES = "SELECT count(*) FROM pg_logical_slot_get_binary_changes($1, NULL, $2, 'proto_version', '1', 'publication_names', $3)"


def key(kind: str, number: int) -> UUID:
    """The id that the laboratory gave to the numbered row of a kind (``molecule``, ``user``, …)."""
    return UUID(hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).hexdigest())


def any_of(kind: str, count: int, dice: Random) -> UUID:
    """The id of one of the rows of a kind, by chance."""
    return key(kind, dice.randint(1, count))


async def rest(connection: asyncpg.Connection, dice: Random, seconds: float) -> None:
    """A pause about that long; back at once when the server has ended the session."""
    await stay(connection, dice.uniform(0.5, 1.5) * seconds)


async def stay(connection: asyncpg.Connection, seconds: float) -> None:
    """Keep the session as it is for so long; back at once when the server has ended it."""
    if connection.is_closed():
        return
    ended = asyncio.Event()

    def end(_: object) -> None:
        ended.set()

    connection.add_termination_listener(end)
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        connection.remove_termination_listener(end)


async def read_molecules(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-api: pages about a molecule; these queue behind whoever waits for ACCESS EXCLUSIVE on molecules."""
    await connection.fetch(
        "SELECT id, name, smiles, inchikey FROM molecules WHERE id = $1", any_of("molecule", MOLECULES, dice)
    )
    if dice.random() < 0.1:
        await connection.fetch(COMPONENTS_OF_PROJECT, any_of("project", PROJECTS, dice))
    await read_around(connection, dice)


async def read_around(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-api: everything that needs no molecule; goes on while the others queue."""
    chance = dice.random()
    if chance < 0.6:
        await connection.fetch(PROPERTIES_OF_MOLECULE, any_of("molecule", MOLECULES, dice), -20.0, 200.0)
    elif chance < 0.75:
        await connection.fetch(EXPERIMENTS_OF_PROJECT, any_of("project", PROJECTS, dice))
    elif chance < 0.8:
        await connection.fetch(EXPERIMENTS_BY_WORD, f"{dice.randint(1, EXPERIMENTS)} viability")
    elif chance < 0.85:
        await connection.fetch(NEWEST_PREDICTIONS)
    elif chance < 0.9:
        await connection.fetch("SELECT id, name FROM projects WHERE team_id = $1", any_of("team", TEAMS, dice))
    else:
        await connection.fetch(
            "SELECT t.id, t.name FROM teams t JOIN user_profile u ON u.team_id = t.id WHERE u.id = $1",
            any_of("user", USERS, dice),
        )
    await rest(connection, dice, 0.25)


async def write_a_little(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-api: small updates, most of them heap-only, a new experiment now and then, and one that is taken back."""
    chance = dice.random()
    if chance < 0.4:
        await connection.execute(
            "UPDATE user_profile SET last_seen_at = now() WHERE id = $1", any_of("user", USERS, dice)
        )
    elif chance < 0.7:
        await connection.execute(
            "UPDATE mixtures SET updated_at = now() WHERE id = $1", any_of("mixture", MIXTURES, dice)
        )
    elif chance < 0.85:
        await connection.execute(
            "UPDATE molecules SET updated_at = now() WHERE id = $1", any_of("molecule", MOLECULES, dice)
        )
    else:
        await connection.execute("BEGIN")
        number = dice.randint(1, EXPERIMENTS)
        values = (f"Run {number}, again", "Repeat of an earlier run.", any_of("mixture", MIXTURES, dice))
        people = (any_of("project", PROJECTS, dice), f"B-{900_000 + number}", -80.0, any_of("user", USERS, dice))
        await connection.execute(NEW_EXPERIMENT, *values, *people)
        await connection.execute("ROLLBACK" if dice.random() < 0.3 else "COMMIT")
    await rest(connection, dice, 0.4)


async def update_the_held_row(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-api: an update of the row that the import has locked; gives up after the role's lock_timeout."""
    await connection.execute("UPDATE molecules SET updated_at = now() WHERE id = $1", key("molecule", HELD_MOLECULE))


async def delete_the_held_row(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-worker: wants to delete that row, waits as well, and takes it back should it get that far."""
    await connection.execute("BEGIN")
    await connection.execute("DELETE FROM molecules WHERE id = ANY($1)", [key("molecule", HELD_MOLECULE)])
    await connection.execute("ROLLBACK")


async def predict(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-worker: new predictions in, old ones of its own out, so that the table keeps its size."""
    rows = [
        (
            any_of("molecule", MOLECULES, dice),
            any_of("method", METHODS, dice),
            dice.uniform(0, 100),
            dice.random(),
            any_of("user", USERS, dice),
        )
        for _ in range(6)
    ]
    await connection.executemany(NEW_PREDICTION, rows)
    if dice.random() < 0.1:
        await connection.execute(OLDER_NEW_PREDICTIONS)
    if dice.random() < 0.05:
        await connection.fetch("SELECT mixture_id, array_agg(molecule_id) FROM mixture_components GROUP BY mixture_id")
    await rest(connection, dice, 2)


async def summarise(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-worker: a sort too big for its memory, so that temporary files are written, and a count over everything."""
    await connection.execute("SET work_mem = '256kB'")
    await connection.fetch(SPREAD_OF_VALUES, dice.choice(("measured", "pubchem", "literature", "calculated")))
    await rest(connection, dice, SPILL_EVERY / 2)
    await connection.fetchval("SELECT count(*) FROM molecular_properties WHERE text_value IS NOT NULL")
    await rest(connection, dice, SPILL_EVERY / 2)


def rename_in_order(first: int, second: int) -> Turn:
    """lab-worker: two mixtures in one transaction. Two of these with the order turned round meet in a deadlock."""

    async def turn(connection: asyncpg.Connection, dice: Random) -> None:
        await stay(connection, DEADLOCK_EVERY - time.time() % DEADLOCK_EVERY)
        async with connection.transaction():
            for number in (first, second):
                await connection.execute(
                    "UPDATE mixtures SET name = $1 WHERE id = $2", f"VM{number}", key("mixture", number)
                )
                await asyncio.sleep(0.5)

    return turn


async def call_the_api(connection: asyncpg.Connection, dice: Random) -> None:
    """postgrest: a request of the web client, with the role and the claims that row security looks at."""
    user = any_of("user", USERS, dice)
    role = dice.choice(("anon", "authenticated"))
    async with connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {role}")
        claims = json.dumps({"sub": str(user), "role": role})
        await connection.fetchval("SELECT set_config($1, $2, true)", "request.jwt.claims", claims)
        if dice.random() < 0.5:
            await connection.fetch(
                "SELECT id, title, temperature FROM experiments WHERE project_id = $1 LIMIT 20",
                any_of("project", PROJECTS, dice),
            )
        elif dice.random() < 0.7:
            await connection.fetch(
                "SELECT id, value, confidence FROM predictions WHERE molecule_id = $1",
                any_of("molecule", MOLECULES, dice),
            )
        else:
            await connection.fetch(
                "SELECT * FROM search_molecules($1)", dice.choice(("Glycerol derivative 11", "Betaine derivative 8"))
            )
    await rest(connection, dice, 1)


async def log_people_in(connection: asyncpg.Connection, dice: Random) -> None:
    """gotrue: sessions that are refreshed and the trail of it."""
    user = any_of("user", USERS, dice)
    await connection.fetch("SELECT role, raw_app_meta_data FROM auth.users WHERE id = $1", user)
    await connection.execute(
        "UPDATE auth.sessions SET refreshed_at = now() WHERE id = $1", any_of("session", 5000, dice)
    )
    if dice.random() < 0.2:
        payload = json.dumps({"action": "token_refreshed", "actor_id": str(user)})
        await connection.execute("INSERT INTO auth.audit_log_entries (payload) VALUES ($1)", payload)
    await rest(connection, dice, 1.5)


async def follow_changes(connection: asyncpg.Connection, dice: Random) -> None:
    """realtime: reads its replication slot."""
    await connection.fetchval(CHANGES, "cdc_lab", 2000, "supabase_realtime")
    await rest(connection, dice, 4)


async def import_and_forget(connection: asyncpg.Connection, dice: Random) -> None:
    """lab-import: changes two rows and then sits in its transaction for minutes."""
    async with connection.transaction():
        held = key("molecule", HELD_MOLECULE)
        known = await connection.fetchval("SELECT inchikey FROM molecules WHERE id = $1", held)
        await connection.execute(
            "UPDATE mixture_components SET amount = $1 WHERE id = $2", dice.uniform(1, 60), key("component", 11)
        )
        await connection.execute("UPDATE molecules SET inchikey = $1 WHERE id = $2", known, held)
        await stay(connection, IMPORT_SECONDS)


async def change_the_table(connection: asyncpg.Connection, dice: Random) -> None:
    """migrate: wants ACCESS EXCLUSIVE on molecules, and whoever comes later queues behind it."""
    await connection.execute(f"SET lock_timeout = '{QUEUE_SECONDS:.0f}s'")
    await connection.execute("ALTER TABLE molecules ADD COLUMN IF NOT EXISTS logp_source text")


async def copy_slowly(connection: asyncpg.Connection, dice: Random) -> None:
    """pg_dump: copies a table to a reader that takes its time, so that the copy can be watched."""
    taken = 0

    async def take(data: bytes) -> None:
        nonlocal taken
        taken += len(data)
        if taken > 400_000:
            taken = 0
            await asyncio.sleep(0.5)

    await connection.copy_from_table("experiments", schema_name="public", output=take)


async def look_around(connection: asyncpg.Connection, dice: Random) -> None:
    """psql: somebody's hand, now and then."""
    await connection.fetchval("SELECT count(*) FROM experiments WHERE temperature < $1", dice.uniform(-190, -20))
    await rest(connection, dice, 30)
