"""Who goes on when a session ends: pure values."""

from __future__ import annotations

from cryotui.actions.blocking import Waiter, freed, frees_text, half_freed, mildest


def _waiters(**blocked: set[int]) -> dict[int, Waiter]:
    return {int(pid[1:]): Waiter(int(pid[1:]), frozenset(by), f"UPDATE t{pid} SET") for pid, by in blocked.items()}


CHAIN = _waiters(p2={1}, p3={2}, p4={2, 3}, p5={1, 9}, p6={5}, p8={9})


def test_those_behind_go_on_one_after_the_other() -> None:
    assert freed(1, CHAIN) == {2, 3, 4}
    assert freed(9, CHAIN) == {8}
    assert freed(7, CHAIN) == frozenset()


def test_those_who_wait_for_somebody_else_too_are_told_apart() -> None:
    assert half_freed(1, CHAIN) == {5}
    assert frees_text(1, CHAIN) == "3 sessions: 2 UPDATE tp2, then 2 behind it; 1 more also waits for others"


def test_the_sum_of_all_branches_adds_up() -> None:
    queue = _waiters(p2={1}, p3={2}, p4={1, 2}, p5={1, 4}, p6={1, 9})
    one = {pid: waiter for pid, waiter in queue.items() if pid < 4}
    assert frees_text(1, one) == "2 sessions: 2 UPDATE tp2, then 1 behind it"
    assert frees_text(1, queue).startswith("4 sessions: 2 UPDATE tp2, then 1 behind it; and 2 others")
    many = _waiters(p2={1}, p3={1}, p4={1}, p5={1}, p6={5}, p7={1, 2})
    assert frees_text(1, many).startswith(
        "6 sessions: 5 UPDATE tp5, then 1 behind it; 2 UPDATE tp2; 3 UPDATE tp3; and 2 others"
    )


def test_a_cycle_and_a_prepared_transaction_end() -> None:
    cycle = _waiters(p1={2}, p2={1}, p3={1})
    assert freed(1, cycle) == {2, 3}
    prepared = _waiters(p2={0}, p3={0, 2})
    assert freed(2, prepared) == frozenset()
    assert frees_text(2, prepared) == "nobody at once; 1 more also waits for others"


def test_a_deep_chain_ends() -> None:
    deep = {pid: Waiter(pid, frozenset({pid - 1}), None) for pid in range(2, 502)}
    assert len(freed(1, deep)) == 500


def test_the_mildest_is_the_waiter_that_holds_up_most() -> None:
    best = mildest(1, CHAIN)
    assert best is not None
    assert (best[0].pid, best[1]) == (2, 2)
    assert mildest(8, CHAIN) is None
    assert frees_text(8, CHAIN) == "nobody: no session waits for it"
