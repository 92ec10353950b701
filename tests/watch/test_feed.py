"""The feed on a real server: one question at a time, nothing unwatched is asked, a lost server comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from itertools import pairwise

import psycopg
import pytest

from cryotui.demo.cluster import Cluster
from cryotui.model.errors import ConnectError
from cryotui.model.sample import Sample
from cryotui.pg.conninfo import resolve
from cryotui.pg.session import Session
from cryotui.watch.feed import Feed


async def until(what: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


def feed_on(uri: str) -> Feed:
    spec = resolve(uri, environ={})
    return Feed(lambda epoch: Session.open(spec, epoch), interval=1)  # type: ignore[arg-type, return-value]


@contextlib.asynccontextmanager
async def running(feed: Feed) -> AsyncIterator[Feed]:
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def take(feed: Feed, name: str, count: int) -> list[Sample]:
    samples = []
    async with aclosing(feed.watch(name)) as stream:  # type: ignore[type-var]
        async for sample in stream:
            samples.append(sample)
            if len(samples) == count:
                break
    return samples


async def test_two_watchers_of_one_probe_cost_one_query(database: str) -> None:
    async with running(feed_on(database)) as feed:
        first, second = await asyncio.gather(take(feed, "databases", 2), take(feed, "databases", 2))
    assert [sample.at for sample in first] == [sample.at for sample in second]


async def test_a_row_that_is_as_it_was_is_the_same_object_again_and_a_changed_one_is_new(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE calm (i int); CREATE TABLE busy (i int)")
        async with running(feed_on(database)) as feed:
            (before,) = await take(feed, "table_activity", 1)
            connection.execute("INSERT INTO busy SELECT generate_series(1, 10)")
            connection.execute("SELECT pg_stat_force_next_flush()" if connection.info.server_version >= 150000 else "")
            changed: list[Sample] = []

            async def watch() -> None:
                async with aclosing(feed.watch("table_activity")) as stream:  # type: ignore[type-var]
                    async for sample in stream:
                        changed[:] = [sample]
                        if any(row["inserted"] == 10 for row in sample.rows):
                            return

            async with asyncio.timeout(60):
                await watch()
        names = dict(connection.execute("SELECT oid::int, relname FROM pg_class").fetchall())
        after = {names[row["oid"]]: row for row in changed[0].rows}
        earlier = {names[row["oid"]]: row for row in before.rows}
    assert after["calm"] is earlier["calm"] and after["busy"] is not earlier["busy"]
    assert changed[0].at > before.at and changed[0].by(("oid",)) != before.by(("oid",))


async def test_leaving_the_loop_ends_the_asking(database: str) -> None:
    async with running(feed_on(database)) as feed:
        await take(feed, "databases", 1)
        asked = len(feed._spent)
        await asyncio.sleep(1.5)
        assert len(feed._spent) == asked


async def test_nothing_is_asked_while_time_is_stopped_but_single_questions_are_answered(database: str) -> None:
    async with running(feed_on(database)) as feed:
        samples: list[Sample] = []

        async def watch() -> None:
            samples.extend(await take(feed, "databases", 50))

        watcher = asyncio.create_task(watch())
        await until(lambda: feed._spent)
        feed.pause(True)
        await asyncio.sleep(0.3)
        asked = len(feed._spent)
        sample = await feed.ask("limits")
        assert sample.rows and len(feed._spent) == asked + 1
        watcher.cancel()


async def test_a_refusal_for_good_is_not_asked_again_until_told(database: str) -> None:
    async with running(feed_on(database)) as feed:
        async with aclosing(feed.watch("statements")) as stream:  # type: ignore[type-var]
            sample = await anext(stream)
            assert sample.missing is not None and sample.missing.kind == "extension"
            assert sample.missing.remedy == "CREATE EXTENSION pg_stat_statements;"
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.5):
                    await anext(stream)
        async with aclosing(feed.watch("statements")) as stream:  # type: ignore[type-var]
            await anext(stream)
            feed.refresh("statements")
            async with asyncio.timeout(60):
                await anext(stream)


async def test_a_server_that_restarts_is_found_again_and_nothing_is_subtracted_over_the_gap(pg: Cluster) -> None:
    cluster = Cluster(pg.bin_dir)
    cluster.start()
    try:
        async with running(feed_on(cluster.uri())) as feed:
            async with aclosing(feed.watch("databases")) as stream:  # type: ignore[type-var]
                before = await anext(stream)
                states: list[str] = []
                feed.on_link.append(lambda link: states.append(link.state))
                await asyncio.to_thread(cluster.restart)
                await until(lambda: "lost" in states and states[-1] == "live")
                after = await anext(stream)
                while after.epoch == before.epoch:
                    after = await anext(stream)
        assert after.rows and after.epoch > before.epoch
    finally:
        cluster.stop()


async def test_a_killed_session_is_told_with_the_servers_words_and_opened_again(database: str) -> None:
    async with running(feed_on(database)) as feed:
        async with aclosing(feed.watch("databases")) as stream:  # type: ignore[type-var]
            await anext(stream)
            errors: list[str] = []
            feed.on_link.append(lambda link: errors.append(str(link.error)) if link.error else None)
            assert feed.session is not None
            with psycopg.connect(database, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [feed.session.server.pid])
            await until(lambda: errors and feed.session is not None)
    assert errors


async def test_a_refused_password_is_tried_once(pg: Cluster) -> None:
    tries = 0

    async def refuse(epoch: int) -> Session:
        nonlocal tries
        tries += 1
        from cryotui.model.errors import AuthenticationError

        raise AuthenticationError("Password refused for x (28P01).", "auth", "28P01")

    feed = Feed(refuse)  # type: ignore[arg-type]
    async with running(feed):
        await until(lambda: feed.link.error)
        await asyncio.sleep(1.2)
        assert tries == 1 and feed.link.next_try is None
        feed.refresh()
        await until(lambda: tries == 2)


async def test_a_question_asked_while_the_server_is_away_is_answered_with_the_reason() -> None:
    feed = feed_on(f"postgresql:///x?host=/nowhere-{os.getpid()}")
    async with running(feed):
        with pytest.raises(ConnectError):
            await feed.ask("limits")


async def test_no_transaction_of_ours_stays_open_between_polls(database: str) -> None:
    async with running(feed_on(database)) as feed:
        await take(feed, "activity", 1)
        assert feed.session is not None
        with psycopg.connect(database, autocommit=True) as other:
            row = other.execute(
                "SELECT state, application_name FROM pg_stat_activity WHERE pid = %s", [feed.session.server.pid]
            ).fetchone()
    assert row is not None and row[0] == "idle" and row[1].startswith("cryotui")


async def test_probes_of_one_rhythm_are_asked_together_and_settle_once(database: str) -> None:
    newest: dict[str, float] = {}
    settled: list[dict[str, float]] = []

    async def watch(name: str) -> None:
        async with aclosing(feed.watch(name)) as stream:  # type: ignore[type-var]
            async for sample in stream:
                newest[name] = sample.at

    async with running(feed_on(database)) as feed:
        feed.on_settled.append(lambda: settled.append(dict(newest)))
        watching = [asyncio.create_task(watch("vitals"))]
        await until(lambda: settled)
        watching.append(asyncio.create_task(watch("wal")))
        await until(lambda: len(settled) >= 6)
        for task in watching:
            task.cancel()
    for before, after in pairwise(settled[3:]):
        assert all(after[name] > before[name] for name in ("vitals", "wal"))
