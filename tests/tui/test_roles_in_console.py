"""A table tried as each role from the console, and scenarios: rolled back, and never a write that was not asked for."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from console_fixture import Opens
from driven import Driven
from test_audit_in_console import run
from test_keys_act import one

SCENE = """
CREATE ROLE anon NOLOGIN;
CREATE ROLE authenticated NOLOGIN;
CREATE TABLE public.notes (id int PRIMARY KEY, owner text);
INSERT INTO public.notes SELECT n, 'ann' FROM generate_series(1, 12) AS n;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.notes TO anon, authenticated;
CREATE POLICY own ON public.notes TO authenticated USING (owner = 'bob');
"""
SECURED = "ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY"
COUNT = "SELECT count(*) FROM public.notes"


@pytest.fixture
def notes(database: str) -> str:
    """A table that the API's roles may use, without row security."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SCENE)
    return database


def on_notes(driven: Driven) -> Driven:
    """The detail of the finding about the table."""
    run(driven)
    driven.keys("/", "rule:sec-rls-disabled of:public.notes", "enter").wait_for("1 of [0-9]+ shown")
    driven.keys("enter").wait_for("Not tried as each role yet")
    return driven


def test_the_detail_of_a_finding_offers_the_try_and_shows_what_came_of_it(notes: str, opened: Opens) -> None:
    driven = on_notes(opened(notes, size=(100, 40)))
    driven.keys("a").wait_for("t  Try it as each role")
    driven.keys("t").wait_for("notes was tried as each role; everything was rolled back")
    driven.line(r"TRIED AS EACH ROLE ─+ row security OFF; \d\d:\d\dZ, rolled back")
    driven.line(r"^ +role +select +insert +update +delete +truncate")
    driven.line(r"^ +anon +12 of 12 +allowed +allowed +allowed +denied")
    driven.line(r"^ +authenticated +12 of 12 +allowed +allowed +allowed +denied")
    driven.line(r"■ anon may insert, update, delete any row")
    driven.line(r"▲ anon reads every row, 12")
    assert "Not tried" not in driven.text
    assert one(notes, COUNT) == 12
    # it stays for the next look at it
    driven.keys("backspace").wait_for("1 of [0-9]+ shown")
    driven.keys("enter").wait_for(r"anon +12 of 12")


def test_from_the_detail_of_a_table_it_lies_over_that_detail(notes: str, opened: Opens) -> None:
    driven = opened(notes, pane="tables", size=(100, 40))
    driven.wait_for("notes")
    driven.keys("enter").wait_for("COLUMNS")
    driven.keys("a").wait_for("t  Try it as each role")
    driven.keys("t").wait_for(r"anon +12 of 12")
    assert "public.notes as each role" in driven.screen[2]
    driven.keys("A").wait_for("t  Try it as each role")
    driven.keys("t").wait_for("notes was tried")
    driven.keys("backspace").wait_for("COLUMNS")


def test_the_result_is_scrolled_to_where_there_is_little_room(notes: str, opened: Opens) -> None:
    driven = on_notes(opened(notes))
    driven.keys("a").wait_for("t  Try it as each role")
    driven.keys("t").wait_for(r"authenticated +12 of 12")


def test_nothing_is_tried_unless_it_is_asked_for(notes: str, opened: Opens) -> None:
    driven = on_notes(opened(notes))
    assert "writes nothing and is rolled back" in " ".join(driven.text.split())
    assert "TRIED AS EACH ROLE" not in driven.text
    logged = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%request.jwt.claims%' AND pid <> pg_backend_pid()"
    assert one(notes, logged) == 0


def test_writes_are_tried_after_a_sheet_and_rolled_back(notes: str, opened: Opens) -> None:
    with psycopg.connect(notes, autocommit=True) as connection:
        connection.execute(SECURED)
        connection.execute("UPDATE public.notes SET owner = 'bob' WHERE id < 3")
    driven = opened(notes, pane="tables", size=(100, 40))
    driven.wait_for("notes")
    driven.keys("A").wait_for("w  Try writes as each role too")
    driven.keys("w").wait_for("INSERT, UPDATE and DELETE of one row of public.notes")
    assert "[ Cancel ]" in driven.text
    driven.until("tab", r"\[ Try writes \]")
    driven.keys("enter").wait_for("notes was tried as each role")
    driven.line(r"TRIED AS EACH ROLE ─+ row security on; \d\d:\d\dZ, writes too, rolled back")
    driven.line(r"authenticated +2 of 12")
    driven.line(r"anon +empty, 0 of 12")
    assert one(notes, COUNT) == 12
    assert one(notes, "SELECT count(*) FROM public.notes WHERE owner = 'bob'") == 2


