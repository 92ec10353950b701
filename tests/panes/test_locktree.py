"""The lock tree as rows: order, branches, folding, and rows that stand for no session."""

from __future__ import annotations

from typing import Any

from cryotui.model.lockgraph import LockGraph
from cryotui.panes.locktree import chain_rows


def session(pid: int, *blocked_by: int, wait: float | None = None, **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "pid": pid, "backend_start": pid, "database": "lab", "user": "lab_app", "app": "lab-api", "client": "10.0.3.11",
        "state": "active", "wait_type": "Lock" if blocked_by else None, "wait_event": "relation" if blocked_by else None,
        "blocked_by": list(blocked_by) or None, "wait_age": wait if wait is not None else (10.0 if blocked_by else None),
        "transaction_age": 100.0, "lock_type": "relation" if blocked_by else None,
        "lock_mode": "AccessShareLock" if blocked_by else None, "lock_relation": "molecules" if blocked_by else None,
    }  # fmt: skip
    return row | fields


def queue() -> list[dict[str, Any]]:
    rows = [session(48112, app="lab-import", state="idle in transaction")]
    rows.append(session(48207, 48112, wait=350, lock_type="transactionid", lock_mode="ShareLock"))
    rows.append(session(48390, 48112, wait=260, app="migrate", lock_mode="AccessExclusiveLock"))
    rows += [session(48120 + index, 48390, wait=250 - index) for index in range(20)]
    rows.append(session(48255, 48112, wait=150, app="lab-worker", lock_type="transactionid", lock_mode="ShareLock"))
    return rows


def drawn(rows: list[Any]) -> list[str]:
    return [row["branch"].drawn for row in rows]


def test_the_root_comes_first_waiters_stand_below_whom_they_wait_for_longest_first():
    assert drawn(chain_rows(LockGraph(queue()))) == [
        "48112",
        "├ 48207",
        "├ 48390",
        "│ ├ 48120",
        "│ ├ 48121",
        "│ ├ 48122",
        "│ └ 17 more",
        "└ 48255",
    ]


def test_a_folded_row_has_no_pid_tells_what_is_alike_and_opens_by_its_name():
    rows = chain_rows(LockGraph(queue()))
    fold = rows[6]
    assert fold["pid"] is None and fold["more"] == 17
    assert (fold["app"], fold["lock_mode"], fold["lock_relation"]) == ("lab-api", "AccessShareLock", "molecules")
    assert fold["wait_age"] == 247.0
    opened = chain_rows(LockGraph(queue()), frozenset({fold["folded"]}))
    assert len(opened) == 24 and all(row["pid"] for row in opened)


def test_only_more_than_four_alike_are_folded_and_who_holds_up_others_never_is():
    four = [session(1), *(session(pid, 1) for pid in range(2, 6))]
    assert len(chain_rows(LockGraph(four))) == 5
    five = [*four, session(6, 1)]
    assert drawn(chain_rows(LockGraph(five)))[-1] == "└ 2 more"
    holding = [*five, session(7, 6)]
    assert "└ 6" in drawn(chain_rows(LockGraph(holding))) or "├ 6" in drawn(chain_rows(LockGraph(holding)))


def test_a_folded_row_counts_the_clients_of_the_many():
    rows = [session(1), *(session(pid, 1, client=f"10.0.3.{pid % 2}") for pid in range(2, 10))]
    assert chain_rows(LockGraph(rows))[-1]["client"] == "2 of them"


def test_every_row_keeps_the_fields_that_actions_need_and_its_place():
    rows = chain_rows(LockGraph(queue()))
    root = rows[0]
    assert (root["pid"], root["user"], root["database"], root["state"]) == (
        48112,
        "lab_app",
        "lab",
        "idle in transaction",
    )
    assert root["blocks"] == 23 and root["depth"] == 0 and root.get("nothing", 7) == 7
    assert rows[3]["depth"] == 2 and int(rows[3]["branch"]) == 48120


def test_a_cycle_a_missing_blocker_and_a_chain_of_two_hundred_end():
    cycle = chain_rows(LockGraph([session(1, 2, wait=5), session(2, 1, wait=9)]))
    assert drawn(cycle) == ["2", "└ 1"]
    assert drawn(chain_rows(LockGraph([session(1, 999)]))) == ["1"]
    deep = chain_rows(LockGraph([session(1), *(session(pid, pid - 1) for pid in range(2, 202))]))
    assert len(deep) == 201
    assert all(len(text) <= 15 for text in drawn(deep))
    assert drawn(deep)[3] == "    └ 4" and drawn(deep)[200] == "…200 └ 201"


def test_a_prepared_transaction_is_named_has_no_pid_and_carries_those_who_wait_for_it():
    prepared = [{"gid": "order-7", "user": "lab_app", "database": "lab", "age": 900.0, "xid_age": 12}]
    rows = chain_rows(LockGraph([session(5, 0)]), prepared=prepared)
    assert drawn(rows) == ["prepared", "└ 5"]
    assert rows[0]["pid"] is None and rows[0]["gid"] == "order-7" and rows[0]["blocks"] == 1
    unknown = chain_rows(LockGraph([session(5, 0)]))
    assert unknown[0]["gid"] == "unknown"


def test_under_the_last_child_no_line_leads_on():
    rows = [session(1), session(2, 1, wait=5), session(3, 2)]
    assert drawn(chain_rows(LockGraph(rows))) == ["1", "└ 2", "  └ 3"]
