"""The audit in the console: a fix is applied after a preview and its rule run again, findings are waived, runs are stopped."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from console_fixture import Opens
from driven import Driven
from hostile_names import HOSTILE, quoted
from test_keys_act import armed, one

SECURED = "SELECT relrowsecurity FROM pg_class WHERE oid = 'audited.samples'::regclass"
EVIL = 'x"; DROP TABLE audited.samples; --'


def make(uri: str, *tables: str) -> None:
    """Tables with a policy and without row security, which is one finding each."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA audited")
        for name in tables:
            table = f"audited.{quoted(name)}"
            connection.execute(f"CREATE TABLE {table} (id int PRIMARY KEY)")  # type: ignore[call-overload]
            connection.execute(f"CREATE POLICY own ON {table} USING (id > 0)")  # type: ignore[call-overload]


def run(driven: Driven, group: str = "security") -> Driven:
    """Run the rules of a group from wherever we are."""
    driven.keys(":").wait_for("Command")
    driven.keys(f"run the audit: {group}").wait_for(rf"▸ Run the audit: {group}")
    driven.keys("enter").wait_for("rules have run")
    return driven


def on(driven: Driven, name: str, shown: int = 1) -> Driven:
    """The cursor on the finding about this table."""
    driven.keys("/", "ctrl+u", f"rule:sec-policy of:{name}", "enter")
    driven.wait_for(rf"{shown} of [0-9]+ shown")
    return driven


def previewed(driven: Driven, until: str = r"Type .+ to go on") -> Driven:
    """The sheet of the fix of the finding under the cursor."""
    driven.keys("a").wait_for(r"▸ \(?Apply the fix")
    driven.keys("enter").wait_for(until)
    return driven


def applied(driven: Driven, word: str) -> Driven:
    """The fix, its word typed."""
    driven.quiet(0.4, 3)  # a sheet is deaf in its first moment
    driven.keys("ctrl+u", word).wait_for(rf"{re.escape(word)}▏")
    driven.until("tab", r"\[ Fix ")
    driven.keys("enter")
    return driven


def unfiltered(driven: Driven) -> Driven:
    """The list without its filter."""
    driven.keys("escape").wait_for(lambda: " shown" not in driven.screen[2])
    return driven


