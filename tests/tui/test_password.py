"""Passwords while the console is open: asked for in a sheet, fetched beside everything else, never on the screen."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import psycopg
import pytest
from console_fixture import Opens
from driven import Driven

from cryotui.model.errors import ConnectError
from cryotui.pg.destination import run_password_command

SECOND = "second-one-81c"


def script(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "password.sh").write_text(text)
    return "/bin/sh", str(folder / "password.sh")


async def test_the_first_line_of_password_command_is_the_password(tmp_path: Path) -> None:
    given = await run_password_command(script(tmp_path, "echo right-one; echo more"))
    assert given.reveal() == "right-one"


def test_a_role_that_is_not_there_is_told_so_and_not_asked_for_a_password(lab: str) -> None:
    with Driven(lab.replace("postgres@", "nobody_of_that_name@", 1)) as driven:
        assert driven.ended() == 4
        said = " ".join(driven.text.split())
    assert "does not exist (28000)" in said and "Password for" not in said


async def test_everything_goes_on_while_password_command_thinks(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    words = script(tmp_path, f"while [ ! -e {gate} ]; do sleep 0.05; done; echo right-one")
    asked = asyncio.create_task(run_password_command(words))
    await asyncio.sleep(0)
    gate.touch()  # a blocked loop would never come here
    assert (await asked).reveal() == "right-one"


async def test_a_silent_password_command_is_killed(tmp_path: Path) -> None:
    words = script(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 600")
    with pytest.raises(ConnectError, match="gave nothing within 1 s: /bin/sh"):
        await run_password_command(words, 1.0)
    pid = int((tmp_path / "pid").read_text())
    end = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
        await asyncio.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(
    ("text", "sentence"), [("echo secret; exit 3", "failed with exit code 3"), ("exit 0", "printed no password")]
)
async def test_what_is_wrong_with_password_command_is_said_without_its_output(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(ConnectError, match=sentence) as raised:
        await run_password_command(script(tmp_path, text))
    assert "secret" not in str(raised.value)


def change_password(uri: str, new: str) -> None:
    """Give the role another password, and end its sessions."""
    owner = uri.replace("known:PASSWORD@", "postgres@")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE known PASSWORD '{new}'".encode())
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'known'")


def test_after_a_refused_password_r_asks_for_another_in_a_sheet(with_password: str, opened: Opens) -> None:
    driven: Driven = opened(with_password.replace("PASSWORD", "right-one"), pane="activity")
    try:
        change_password(with_password, SECOND)
        driven.wait_for("LOST")
        driven.until("r", "Password .*▏")
        driven.keys("wrong", "enter").wait_for(lambda: "▏" not in driven.text)
        driven.until("r", "Password .*▏")
        driven.keys("escape").wait_for(lambda: "▏" not in driven.text)
        driven.until("r", "Password .*▏")
        driven.keys(SECOND, "enter").wait_for(r" live \d+s")
        assert SECOND.encode() not in driven.raw and b"wrong" not in driven.raw
    finally:
        change_password(with_password, "right-one")
