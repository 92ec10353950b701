"""The file of waivers: every mistake has its line, nothing is half read, and adding leaves what stands there."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest

from cryotui.config import waivers
from cryotui.model.errors import ConfigError
from cryotui.model.review import Waiver

GOOD = """\
# ours
waivers:
  - rule: perf-unused-index
    object: "public.ix_*"   # of the old report
    reason: the yearly report uses them
    owner: dba@lab
    expires: 2027-01-31
  - fingerprint: 0123456789abcdef
    reason: accepted
    owner: on call
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "waivers.yaml"


def test_a_file_is_read_with_every_word(file: Path) -> None:
    file.write_text(GOOD)
    first, second = waivers.load([file])
    assert (first.rule, first.object, first.expires) == ("perf-unused-index", "public.ix_*", date(2027, 1, 31))
    assert first.source.endswith(":3:5")
    assert (second.fingerprint, second.reason, second.owner) == ("0123456789abcdef", "accepted", "on call")


@pytest.mark.parametrize("text", ["", "waivers:\n", "waivers: []\n", "# nothing\n"])
def test_an_empty_file_waives_nothing(file: Path, text: str) -> None:
    file.write_text(text)
    assert waivers.load([file]) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (GOOD.replace("reason: accepted", "reasn: accepted"), r":9:5: .*reason"),
        (GOOD.replace("    reason: accepted\n", ""), "no reason"),
        (GOOD.replace("    owner: on call\n", ""), "no owner"),
        (GOOD.replace("2027-01-31", "soon"), "expires wants a day"),
        (GOOD.replace("    reason: accepted", "    rule: x\n    reason: accepted"), "not both"),
        (GOOD.replace("  - fingerprint: 0123456789abcdef\n    reason", "  - reason"), "names nothing"),
        ("waivers: all\n", "is a list"),
        ("waivers:\n  - all\n", "is a table"),
        ("waiver:\n  - rule: x\n", "waivers"),
        ("waivers:\n  - rule: [a, b]\n    reason: x\n    owner: y\n", "wants a text"),
        ("waivers: [\n", "waivers.yaml"),
    ],
)
def test_a_mistake_refuses_the_whole_file_and_says_where(file: Path, wrong: str, said: str) -> None:
    file.write_text(wrong)
    with pytest.raises(ConfigError, match=said):
        waivers.load([file])


def test_a_file_that_was_named_and_is_not_there_is_an_error(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"waivers\.yaml"):
        waivers.load([file])


def test_adding_keeps_what_stands_there_word_for_word(file: Path) -> None:
    file.write_text(GOOD)
    hostile = Waiver('he said "no": # {x}', "a\nb", date(2027, 2, 1), rule="r", object='public."a: b"', target="prod")
    waivers.add(file, hostile)
    assert file.read_text().startswith(GOOD)
    *before, added = waivers.load([file])
    assert len(before) == 2
    assert (added.reason, added.owner, added.object) == (hostile.reason, hostile.owner, hostile.object)


def test_adding_makes_a_private_file(file: Path) -> None:
    waivers.add(file.parent / "new" / "waivers.yaml", Waiver("because", "me", fingerprint="0123456789abcdef"))
    made = file.parent / "new" / "waivers.yaml"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert waivers.load([made])[0].owner == "me"


@pytest.mark.parametrize("text", ["waivers: []\n", "waivers: [\n", "other: 1\n"])
def test_a_file_that_cannot_be_added_to_stays_as_it_is(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError):
        waivers.add(file, Waiver("because", "me", rule="r"))
    assert file.read_text() == text
