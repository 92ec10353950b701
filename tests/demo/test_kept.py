"""Whose directory it is: a demo takes an empty one or its own, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from cryotui.demo.kept import MARKER, claim, mark
from cryotui.model.errors import UsageError


def test_a_new_directory_is_made_with_its_parents_and_claimed(room: Path) -> None:
    home = room / "a" / "b"
    assert claim(home, "18.6") is False
    assert (home / MARKER).exists()


def test_a_foreign_directory_is_refused_and_left_as_it_is(room: Path) -> None:
    (room / "thesis.tex").write_text("years of work")
    mode = room.stat().st_mode
    with pytest.raises(UsageError, match="not empty"):
        claim(room, "18.6")
    assert [path.name for path in room.iterdir()] == ["thesis.tex"]
    assert room.stat().st_mode == mode


def test_somebody_elses_file_of_our_name_does_not_make_it_ours(room: Path) -> None:
    (room / MARKER).write_text("[not, json")
    with pytest.raises(UsageError, match="not empty"):
        claim(room, "18.6")


def test_a_finished_laboratory_is_used_again_and_an_unfinished_one_is_cleared(room: Path) -> None:
    claim(room, "18.6")
    data = room / "data"
    data.mkdir()
    assert claim(room, "18.6") is False
    assert not data.exists()
    data.mkdir()
    mark(room, "18.6", complete=True)
    assert claim(room, "18.7") is True
    assert data.exists()


def test_another_major_is_refused_by_name(room: Path) -> None:
    claim(room, "17.2")
    mark(room, "17.2", complete=True)
    with pytest.raises(UsageError, match=r"PostgreSQL 17; this is laboratory 1 on PostgreSQL 18\.6"):
        claim(room, "18.6")


def test_a_file_in_place_of_the_directory_is_refused(room: Path) -> None:
    (room / "file").write_text("")
    with pytest.raises(UsageError):
        claim(room / "file", "18.6")
    with pytest.raises(UsageError):
        claim(room / "file" / "below", "18.6")
