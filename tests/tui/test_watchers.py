"""Which probes are asked, and how soon: what is seen at the interval, what alerts need behind it, costly words seldom."""

from __future__ import annotations

from cryotui import diagnosis
from cryotui.panes import pane, panes
from cryotui.tui.watchers import BEHIND, OURS, SELDOM, wanted


def test_the_visible_pane_comes_first_and_alerts_behind_it() -> None:
    tables = pane("tables")
    asked = wanted(tables, "all")
    assert all(asked[name] is None for name in tables.probes)
    assert {asked[name] for name in diagnosis.probes() if name not in tables.probes} == {BEHIND}
    assert asked["autovacuum_queue"] == SELDOM


def test_what_the_page_of_a_running_action_shows_is_asked_wherever_it_lies() -> None:
    tables = pane("tables")
    assert "progress" not in wanted(tables, "all")
    asked = wanted(tables, "all", ours=True)
    assert all(asked[name] is None for name in OURS)


def test_every_probe_of_the_search_for_causes_is_asked_from_every_pane() -> None:
    for name in ("overview", "progress", "audit"):
        assert {*diagnosis.probes(), *diagnosis.more_probes()} <= {*wanted(pane(name), "")}


def test_what_is_asked_before_the_console_is_there_is_what_its_pane_asks_first() -> None:
    assert {one.name: one.tab.first for one in panes()} == {one.name: (*one.probes, "")[0] for one in panes()}
