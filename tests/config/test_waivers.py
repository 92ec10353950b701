"""The file of waivers: every mistake has its line, nothing is half read, and adding leaves what stands there."""

from __future__ import annotations

import stat
from dataclasses import replace
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
    expires: never
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
    assert second.expires is None


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
        (GOOD.replace("    expires: never\n", ""), r"waivers\.yaml:8:5: .* no expires: its last day .* or never"),
        (GOOD.replace("    reason: accepted", "    since: lately\n    reason: accepted"), "since wants a day"),
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


def test_a_fingerprint_has_beside_it_which_finding_it_is_and_since_when(file: Path) -> None:
    waiver = Waiver(
        "because", "me", None, "0123456789abcdef", "sec-rls-recursion", "public.team_members rec",
        title="Policy recursion", since=date(2026, 3, 1),
    )  # fmt: skip
    waivers.add(file, waiver)
    for line in ('rule: "sec-rls-recursion"', 'object: "public.team_members rec"', 'title: "Policy recursion"',
                 'since: "2026-03-01"'):  # fmt: skip
        assert f"    {line}\n" in file.read_text()
    (read,) = waivers.load([file])
    assert replace(read, source="") == waiver
    waivers.end(file, read, date(2026, 3, 2))
    assert 'title: "Policy recursion"' in file.read_text()


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


def test_ending_a_waiver_sets_its_last_day_and_keeps_every_other_sign(file: Path) -> None:
    file.write_text(GOOD)
    file.chmod(0o640)
    first, second = waivers.load([file])
    waivers.end(file, first, date(2026, 3, 1))
    assert file.read_text() == GOOD.replace("2027-01-31", '"2026-03-01"')
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    waivers.end(file, second, date(2026, 3, 2))
    assert [one.expires for one in waivers.load([file])] == [date(2026, 3, 1), date(2026, 3, 2)]
    assert file.read_text() == GOOD.replace("2027-01-31", '"2026-03-01"').replace("never", '"2026-03-02"')


@pytest.mark.parametrize(
    "text",
    [
        'waivers: [{rule: a, expires: never, reason: x, owner: y}, {rule: b, expires: "2027-01-31", reason: x, owner: y}]\n',
        "waivers:\n  - reason: |\n      long\n      # no comment\n    owner: y\n    rule: a\n    expires: never\n  # the next\n"
        "  - {rule: b, reason: x, owner: y, expires: 2027-01-31}\n",
        "waivers:\r\n- owner: y\r\n  rule: a\r\n  expires: never\r\n  reason: x\r\n"
        "- owner: y\r\n  rule: b\r\n  expires: 2027-01-31\r\n  reason: x # why\r\n",
        "waivers:\n  -\n    'rule': 'a'\n    'reason': 'x'\n    'expires': 'never'\n    owner: y\n"
        "  - rule: b\n    expires: '2027-01-31' # then\n"
        "    reason: x\n    owner: y\n",
    ],
)
def test_every_way_to_write_an_entry_can_be_ended(file: Path, text: str) -> None:
    for number in (0, 1):
        file.write_bytes(text.encode())
        before = waivers.load([file])
        waivers.end(file, before[number], date(2026, 3, 1))
        after = waivers.load([file])
        assert [one.expires for one in after] == [
            date(2026, 3, 1) if at == number else one.expires for at, one in enumerate(before)
        ]
        assert [(one.rule, one.reason) for one in after] == [(one.rule, one.reason) for one in before]
        assert all(comment in file.read_text() for comment in ("# why", "# the next", "# then") if comment in text)


def test_a_waiver_that_was_changed_meanwhile_is_not_ended(file: Path) -> None:
    file.write_text(GOOD)
    first, _ = waivers.load([file])
    changed = GOOD.replace("dba@lab", "somebody else")
    file.write_text(changed)
    with pytest.raises(ConfigError, match="has changed"):
        waivers.end(file, first, date(2026, 3, 1))
    assert file.read_text() == changed


def test_of_two_equal_waivers_the_one_that_was_read_is_ended(file: Path) -> None:
    entry = "  - rule: a\n    reason: x\n    owner: y\n    expires: never\n"
    file.write_text("waivers:\n" + entry + entry)
    _, second = waivers.load([file])
    waivers.end(file, second, date(2026, 3, 1))
    assert [one.expires for one in waivers.load([file])] == [None, date(2026, 3, 1)]


def test_an_entry_that_can_only_be_ended_by_hand_says_where_it_stands(file: Path) -> None:
    text = 'waivers:\n  - rule: a\n    expires: "2027\\x2d01-31"\n    reason: x\n    owner: y\n'
    file.write_text(text)
    (only,) = waivers.load([file])
    with pytest.raises(ConfigError, match=r":2:5: expires .* by hand"):
        waivers.end(file, only, date(2026, 3, 1))
    assert file.read_text() == text
