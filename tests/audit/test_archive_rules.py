"""Rules about archiving and base backups on servers whose archiver fails, works, or has no command."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dial import Connect
from judging import KEEPS, found, judged, reload_with, stranger, until
from servers import new_cluster

from cryotui.demo.cluster import Cluster


@pytest.fixture(scope="module")
def archiving(major: int) -> Iterator[Cluster]:
    """A server with a table whose archive_command always fails."""
    with new_cluster(major, {"archive_mode": "on", "archive_command": "false"}) as server:
        yield server


async def test_an_archiver_that_fails_is_found_until_it_works_again(connect: Connect, archiving: Cluster) -> None:
    connection = await connect(archiving.uri())
    await reload_with(connection, "archive_command", "false")
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (a int); SELECT pg_switch_wal()")
    await until(lambda: found(connection, "bak-archiver-failing"))
    assert await found(connection, "bak-archiver-failing") == [("bad", "archiver", "never succeeded")]
    assert [one[0] for one in await found(connection, "bak-archive-lag", files=0)] == ["bad"]
    assert await found(connection, "bak-archive-lag") == []

    nobody = await stranger(connect, archiving, connection)
    missing = (await judged(nobody, "bak-archive-lag")).missing
    assert missing is not None and missing.remedy == "GRANT pg_monitor TO stranger;"
    assert [one[2] for one in await found(nobody, "bak-archiver-failing")] == ["never succeeded"]

    await reload_with(connection, "archive_command", KEEPS)

    async def works() -> bool:
        return not await found(connection, "bak-archiver-failing") + await found(connection, "bak-archive-lag", files=0)

    await until(works)
    await reload_with(connection, "archive_command", "false")
    await connection.execute("CREATE TABLE more (a int); SELECT pg_switch_wal()")
    await until(lambda: found(connection, "bak-archiver-failing"))
    # it worked a moment ago; and the number of files is reckoned for who may not list them
    assert [one[0] for one in await found(connection, "bak-archiver-failing")] == ["watch"]
    assert [one[0] for one in await found(connection, "bak-archiver-failing", bad=0)] == ["bad"]
    assert [one[0] for one in await found(nobody, "bak-archive-lag", files=0)] == ["bad"]


async def test_the_age_of_a_base_backup_is_known_from_its_label_and_unknown_without(
    connect: Connect, archiving: Cluster, major: int
) -> None:
    connection = await connect(archiving.uri())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
    missing = (await judged(connection, "bak-backup-age")).missing
    assert missing is not None and "no backup source is configured" in missing.sentence
    nobody = await stranger(connect, archiving, connection)
    hidden = (await judged(nobody, "bak-backup-age")).missing
    assert hidden is not None and hidden.remedy == "GRANT pg_monitor TO stranger;"

    if major >= 15:
        await connection.execute("SELECT pg_backup_start('lab', true); SELECT pg_backup_stop(false)")
    else:
        await connection.execute("SELECT pg_start_backup('lab', true, false); SELECT pg_stop_backup(false, false)")
    assert await found(connection, "bak-backup-age") == []
    assert [one[:2] for one in await found(connection, "bak-backup-age", watch=0)] == [("watch", "server")]
    assert [one[:2] for one in await found(connection, "bak-backup-age", watch=0, bad=0)] == [("bad", "server")]


async def test_archiving_without_a_command_is_not_archiving(connect: Connect, archiving: Cluster) -> None:
    connection = await connect(archiving.uri())
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (a int)")
    await reload_with(connection, "archive_command", KEEPS)
    assert await found(connection, "bak-archiving-off") == []
    assert await found(connection, "bak-none-evident") == []
    await reload_with(connection, "archive_command", "")
    assert await found(connection, "bak-archiving-off") == [("bad", "archive_mode", "on, no command; no WAL is kept")]
    missing = (await judged(connection, "bak-none-evident")).missing
    assert missing is not None and missing.kind == "setting" and "no backup source is configured" in missing.sentence


COMMANDS = {
    "/bin/true": ("bad", "throws all WAL away"),
    ":": ("bad", "throws all WAL away"),
    "test -f %p": ("bad", "throws all WAL away"),
    "echo %p": ("bad", "throws all WAL away"),
    "cp %p /dev/null": ("bad", "throws all WAL away"),
    "cat %p > /dev/null": ("bad", "throws all WAL away"),
    "cp %p /archive/%f >/dev/null": ("watch", "copies without a sync"),
    "pgbackrest --stanza=main archive-push %p >/dev/null": None,
    "pgbackrest --stanza=main archive-push %p || true": ("bad", "calls each failure a success"),
    "cp %p /archive/%f; exit 0": ("bad", "calls each failure a success"),
    "cp %p /archive/%f": ("watch", "copies without a sync"),
    "test ! -f /archive/%f && cp %p /archive/%f": ("watch", "copies without a sync"),
    "/usr/bin/rsync -a %p backup:/archive/%f": ("watch", "copies without a sync"),
    "gzip < %p > /archive/%f.gz": ("watch", "copies without a sync"),
    "rsync -a --fsync %p backup:/archive/%f": None,
    KEEPS: None,
    "pgbackrest --stanza=main archive-push %p": None,
    "barman-wal-archive backup main %p 2>/dev/null": None,
    "envdir /etc/wal-g.d wal-g wal-push %p": None,
    "aws s3 cp %p s3://archive/%f": None,
}


async def test_an_archive_command_is_judged_by_what_is_known_of_it(connect: Connect) -> None:
    with new_cluster(None, {"archive_mode": "on", "archive_command": "false"}) as server:
        connection = await connect(server.uri())
        for command, expected in COMMANDS.items():
            await reload_with(connection, "archive_command", command)
            said = [(level, evidence) for level, _, evidence in await found(connection, "bak-archive-command-unsafe")]
            assert said == ([expected] if expected else []), command
        await reload_with(connection, "archive_command", "/opt/ours/archive.sh %p %f")
        missing = (await judged(connection, "bak-archive-command-unsafe")).missing
        assert missing is not None and "cannot be seen from SQL" in missing.sentence