def logged(home: Path) -> list[dict[str, Any]]:
    """The lines of the action log."""
    return [
        json.loads(line)
        for file in sorted((home / "state" / "cryotui" / "actions").rglob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]


def test_a_fix_is_applied_after_its_preview_and_the_finding_closes(
    database: str, opened: Opens, nobodys_home: Path
) -> None:
    make(database, "samples", "others")
    driven = on(run(opened(database)), "audited.samples")
    driven.keys("a").wait_for(r"\(Apply the fix\).*needs level danger")
    driven.keys("escape").quiet(0.3, 3)
    previewed(armed(driven))
    text = driven.text
    for part in ("ALTER TABLE audited.samples ENABLE ROW LEVEL SECURITY;", "ACCESS EXCLUSIVE", "2 s for a lock",
                 "DISABLE ROW LEVEL SECURITY;", "nobody holds or waits"):  # fmt: skip
        assert part in text
    assert one(database, SECURED) is False
    applied(driven, "samples").wait_for("is not found any more")
    assert one(database, SECURED) is True
    driven.until("escape", r"\[Findings")
    driven.wait_for("No row fits")
    unfiltered(driven).wait_for("Gone 1")
    driven.until("tab", r"\[Gone 1\]")
    driven.wait_for("audited.samples")
    assert "verified" in {line.get("verdict") for line in logged(nobodys_home)}


def test_maintenance_is_applied_at_operate_with_a_plain_yes_and_no_typing(database: str, opened: Opens) -> None:
    make(database, "samples")
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ALTER TABLE audited.samples ADD CONSTRAINT positive CHECK (id > 0) NOT VALID")
    driven = run(opened(database), "integrity")
    driven.keys("/", "positive", "enter").wait_for(r"sam… positive")
    driven.keys("a").wait_for(r"▸ Apply the fix \(maintenance\)")
    driven.keys("enter").wait_for(r"\( Fix positive \)")
    assert "Type" not in driven.text
    driven.until("tab", r"\[ Fix positive \]")
    driven.keys("enter").wait_for("OUTCOME .* verified")
    assert "SERVER SAYS" not in driven.text
    assert one(database, "SELECT convalidated FROM pg_constraint WHERE conname = 'positive'") is True


def test_rows_that_a_fix_takes_away_are_told_and_logged(database: str, opened: Opens, nobodys_home: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA audited")
        connection.execute("CREATE TABLE audited.of (id int PRIMARY KEY)")
        connection.execute("CREATE TABLE audited.lost (id int PRIMARY KEY, of_id int NOT NULL REFERENCES audited.of)")
        connection.execute("SET session_replication_role = replica")
        connection.execute("INSERT INTO audited.lost SELECT g, g FROM generate_series(1, 1204) AS g")
    driven = armed(run(opened(database), "integrity"))
    driven.keys("/", "rule:int-fk-orphan of:audited.lost", "enter").wait_for(r"1 of [0-9]+ shown")
    driven.keys("a").wait_for("e  Show the rows")
    driven.keys("e").wait_for(r"20 rows of audited\.lost\.of_id")
    assert re.search(r"● id \d+   of_id \d+", driven.text)
    driven.keys("backspace").wait_for(r"\[Findings")
    previewed(driven, r"Type .+▏")
    word = re.search(r"Type (.+?)(?: to go on)? {4}", driven.text)
    assert word is not None
    assert word.group(1).startswith("lost.of_id")
    applied(driven, word.group(1)).wait_for("1,204 rows deleted")
    assert any("1,204 rows deleted" in str(line.get("sentence")) for line in logged(nobodys_home))


def test_kept_runs_are_listed_at_the_start_and_enter_runs_one_of_their_rules_again(
    database: str, opened: Opens, nobodys_home: Path
) -> None:
    make(database, "samples")
    run(opened(database)).keys("q").quiet(0.3, 5)
    driven = opened(database)
    driven.keys("0").wait_for("Findings of kept runs, without details and fixes")
    driven.keys("/", "rule:sec-policy", "enter").wait_for(r"1 of [0-9]+ shown")
    driven.keys("a").wait_for("▸ r  Run this rule again")
    driven.keys("escape").quiet(0.3, 3)
    driven.keys("enter").wait_for("ENABLE ROW LEVEL SECURITY|was run again: 1 finding")
    driven.keys("end").wait_for("cryotui explain-rule sec-policy-rls-disabled")
    driven.keys("home").wait_for("certain")
    driven.keys("backspace").wait_for("Quiet rows are of kept runs")


def test_a_group_is_chosen_by_its_count_and_the_list_shows_it_alone(database: str, opened: Opens) -> None:
    make(database, "samples")
    driven = run(run(opened(database, size=(120, 40))), "schema")
    driven.wait_for(r"security \d+")
    driven.keys("A").wait_for("g  Show one group")
    driven.keys("g").wait_for(r"\d  security  \d+: ")
    driven.until("down", r"▸ \d  security")
    driven.keys("enter").wait_for(r"\d+ of \d+ shown")
    assert " schema  " not in "\n".join(driven.screen[6:20])


def test_a_lock_of_somebody_else_makes_it_give_up_and_say_who(database: str, opened: Opens) -> None:
    make(database, "samples")
    driven = on(run(opened(database)), "audited.samples")
    with psycopg.connect(database, application_name="nightly-dump") as holder:
        holder.execute("LOCK TABLE audited.samples IN ACCESS SHARE MODE")
        pid = holder.info.backend_pid
        previewed(armed(driven))
        assert re.search(rf"1 holds it now: {pid} nightly-dump AccShr", driven.text)
        applied(driven, "samples").wait_for(rf"no lock within 2 s, {pid} nightly-dump has it")
    assert one(database, SECURED) is False
    driven.until("escape", r"\[Findings")
    driven.wait_for("audited.samples")


def test_a_finding_that_is_mended_already_is_not_applied(database: str, opened: Opens) -> None:
    make(database, "samples")
    driven = armed(on(run(opened(database)), "audited.samples"))
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("ALTER TABLE audited.samples ENABLE ROW LEVEL SECURITY")
    previewed(driven, "the rule finds it no more")
    driven.until("escape", "No row fits|Nothing found")


def test_a_read_only_console_applies_no_fix(database: str, opened: Opens) -> None:
    make(database, "samples")
    driven = on(run(opened(database, "--read-only")), "audited.samples")
    driven.keys("a").wait_for(r"▸ \(Apply the fix\)")
    driven.keys("enter").wait_for(lambda: "this session is read-only" in driven.screen[-2])
    assert one(database, SECURED) is False


def test_the_fix_of_a_hostile_name_hits_exactly_that_table(database: str, opened: Opens) -> None:
    make(database, "samples", EVIL, *HOSTILE)
    driven = armed(run(opened(database, size=(120, 40))))
    secured = "SELECT coalesce(array_agg(relname ORDER BY relname), '{}') FROM pg_class WHERE relrowsecurity"
    done: list[str] = []
    for name in (EVIL, "line\nbreak", "\x1b]0;owned\x07\x1b[31mred", "bidi\u202eevil", "back\\slash"):
        oid = one(database, f"SELECT '{('audited.' + quoted(name)).replace(chr(39), chr(39) * 2)}'::regclass::oid")
        on(driven, f"oid{oid}.")
        previewed(driven, r"Type .+▏")
        word = re.search(r"Type (.+?)(?: to go on)? {4}", driven.text)
        assert word is not None
        assert not re.fullmatch("[0-9a-f]{16}", word.group(1))
        applied(driven, word.group(1)).wait_for("is not found any more")
        driven.until("escape", r"\[Findings")
        done.append(name)
        assert sorted(one(database, secured)) == sorted(done)


def test_waiving_writes_the_file_and_moves_the_row_at_once(database: str, opened: Opens, nobodys_home: Path) -> None:
    make(database, "samples", "others")
    driven = on(run(opened(database)), "audited.samples")
    driven.keys("a").wait_for("Waive")
    driven.until("down", "▸ Waive")
    driven.keys("enter").wait_for("Reason")
    assert driven.screen[-2].startswith(" Nothing is written yet.")
    driven.until("tab", r"\[ Waive \]")
    driven.keys("enter").wait_for("Reason is empty")
    driven.until("tab", r"Reason .*▏")
    driven.keys("the importer sets it", "tab").wait_for(r"Until .*▏")
    driven.keys("ctrl+u", "soon").wait_for("soon▏")
    driven.until("tab", r"\[ Waive \]")
    driven.keys("enter").wait_for("Until wants a day")
    driven.until("tab", r"Until .*▏")
    driven.keys("ctrl+u", "for ever", "tab").wait_for(r"Owner .*▏")
    driven.keys("ctrl+u", "anna", "enter").wait_for(r"\[ Waive \]")
    driven.keys("enter").wait_for("Waived for ever")
    written = (nobodys_home / "config" / "cryotui" / "waivers.yaml").read_text()
    assert '"the importer sets it"' in written
    assert 'owner: "anna"' in written
    assert 'expires: "never"' in written
    for line in ('rule: "sec-policy-rls-disabled"', 'object: "audited.samples"', 'title: "Policies, row security off"',
                 f'since: "{date.today()}"'):  # fmt: skip
        assert line in written
    driven.wait_for("No row fits")
    unfiltered(driven).wait_for("Waived 1")
    driven.until("tab", r"\[Waived 1\]")
    driven.wait_for("audited.samples.*for ever, anna")
    # the file holds for the next run too, and for the CLI
    run(driven)
    driven.until("tab", r"\[Waived 1\]")


WAIVED = """\
# ours
waivers:
  - rule: sec-policy-rls-disabled   # both of them
    object: "audited.*"
    reason: read by the yearly report
    owner: anna
    expires: never
  - {rule: cfg-*, reason: not ours, owner: anna, expires: never}
"""


def ending(driven: Driven) -> Driven:
    """The sheet that ends the waiver of the row under the cursor."""
    driven.keys("a").wait_for("End the waiver")
    driven.until("down", "▸ End the waiver")
    driven.keys("enter").wait_for("waived by anna")
    return driven


def test_a_waiver_is_ended_and_what_it_held_counts_again(database: str, opened: Opens, nobodys_home: Path) -> None:
    make(database, "samples", "others")
    file = nobodys_home / "config" / "cryotui" / "waivers.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(WAIVED)
    driven = run(opened(database, size=(160, 40)))
    driven.until("tab", r"\[Waived 2\]")
    ending(driven)
    assert "2 findings: audited.others, audited.samples" in driven.text
    assert f"{file}:3:5; for every target".replace(" ", "") in re.sub(r"[\s│]", "", driven.text)
    driven.until("escape", "Cancelled; nothing was written")
    assert file.read_text() == WAIVED
    ending(driven)
    driven.until("tab", r"\[ End the waiver \]")
    driven.keys("enter").wait_for("Ended; 2 findings count again")
    driven.wait_for(r"\[Waived 0\]")
    yesterday = date.today() - timedelta(days=1)
    assert file.read_text() == WAIVED.replace("    expires: never", f'    expires: "{yesterday}"')
    driven.until("tab", r"\[Findings")
    driven.keys("/", "audited.samples", "enter").wait_for("1 of [0-9]+ shown")
    driven.keys("enter").wait_for("sec-policy-rls-disabled   audited.samples")
    driven.until("end", "was waived by anna until")
    driven.wait_for("it has expired, so the finding counts again")
    # the file holds for the next run too
    driven.keys("backspace")
    unfiltered(driven)
    run(driven).wait_for("Waived 0")


def test_a_waiver_whose_file_was_changed_meanwhile_is_left_alone(
    database: str, opened: Opens, nobodys_home: Path
) -> None:
    make(database, "samples", "others")
    file = nobodys_home / "config" / "cryotui" / "waivers.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(WAIVED)
    driven = run(opened(database, size=(160, 40)))
    driven.until("tab", r"\[Waived 2\]")
    ending(driven)
    changed = WAIVED.replace("the yearly report", "nobody")
    file.write_text(changed)
    driven.until("tab", r"\[ End the waiver \]")
    driven.keys("enter").wait_for("has changed: this waiver does not stand there any more as it was read")
    assert file.read_text() == changed
    driven.wait_for(r"\[Waived 2\]")


def test_what_is_new_and_gone_is_told_against_the_run_before(database: str, opened: Opens) -> None:
    make(database, "samples")
    first = on(run(opened(database)), "audited.samples")
    first.keys("q", "q").ended()
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("ALTER TABLE audited.samples ENABLE ROW LEVEL SECURITY")
        other.execute("CREATE TABLE audited.later (id int PRIMARY KEY)")
        other.execute("CREATE POLICY own ON audited.later USING (id > 0)")
    driven = on(run(opened(database)), "audited.later")
    driven.line(r"audited\.later +new")
    driven.keys("enter").wait_for("HISTORY|WHAT")
    driven.wait_for("new, not in the run of")
    driven.keys("backspace").wait_for("1 of [0-9]+ shown")
    unfiltered(driven).wait_for("Gone 1")
    driven.until("tab", r"\[Gone 1\]")
    driven.wait_for("audited.samples")


def test_the_rules_about_the_table_under_the_cursor_run_and_their_findings_are_shown(
    database: str, opened: Opens
) -> None:
    make(database, "samples", "others")
    driven = opened(database, pane="tables")
    driven.wait_for("audited.samples")
    driven.keys("/", "samples", "enter").wait_for("1 of 2 shown")
    driven.keys("a").wait_for("Audit this table")
    driven.until("down", "▸ A  Audit this table")
    driven.keys("enter").wait_for("1 finding. Esc shows the rest")
    driven.wait_for("audited.samples")
    assert not any("audited.others" in line for line in driven.rows())
    driven.keys("escape").wait_for("audited.others")


def test_one_rule_run_again_leaves_the_findings_of_others(database: str, opened: Opens) -> None:
    make(database, "samples")
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("CREATE TABLE audited.keyless (id int)")
    driven = opened(database, pane="audit")
    driven.keys("r").wait_for("rules have run")
    on(driven, "audited.samples")
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("DROP TABLE audited.samples")
    driven.keys("a").wait_for("Run this rule again")
    driven.until("down", "▸ r  Run this rule again")
    driven.keys("enter").wait_for("was run again: no findings")
    driven.keys("/", "ctrl+u", "keyless", "enter").wait_for("audited.keyless")


def test_n_and_n_capital_go_from_the_detail_of_one_finding_to_the_next(database: str, opened: Opens) -> None:
    make(database, "a_first", "b_second")
    driven = run(opened(database))
    driven.keys("/", "rule:sec-policy", "enter").wait_for("2 of [0-9]+ shown")
    driven.keys("enter").wait_for(r"sec-policy-rls-disabled   audited\.a_first")
    driven.wait_for("1 of 2")
    driven.keys("n").wait_for(r"sec-policy-rls-disabled   audited\.b_second")
    driven.keys("n").wait_for("This is the last row")
    driven.keys("N").wait_for(r"sec-policy-rls-disabled   audited\.a_first")
    driven.keys("backspace").wait_for(r"▸.*audited\.a_first")


def test_x_ends_a_running_audit_and_what_it_found_stays(database: str, opened: Opens, nobodys_home: Path) -> None:
    rules = nobodys_home / "config" / "cryotui" / "rules"
    rules.mkdir(parents=True)
    (rules / "zz-slow.sql").write_text(
        "-- title: Slow of our own\n-- severity: info\n-- group: security\n-- kind: server\n-- about: A.\n-- why: B.\n"
        "-- timeout: 60\nSELECT 'x' AS object, 'y' AS evidence FROM pg_sleep(50)\n"
    )
    make(database, "samples")
    driven = opened(database, pane="audit")
    driven.keys(":").wait_for("Command")
    driven.keys("run the audit: security").wait_for("▸ Run the audit: security")
    driven.keys("enter").wait_for("Slow of our own")
    driven.keys("X").wait_for("The run was cut off: It was stopped by hand")
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(50)%' AND pid <> pg_backend_pid()"
    driven.wait_for(lambda: one(database, sleeping) == 0)
    driven.wait_for("audited.samples")
    driven.until("tab", r"\[Unchecked")
    driven.keys("/", "slow", "enter").wait_for("Slow of our own.*1 not looked at|Slow of our own.*Not looked at")