def test_cancelled_writes_try_nothing(notes: str, opened: Opens) -> None:
    driven = opened(notes, pane="tables")
    driven.wait_for("notes")
    driven.keys("A").wait_for("w  Try writes")
    driven.keys("w").wait_for("INSERT, UPDATE and DELETE")
    driven.until("escape", "Cancelled; nothing was sent")
    assert "TRIED AS EACH ROLE" not in driven.text


def test_on_a_protected_target_writes_want_the_level_and_then_its_name(
    notes: str, opened: Opens, nobodys_home: Path
) -> None:
    folder = nobodys_home / "config" / "cryotui"
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(f"targets:\n  prod:\n    conninfo: '{notes}'\n    protected: true\n")
    driven = opened("prod", pane="tables")
    driven.wait_for("notes")
    driven.keys("A").wait_for(r"\(w  Try writes as each role too\)")
    driven.keys("w").wait_for("Trying writes needs level operate, this session is at observe")
    driven.keys("t").wait_for(r"authenticated +12 of 12")  # reading needs neither
    driven.keys("escape").quiet(0.3, 3)
    driven.keys("L").wait_for("Level: now observe")
    driven.keys("down", "enter").wait_for("Type the name of this target")
    driven.until("ctrl+u prod", "prod▏")
    driven.until("tab", r"\[ operate \]")
    driven.keys("enter").wait_for("Level is operate now")
    driven.keys("A").wait_for(r" w  Try writes as each role too")
    driven.keys("w").wait_for("Type the name of this target to go on")
    assert "PROTECTED" in driven.screen[2]
    driven.until("ctrl+u prod", "prod▏")
    driven.until("tab", r"\[ Try writes \]")
    driven.keys("enter").wait_for("writes too, rolled back")
    assert one(notes, COUNT) == 12


def test_a_read_only_console_tries_no_writes(notes: str, opened: Opens) -> None:
    driven = opened(notes, "--read-only", pane="tables")
    driven.wait_for("notes")
    driven.keys("A").wait_for(r"\(w  Try writes")
    driven.keys("w").wait_for("is read-only: writes are not tried on it")


def test_a_role_that_may_not_become_others_is_told_so(notes: str, opened: Opens) -> None:
    with psycopg.connect(notes, autocommit=True) as connection:
        connection.execute("CREATE ROLE onlooker LOGIN IN ROLE pg_monitor")
        connection.execute(SECURED)
    driven = opened(notes.replace("postgres@", "onlooker@", 1), pane="tables", size=(100, 40))
    driven.wait_for("notes")
    driven.keys("A").wait_for("t  Try it as each role")
    driven.keys("t").wait_for(r"authenticated +\? not checked")
    driven.line(r"^ +anon +empty +denied +empty +empty +denied")
    assert "may not SET ROLE to authenticated" in " ".join(driven.text.split())


def test_without_roles_of_an_api_it_says_that_there_is_none(database: str, opened: Opens) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.plain (id int PRIMARY KEY)")
    driven = opened(database, pane="tables")
    driven.wait_for("plain")
    driven.keys("A").wait_for("t  Try it as each role")
    driven.keys("t").wait_for("None of anon, authenticated, service_role exists here")


def test_keys_go_on_while_it_waits_and_x_ends_it(notes: str, opened: Opens) -> None:
    with psycopg.connect(notes, autocommit=True) as connection:
        connection.execute("CREATE FUNCTION slow() RETURNS bool LANGUAGE sql AS 'SELECT pg_sleep(2) IS NOT NULL'")
        connection.execute("CREATE POLICY crawls ON public.notes AS RESTRICTIVE USING (public.slow())")
        connection.execute(SECURED)
    driven = opened(notes, pane="tables")
    driven.wait_for("notes")
    driven.keys("A").wait_for("t  Try it as each role")
    driven.keys("t").wait_for("It is being tried; each statement ends after 3 s")
    driven.keys("backspace").wait_for(r"\[All")
    driven.keys("?").wait_for("Keys   one meaning each")
    driven.keys("?").wait_for(r"\[All")
    driven.keys("A").wait_for("t  Try it as each role")
    driven.keys("t").wait_for("is being tried already")
    driven.keys("X").wait_for("was stopped by hand; what was tried is rolled back")
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    driven.wait_for(lambda: one(notes, sleeping) == 0)


