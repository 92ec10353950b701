"""Rooms that every account may enter: a server started by root does not run as root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_process import python_for

from cryotui.demo.account import Account, server_account

ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def hall() -> Iterator[Path]:
    """A directory for the tests of one module, below /tmp and open to all."""
    path = Path(tempfile.mkdtemp(prefix="cryotui-hall-", dir="/tmp"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def room(hall: Path) -> Path:
    """A directory for one test, open to all."""
    path = Path(tempfile.mkdtemp(dir=hall))
    path.chmod(0o777)
    return path


@pytest.fixture(scope="session")
def ordinary() -> Account:
    """An account that is not root and can run our code."""
    account = server_account()
    if account is None:
        pytest.skip("we are an ordinary user already: every other test is this one")
    if python_for(account) is None:
        pytest.skip(f"no Python with our packages that {account.name} may run")
    return account
