"""Who waits for whom: the right parent, what an end frees, and no shape of a graph that hangs or is lost."""

from __future__ import annotations

from typing import Any

from cryotui.model.lockgraph import PREPARED, LockGraph


def session(pid: int, *blocked_by: int, wait: float | None = None, transaction: float = 100.0) -> dict[str, Any]:
    waited = wait if wait is not None else (10.0 if blocked_by else None)
    return {"pid": pid, "blocked_by": list(blocked_by) or None, "wait_age": waited, "transaction_age": transaction}


def queue_behind_ddl(readers: int = 20) -> LockGraph:
    """An idle transaction, a waiting ALTER TABLE, readers behind the ALTER, two writers of the same row."""
    rows = [session(1), session(2, 1, wait=350), session(3, 1, wait=260), session(4, 1, wait=150)]
    rows += [session(100 + index, 3, wait=250 - index) for index in range(readers)]
    return LockGraph(rows)


def test_a_reader_behind_a_waiting_ddl_stands_under_the_ddl_and_not_under_the_holder():
    graph = queue_behind_ddl()
    assert graph.roots == [1]
    assert graph.children[1] == [2, 3, 4]  # longest waiting first
    assert graph.children[3][0] == 100 and len(graph.children[3]) == 20
    assert graph.parents[100] == 3


def test_ending_the_ddl_frees_its_readers_and_ending_the_root_frees_all():
    graph = queue_behind_ddl()
    assert len(graph.frees(3)) == 20
    assert len(graph.frees(1)) == 23
    assert graph.frees(2) == set() and graph.blocks(2) == 0
    assert (graph.blocks(1), graph.blocks(3)) == (23, 20)


def test_a_second_ddl_behind_holder_and_first_ddl_stands_under_the_holder_and_is_not_freed_by_the_first():
    graph = LockGraph([session(1), session(2, 1, wait=50), session(3, 1, 2, wait=40)])
    assert graph.parents[3] == 1
    assert graph.frees(2) == set()
    assert graph.frees(1) == {2, 3}


def test_two_holders_of_one_lock_free_nobody_alone_and_both_are_roots():
    graph = LockGraph([session(1, transaction=50), session(2, transaction=90), session(3, 1, 2)])
    assert set(graph.roots) == {1, 2}
    assert graph.parents[3] == 2  # the older holder
    assert graph.frees(1) == graph.frees(2) == set()
    assert graph.blocks(1) == graph.blocks(2) == 1


def test_a_cycle_has_a_root_and_every_session_of_it_is_reached_once():
    graph = LockGraph([session(1, 2, wait=5), session(2, 3, wait=9), session(3, 1, wait=1), session(4, 1, wait=2)])
    assert graph.roots == [2]
    assert graph.below(2) == {1, 3, 4}
    assert graph.frees(2) == {1, 3, 4}


def test_a_session_that_waits_for_itself_or_for_one_that_is_gone_is_a_root():
    graph = LockGraph([session(1, 1), session(2, 999)])
    assert set(graph.roots) == {1, 2}
    assert graph.waits(1) and graph.waits(2)


def test_a_chain_of_two_hundred_and_a_queue_of_two_thousand_are_answered():
    deep = LockGraph([session(1), *(session(pid, pid - 1) for pid in range(2, 202))])
    assert deep.roots == [1] and len(deep.frees(1)) == 200 and deep.blocks(101) == 100
    wide = LockGraph([session(1), *(session(pid, 1) for pid in range(2, 2002))])
    assert wide.blocks(1) == 2000 and len(wide.children[1]) == 2000


def test_a_prepared_transaction_is_a_root_without_a_session():
    graph = LockGraph([session(5, PREPARED), session(6, 5)])
    assert graph.roots == [PREPARED]
    assert graph.children[PREPARED] == [5]
    assert graph.frees(PREPARED) == {5, 6}
    assert graph.chained == {5, 6}


def test_the_root_that_holds_up_most_comes_first():
    graph = LockGraph([session(1), session(2, 1), session(10), session(11, 10), session(12, 10)])
    assert graph.roots == [10, 1]


def test_a_blocker_named_twice_counts_once_and_no_waiter_means_no_chain():
    graph = LockGraph([session(1), session(2, 1, 1)])
    assert graph.blockers[2] == (1,) and graph.waiters[1] == [2]
    quiet = LockGraph([session(1), session(2)])
    assert quiet.roots == [] and quiet.chained == set() and quiet.blocks(1) == 0