def test_a_hostile_table_is_tried_as_it_is_called(database: str, opened: Opens) -> None:
    name = 'x"; DROP TABLE public.kept; --'
    quoted = '"' + name.replace('"', '""') + '"'
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE ROLE anon; CREATE TABLE public.kept (id int)")
        connection.execute(f"CREATE TABLE public.{quoted} (id int)")  # type: ignore[call-overload]
        connection.execute(f"GRANT SELECT ON public.{quoted} TO anon")  # type: ignore[call-overload]
    driven = opened(database, pane="tables")
    driven.keys("/", "DROP", "enter").wait_for("1 of 2 shown")
    driven.keys("A").wait_for("t  Try it as each role")
    driven.keys("t").wait_for(r"anon +open, 0 of 0")
    assert one(database, "SELECT to_regclass('public.kept') IS NOT NULL")


SCENARIOS = """
scenarios:
  - {name: anon sees all, role: anon, table: public.notes, expect: {rows: 12}}
  - name: anon sees nothing
    role: anon
    table: notes
    expect: empty
  - {name: the martian is denied, role: martian, table: public.notes, expect: denied}
  - {name: nothing new is seen, role: authenticated, table: public.fresh, expect: empty}
  - {name: members may add, role: authenticated, table: public.notes, command: insert, expect: allowed}
"""


def scenarios(driven: Driven, path: Path, writes: str = "no") -> Driven:
    """The form, filled in, its button pressed."""
    driven.keys("A").wait_for("s  Check scenarios of row security")
    driven.keys("s").wait_for(r"File .*▏")
    driven.keys("ctrl+u", str(path), "tab").wait_for(r"Writes .*▏")
    driven.keys("ctrl+u", writes, "enter").wait_for(r"\[ Check \]")
    driven.keys("enter")
    return driven


def test_scenarios_are_told_apart_as_failed_not_checked_and_passed(notes: str, opened: Opens, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIOS)
    with psycopg.connect(notes, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.fresh (id int); GRANT SELECT ON public.fresh TO authenticated")
        connection.execute("ALTER TABLE public.fresh ENABLE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY p ON public.fresh TO authenticated USING (id > 1)")
    driven = scenarios(opened(notes, size=(120, 40)), file)
    driven.wait_for("2 passed, 2 failed, 1 could not be checked; all was rolled back")
    text = driven.text
    assert re.search(r"FAILED ─+ 2 of 5.*■ anon sees nothing.*expected empty, saw 12 of 12", text, re.DOTALL)
    assert re.search(
        r"FAILED.*■ the martian is denied.*was not tried: there\s+is\s+no\s+role\s+martian", text, re.DOTALL
    )
    assert re.search(r"COULD NOT CHECK ─+ 1 of 5.*\? nothing new is seen.*no\s+policy was put", text, re.DOTALL)
    assert re.search(r"PASSED ─+ 2 of 5.*✓ anon sees all.*✓ members may add", text, re.DOTALL)
    assert f"{file}:4:5" in text
    # what came of it can be looked at again, and the file is offered again
    driven.keys("backspace", "4", "A").wait_for("S  Scenarios checked last  2 passed, 2 failed, 1 could not be checked")
    driven.keys("S").wait_for("FAILED")
    driven.keys("backspace", "A").wait_for("s  Check scenarios")
    driven.keys("s").wait_for(lambda: "s.yaml▏" in driven.text)


def test_scenarios_that_write_are_tried_after_a_sheet_and_rolled_back(
    notes: str, opened: Opens, tmp_path: Path
) -> None:
    with psycopg.connect(notes, autocommit=True) as connection:
        connection.execute(SECURED)
        connection.execute("ALTER POLICY own ON public.notes USING (true)")
    file = tmp_path / "s.yaml"
    file.write_text("scenarios:\n" + SCENARIOS.splitlines()[-1] + "\n")
    driven = scenarios(opened(notes, size=(120, 40)), file)
    driven.wait_for("0 passed, 1 could not be checked")
    driven.wait_for("Writes: yes tries it")
    driven.keys("backspace")
    scenarios(driven, file, "yes").wait_for("1 scenario of s.yaml")
    driven.until("tab", r"\[ Try writes \]")
    driven.keys("enter").wait_for("1 passed; all was rolled back")
    assert one(notes, COUNT) == 12


def test_a_file_with_a_mistake_runs_nothing_and_says_where(notes: str, opened: Opens, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(SCENARIOS.replace("expect: empty", "expects: empty"))
    driven = opened(notes, size=(120, 40))
    scenarios(driven, tmp_path / "not there.yaml").wait_for("There is no file")
    driven.until("escape", "Cancelled; nothing was run")
    scenarios(driven, file).wait_for(r"s\.yaml:7:5: expects is unknown here")
    assert "PASSED" not in driven.text
