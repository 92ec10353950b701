"""What the console is shown: tables with names that break careless tools, statements that try to steer the terminal."""

from __future__ import annotations

import psycopg
from hostile_names import HOSTILE, quoted

TITLE = "\x1b]0;owned\x07"
CLIPBOARD = "\x1b]52;c;b3duZWQ=\x07"
MARKUP = "[@click=app.quit]free[/] [bold]x[/bold] [/"
STEERING = (
    "\x1b]0;owned", "\x1b]52;c;b3duZWQ", "\x1b[31mred", "\x1b[2Jgone", "\x9b31mC1", "\u202e", "\u2066", "\x1b[?1049lleft",
)  # fmt: skip
"""What must never reach the terminal: the beginnings of the sequences planted here and in the names."""

TEXTS = (
    f"planted title {TITLE}",
    f"planted clipboard {CLIPBOARD}",
    f"planted markup {MARKUP}",
    "planted lines\n\n\n   second line\r\n\ttabbed",
    "planted clear \x1b[2Jgone \x1b[?1049lleft \x1b[31mred \x9b31mC1",
    "planted bidi \u202eevil \u2066isolate \u200bnothing",
    "planted megabyte " + "long " * 200_000,
)
STATEMENTS = tuple(f"SELECT /* {text} */ pg_sleep(0.1){', 1' * n}" for n, text in enumerate(TEXTS))
"""Comments, because literals are left out of pg_stat_statements; each of another shape, to be kept apart."""

STRANGER = "planted_stranger"
ROWS = 3000


def plant(uri: str) -> None:
    """Fill a database: ordinary tables, hostile names, a table of somebody else."""
    with psycopg.connect(uri, autocommit=True, application_name="planter") as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        connection.execute("CREATE SCHEMA lab")
        connection.execute("CREATE TABLE lab.molecules (id int PRIMARY KEY, name text, mass float8)")
        connection.execute(f"INSERT INTO lab.molecules SELECT n, 'm' || n, n FROM generate_series(1, {ROWS}) AS n")
        connection.execute("CREATE INDEX molecules_name ON lab.molecules (name)")
        connection.execute("CREATE INDEX molecules_name_again ON lab.molecules (name)")
        connection.execute("CREATE TABLE lab.vials (id int PRIMARY KEY, molecule int REFERENCES lab.molecules)")
        connection.execute("INSERT INTO lab.vials SELECT n, n FROM generate_series(1, 50) AS n")
        connection.execute("UPDATE lab.molecules SET mass = mass + 1 WHERE id % 3 = 0")
        connection.execute("CREATE SCHEMA hostile")
        for name in HOSTILE:
            table = f"hostile.{quoted(name)}"
            connection.execute(f"CREATE TABLE {table} (id int PRIMARY KEY)")  # type: ignore[call-overload]
            connection.execute(f"INSERT INTO {table} VALUES (1)")  # type: ignore[call-overload]
            connection.execute(f"COMMENT ON TABLE {table} IS 'planted {MARKUP}'")  # type: ignore[call-overload]
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (STRANGER,)).fetchone():
            connection.execute(f"CREATE ROLE {STRANGER} LOGIN")
        connection.execute("CREATE TABLE lab.not_ours (id int PRIMARY KEY)")
        connection.execute(f"ALTER TABLE lab.not_ours OWNER TO {STRANGER}")
        connection.execute("SELECT pg_stat_force_next_flush()")


def run_statements(uri: str) -> None:
    """Run the statements that try to steer, so that they lead every list of statements."""
    with psycopg.connect(uri, autocommit=True, application_name="planter") as connection:
        connection.execute("SELECT pg_stat_statements_reset()")
        for statement in STATEMENTS:
            connection.execute(statement.encode())  # type: ignore[call-overload]
