"""Each cause: when it speaks, what it says, and when it stays silent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from making import ARCHIVER, DATABASE, LIMIT, SLOT, STANDBY, VITALS, due_table, holder, moment, session

from cryotui.diagnosis import diagnose
from cryotui.model.cause import SENTENCE, Cause
from cryotui.model.pane import Moment
from cryotui.model.settings import Settings
from cryotui.model.text import cells

GIB = 2**30


def found(now: Moment) -> list[Cause]:
    causes = list(diagnose(now).causes)
    for cause in causes:
        assert cells(cause.sentence) <= SENTENCE and cells(cause.why) <= SENTENCE, cause
        assert "!" not in cause.sentence and cause.sentence[0].isalnum()
    return causes


def only(now: Moment) -> Cause:
    causes = found(now)
    assert len(causes) == 1, causes
    return causes[0]


def waiter(pid: int, *blocked_by: int, wait: float = 100.0, **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "state": "active", "wait_type": "Lock", "wait_event": "relation", "blocked_by": list(blocked_by), "wait_age": wait,
        "lock_type": "relation", "lock_mode": "AccessShareLock", "lock_relation": "molecules",
    }  # fmt: skip
    return session(pid, **(row | fields))


def queue() -> list[dict[str, Any]]:
    root = session(48112, app="lab-import", state="idle in transaction", state_age=370.0, transaction_age=380.0)
    ddl = waiter(
        48390, 48112, wait=260.0, app="migrate", query="ALTER TABLE molecules ADD COLUMN logp_source text",
        lock_mode="AccessExclusiveLock",
    )  # fmt: skip
    return [
        root,
        waiter(48207, 48112),
        waiter(48255, 48112),
        ddl,
        *(waiter(48120 + index, 48390) for index in range(20)),
    ]


def test_a_queue_names_the_root_the_number_and_the_mildest_step_first():
    cause = only(moment(activity=queue()))
    assert cause.mark == "bad"
    assert cause.sentence == "Lock queue on molecules: 23 sessions wait behind pid 48112"
    assert cause.why == "lab-import, idle in transaction 6m10s; ALTER TABLE (48390) queues behind it"
    assert [(step.key, step.text) for step in cause.next] == [
        ("C", "cancel 48390 frees 20"), ("K", "terminate 48112 frees 23"), ("Enter", "chain"),
    ]  # fmt: skip
    assert cause.next[0].row is not None and cause.next[0].row["pid"] == 48390
    assert cause.row is not None and cause.row["pid"] == 48112 and cause.evidence == ("activity", "chains")


def test_a_queue_behind_a_session_whose_state_is_hidden_is_seen_by_how_many_wait():
    root = session(7, state=None, masked=True, query=None, query_age=None)
    waiters = [waiter(8 + number, 7, wait=2.0, state=None, masked=True) for number in range(4)]
    cause = next(cause for cause in found(moment(activity=[root, *waiters])) if cause.name == "lock_queue 7")
    assert cause.mark == "watch" and "4 sessions wait behind pid 7" in cause.sentence
    assert not found(moment(activity=[root, waiters[0]]))


def test_a_running_root_is_cancelled_rather_than_terminated():
    root = session(7, state="active", query_age=120.0)
    cause = only(moment(activity=[root, waiter(8, 7)]))
    assert [step.key for step in cause.next] == ["C", "Enter"] and "1 session waits behind pid 7" in cause.sentence


def test_a_wait_of_a_moment_is_no_queue_and_a_long_one_of_one_session_is():
    root = session(7, state="active")
    assert (
        found(moment(activity=[root, waiter(8, 7, wait=0.4), *(waiter(pid, 7, wait=0.4) for pid in range(20, 40))]))
        == []
    )
    assert found(moment(activity=[root, waiter(8, 7, wait=5.0)])) == []
    assert only(moment(activity=[root, waiter(8, 7, wait=12.0)])).mark == "watch"
    assert only(moment(activity=[root, waiter(8, 7, wait=61.0)])).mark == "bad"


def test_a_root_that_is_idle_in_transaction_is_bad_with_one_session_behind_it():
    root = session(7, state="idle in transaction", state_age=20.0)
    assert only(moment(activity=[root, waiter(8, 7, wait=2.0)])).mark == "bad"
    assert found(moment(activity=[root, waiter(8, 7, wait=0.4)])) == []


def test_a_prepared_transaction_as_root_names_the_way_out():
    cause = only(moment(activity=[waiter(8, 0)]))
    assert "behind a prepared transaction" in cause.sentence and "ROLLBACK PREPARED" in cause.why
    assert [step.key for step in cause.next] == ["Enter"] and cause.row is None


def test_a_deadlock_that_is_not_found_yet_and_a_blocker_that_is_gone_are_told():
    cycle = [waiter(1, 2, wait=90.0), waiter(2, 1, wait=80.0)]
    assert "waits itself" in only(moment(activity=cycle)).why


def test_a_limit_is_watched_from_80_percent_and_bad_from_95_with_who_holds_most():
    rows = [session(pid, app="lab-api" if pid < 79 else "other") for pid in range(1, 92)]
    cause = only(moment(activity=rows))
    assert (cause.mark, cause.sentence) == ("watch", "Connections 91 of 97")
    assert cause.why == "lab-api holds 78; 78 of them are idle"
    assert only(moment(activity=rows + [session(pid) for pid in range(200, 203)])).mark == "bad"
    assert found(moment(activity=rows[:70])) == []


def test_a_steady_rise_says_when_it_is_full_and_a_fall_does_not():
    rows = [session(pid) for pid in range(1, 92)]
    rising = [31.0 + index for index in range(61)]
    assert (
        "full in about 2m00s at this pace"
        in only(moment(activity=rows, history={"connections": rising}, span=1200)).sentence
    )
    assert "pace" not in only(moment(activity=rows, history={"connections": rising[::-1]})).sentence
    assert "pace" not in only(moment(activity=rows, history={"connections": rising[:5]})).sentence


def test_limits_of_roles_and_databases_are_named_and_a_full_one_says_full():
    limits = [
        LIMIT,
        {"kind": "role", "name": "lab_app", "connection_limit": 3, "max_connections": None, "reserved": None},
    ]
    cause = only(moment(activity=[session(pid) for pid in (1, 2, 3)], limits=limits))
    assert cause.sentence.startswith("Connections of role lab_app 3 of 3") and cause.mark == "bad"


def test_idle_in_transaction_speaks_from_five_minutes_on():
    idle = session(48112, app="lab-import", state="idle in transaction", state_age=1900.0, xmin_age=5)
    cause = only(moment(activity=[idle, session(2, state="idle in transaction", state_age=301.0)]))
    assert cause.mark == "bad" and cause.sentence == "Idle in transaction for 31m: pid 48112 of lab-import"
    assert "1 more" in cause.why and cause.next[0].key == "K"
    assert found(moment(activity=[session(2, state="idle in transaction", state_age=299.0)])) == []


@pytest.mark.parametrize(
    ("row", "sentence", "key"),
    [
        (
            holder(48112, xmin_age=1_400_000),
            "Vacuum held back by pid 48112: dead rows of 1.40M transactions stay",
            "K",
        ),
        (holder(7, state="active", xmin_age=2_000_000), "Vacuum held back by pid 7", "C"),
        (
            holder(None, kind="slot", name="cdc_lab", state="inactive", xmin_age=3_000_000),
            "by slot cdc_lab",
            "Enter",
        ),
        (holder(9, kind="standby", name="db2 9", state="streaming", xmin_age=3_000_000), "by standby db2 9", "Enter"),
        (holder(None, kind="prepared transaction", name="order-7", xmin_age=3_000_000), "order-7", ""),
    ],
)
def test_the_oldest_snapshot_is_named_whoever_holds_it(row: dict[str, Any], sentence: str, key: str):
    cause = only(moment(horizon=[holder(1, xmin_age=5), row]))
    assert sentence in cause.sentence and cause.mark == "watch" and cause.next[0].key == key
    assert cause.why.endswith("; without it 5")


def test_a_young_snapshot_and_a_vacuums_own_are_no_trouble():
    assert (
        found(
            moment(horizon=[holder(1, xmin_age=900_000), holder(2, backend_type="autovacuum worker", xmin_age=10**9)])
        )
        == []
    )
    assert only(moment(horizon=[holder(1, xmin_age=150_000_000)])).mark == "bad"


def test_a_long_transaction_that_keeps_dead_rows_of_a_table_is_named_long_before_a_million_transactions():
    held = holder(48112, xmin_age=40, transaction_age=2460.0)
    due = due_table("molecules", fullness=5.1, dead_rows=214_000)
    cause = only(moment(horizon=[held], autovacuum_queue=[due_table("teams", fullness=1.5), due]))
    assert cause.sentence == "Vacuum held back by pid 48112: 214k dead rows stay in molecules"
    assert (
        cause.why.startswith("lab-import, idle in transaction, its transaction is open 41m; table due 5.1×")
        and cause.mark == "bad"
    )
    assert cause.next[0].key == "K" and cause.row is held
    milder = moment(horizon=[holder(1, transaction_age=400.0)], autovacuum_queue=[due])
    assert only(milder).mark == "watch"
    standby = holder(9, kind="standby", name="db2 9", xmin_age=20_000, transaction_age=None)
    assert "by standby db2 9" in only(moment(horizon=[standby], autovacuum_queue=[due])).sentence


@pytest.mark.parametrize(
    ("held", "due"),
    [
        ({}, None),
        ({"transaction_age": 200.0}, {}),
        ({"database": "another"}, {}),
        ({"xmin_age": 0}, {}),
        ({"kind": "slot", "name": "cdc", "transaction_age": None, "xmin_age": 90_000, "catalogs_only": True}, {}),
        ({"kind": "standby", "name": "db2 9", "transaction_age": None, "xmin_age": 900}, {}),
        ({}, {"fullness": 0.9}),
        ({}, {"dead_rows": 900}),
        ({}, {"reason": "inserted rows"}),
        ({}, {"autovacuum_enabled": False}),
        ({}, {"workers_busy": 3}),
    ],
)
def test_a_snapshot_that_keeps_no_dead_rows_anybody_misses_is_no_trouble(
    held: dict[str, Any], due: dict[str, Any] | None
):
    row = holder(48112, **{"xmin_age": 40, "transaction_age": 2460.0, **held})
    tables = [] if due is None else [due_table("molecules", **due)]
    assert found(moment(horizon=[row], autovacuum_queue=tables)) == []


def test_hidden_sessions_leave_the_horizon_unchecked_and_never_fine():
    vitals = VITALS | {"masked": 4}
    reasons = diagnose(moment(vitals=[vitals])).not_checked
    assert any(reason.startswith("vacuum held back: snapshots of sessions are hidden") for reason in reasons)


@pytest.mark.parametrize(("age", "mark"), [(1_000_000_000, None), (1_200_000_000, "watch"), (1_700_000_000, "bad")])
def test_wraparound_speaks_at_half_and_where_failsafe_begins(age: int, mark: str | None):
    for field in ("oldest_xid_age", "oldest_multixact_age"):
        causes = found(moment(vitals=[VITALS | {field: age}]))
        assert [cause.mark for cause in causes] == ([mark] if mark else [])
    if mark:
        assert "of database cryoprotect" in only(moment(vitals=[VITALS | {"oldest_xid_age": age}])).sentence


def test_a_failing_archiver_names_the_segment_how_many_wait_and_the_last_good():
    row = ARCHIVER | {
        "failing": True, "waiting_segments": 41, "last_archived_age": 180.0, "last_failed_wal": "00000007000000A2000000C4",
        "last_failed_age": 12.0, "failed": 9,
    }  # fmt: skip
    cause = only(moment(archiver=[row]))
    assert cause.sentence == "Archiver fails on 00000007000000A2000000C4: ≈41 WAL segments wait"
    assert cause.mark == "bad" and cause.why.startswith("last good 3m00s ago; failed 9 times")
    assert only(moment(archiver=[row | {"waiting_segments": 2}])).mark == "watch"
    assert only(moment(archiver=[row | {"waiting_segments": 1}])).sentence.endswith(": ≈1 WAL segment waits")
    assert only(moment(archiver=[ARCHIVER | {"waiting_segments": 5}])).sentence.startswith("Archiver is behind")
    assert found(moment(archiver=[row | {"archives": False}])) == []


def test_a_slot_speaks_by_its_limit_when_unused_and_when_it_is_lost():
    assert only(moment(slots=[SLOT | {"active": True, "retained": 11 * GIB, "keep_limit": 20 * GIB}])).mark == "watch"
    cause = only(
        moment(
            slots=[SLOT | {"retained": 17 * GIB, "keep_limit": 20 * GIB, "safe": 3 * GIB, "inactive_age": 260_000.0}]
        )
    )
    assert cause.sentence == "Slot old_reporting keeps 17G of WAL, unused for 3d" and cause.mark == "bad"
    assert cause.why == "cut off in about 17m, after 3G more; pgoutput, wal_status reserved"
    assert only(moment(slots=[SLOT | {"retained": 2 * GIB}])).mark == "watch"
    assert (
        found(moment(slots=[SLOT | {"retained": GIB // 2}, SLOT | {"slot": "b", "active": True, "retained": 30 * GIB}]))
        == []
    )
    assert "is lost" in only(moment(slots=[SLOT | {"wal_status": "lost", "retained": None}])).sentence


def test_an_abandoned_slot_stays_marked_when_little_wal_is_written():
    left = SLOT | {"retained": GIB // 8, "keep_limit": 2 * GIB, "safe": GIB, "wal_status": "extended"}
    calm = {"wal": [10.0] * 9}
    assert only(moment(calm, slots=[left | {"inactive_age": 901.0}])).mark == "watch"
    assert found(moment(calm, slots=[left | {"inactive_age": 300.0}])) == []
    reserved = left | {"wal_status": "reserved"}
    assert found(moment(calm, slots=[reserved | {"inactive_age": 901.0}])) == []
    assert only(moment(calm, slots=[reserved | {"inactive_age": 3700.0}])).mark == "watch"


def test_a_slot_that_is_soon_cut_off_is_bad_whatever_it_keeps_and_its_limits_are_configured():
    soon = SLOT | {"retained": 100 * 2**20, "keep_limit": 2 * GIB, "safe": 600 * 2**20}
    cause = only(moment(slots=[soon]))
    assert cause.mark == "bad" and cause.why.startswith("cut off in about 3m20s, after 600M more")
    assert found(moment(slots=[soon | {"active": True}])) == []
    calm = Settings(thresholds={"replication.slot_left": (60.0, 10.0)})
    assert diagnose(replace(moment(slots=[soon]), settings=calm)).causes == ()
    strict = Settings(thresholds={"replication.slot_kept": (2.0**20, 2.0**21)})
    assert diagnose(replace(moment(slots=[SLOT | {"retained": GIB // 2}]), settings=strict)).causes[0].mark == "bad"


def test_a_standby_that_lags_is_named_and_a_base_backup_is_none():
    cause = only(moment(replication=[STANDBY | {"lag": 130.0, "behind": 410 * 2**20, "unsent": 400 * 2**20}]))
    assert cause.sentence == "Standby standby_db2 is 2m10s behind: 410M of WAL" and cause.mark == "watch"
    assert "not sent yet" in cause.why
    assert only(moment(replication=[STANDBY | {"lag": None, "behind": 5 * GIB}])).mark == "bad"
    assert (
        found(moment(replication=[STANDBY, STANDBY | {"pid": 901, "state": "backup", "lag": None, "behind": 9 * GIB}]))
        == []
    )
    hidden = diagnose(moment(replication=[STANDBY | {"masked": True, "state": None}]))
    assert any(reason.startswith("replication lag: standbys are hidden") for reason in hidden.not_checked)


def test_a_standby_that_replays_late_says_so_of_itself():
    assert only(moment(vitals=[VITALS | {"in_recovery": True, "replay_age": 400.0}])).mark == "bad"
    assert found(moment(vitals=[VITALS | {"in_recovery": True, "replay_age": 2.0}])) == []
    assert found(moment(vitals=[VITALS | {"in_recovery": True, "replay_age": None}])) == []


def test_cache_hits_speak_only_when_they_fell_at_volume():
    fallen: list[float | None] = [0.99] * 20 + [0.6] * 10
    assert "99.0% to 60.0%" in only(moment(history={"cache_hit": fallen, "blocks_read": [20_000.0] * 30})).sentence
    assert found(moment(history={"cache_hit": fallen, "blocks_read": [20.0] * 30})) == []
    assert found(moment(history={"cache_hit": [0.6] * 30, "blocks_read": [20_000.0] * 30})) == []
    assert found(moment(history={"cache_hit": [None] * 30, "blocks_read": [0.0] * 30})) == []


def test_deadlocks_count_their_growth_and_name_the_database():
    now = moment(
        history={"deadlocks": [3.0, 3.0, None, 5.0]},
        databases=[DATABASE | {"deadlocks": 5}],
        before={"databases": [DATABASE | {"deadlocks": 3}]},
    )
    cause = only(now)
    assert cause.sentence == "2 deadlocks in the last 10 min" and "cryoprotect" in cause.why
    assert only(moment(history={"deadlocks": [9.0, 0.0, 1.0]})).sentence.startswith("1 deadlock in")


def test_temporary_files_speak_by_bytes_a_second():
    cause = only(moment(history={"temp_bytes": [80.0 * 2**20] * 5}))
    assert cause.sentence.startswith("Temporary files take 80M/s") and "work_mem is 4.0M" in cause.why.replace(
        "4M", "4.0M"
    )
    assert found(moment(history={"temp_bytes": [10.0 * 2**20] * 5})) == []


def test_forced_checkpoints_speak_only_where_wal_filled_up():
    forced: list[float | None] = [1.0, 2.0, 3.0, 4.0]
    cause = only(moment(history={"checkpoints_forced": forced, "wal": [12e6] * 30}))
    assert (
        cause.sentence == "3 checkpoints forced by WAL in the last 10 min"
        and "max_wal_size 1G" in cause.why.replace("1.0G", "1G")
    )
    assert found(moment(history={"checkpoints_forced": forced, "wal": [1000.0] * 30})) == []


def test_a_long_statement_is_named_and_maintenance_and_waits_are_not():
    long = session(9, state="active", query_age=1000.0, query="SELECT count(*)\n  FROM predictions", app="report")
    cause = only(moment(activity=[long]))
    assert cause.sentence == "SELECT of pid 9 (report) runs for 16m" and cause.why == "SELECT count(*) FROM predictions"
    others = [
        session(1, state="active", query_age=9000.0, query="VACUUM molecules"),
        session(2, state="active", query_age=9000.0, query="COPY public.experiments TO stdout"),
        session(3, state="active", query_age=9000.0, backend_type="walsender"),
        session(4, state="active", query_age=9000.0, own=True),
        session(5, state="idle", query_age=9000.0),
    ]
    assert found(moment(activity=others)) == []


def test_rollbacks_speak_by_share_and_volume():
    assert only(moment(history={"rolled_back": [0.6] * 30})).mark == "bad"
    assert (
        only(moment(history={"rolled_back": [0.2] * 30})).sentence
        == "20% of transactions are rolled back, 40.0 a second"
    )
    assert found(moment(history={"rolled_back": [0.6] * 30, "transactions": [2.0] * 30})) == []


def test_a_forgotten_prepared_transaction_speaks_from_ten_minutes_on():
    row = {"gid": "order-7", "database": "cryoprotect", "user": "lab_app", "xid": "7", "age": 4000.0, "xid_age": 12}
    cause = only(moment(prepared=[row]))
    assert cause.mark == "bad" and cause.sentence.startswith("Prepared transaction order-7 waits for 66m")
    assert found(moment(prepared=[row | {"age": 30.0}])) == []


def test_damaged_blocks_are_always_bad_and_without_checksums_unknown():
    cause = only(moment(databases=[DATABASE | {"checksum_failures": 3}]))
    assert cause.mark == "bad" and cause.sentence == "Damaged blocks in cryoprotect: 3 checksum failures"
    off = diagnose(moment(databases=[DATABASE | {"checksum_failures": None}]))
    assert "damaged blocks: data checksums are off" in off.not_checked


def test_commits_that_wait_for_a_synchronous_standby_speak():
    rows = [session(pid, state="active", wait_type="IPC", wait_event="SyncRep", query_age=40.0) for pid in (1, 2)]
    cause = only(moment(activity=rows, settings={"synchronous_standby_names": "db2"}))
    assert cause.mark == "bad" and cause.sentence.startswith("2 commits wait for a synchronous standby")
    assert cause.why == "synchronous_standby_names is db2"
    assert (
        found(moment(activity=[session(1, state="active", wait_type="IPC", wait_event="SyncRep", query_age=0.01)]))
        == []
    )


def test_sessions_that_come_and_go_speak_by_their_rate():
    cause = only(moment(history={"sessions_begun": [45.0] * 30}))
    assert cause.sentence == "45.0 sessions begin a second and end again" and "4.4 transactions each" in cause.why
    assert found(moment(history={"sessions_begun": [5.0] * 30})) == []


def test_hostile_and_endless_names_stay_data_and_within_the_cells():
    name = "[/bold]" + "x" * 200
    root = session(1, app=name, state="idle in transaction", state_age=2000.0)
    cause = only(moment(activity=[root, waiter(2, 1, lock_relation=name)]))
    assert cells(cause.sentence) <= SENTENCE and "pid 1" in cause.sentence
