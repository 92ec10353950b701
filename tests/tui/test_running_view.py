"""The screen of a running action: nothing of a long end is cut, and its keys fit whether it still runs."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from cryotui.model.action import Notice, Outcome
from cryotui.model.text import cells
from cryotui.tui.asking.running import show_running

SENTENCE = (
    "REINDEX uq_molecules_name failed: could not create unique index, Key (name)=(same) is duplicated (23505). "
    "It left uq_molecules_name_ccnew, invalid, 16 kB. a drops it."
)


def view(outcome: Outcome | None) -> Any:
    layers: list[Any] = []
    console: Any = SimpleNamespace(
        target=SimpleNamespace(protected=False),
        moments=SimpleNamespace(rows_of=lambda probe: ()),
        moment=lambda: SimpleNamespace(rows=lambda probe: ()),
        push=layers.append,
    )
    notice = Notice(datetime(2026, 3, 14, tzinfo=UTC), "INFO", "word " * 40 + "last\n" + " " * 300)
    running: Any = SimpleNamespace(
        title="REINDEX uq_molecules_name", state="ended" if outcome else "running", started_at=None, pid=4711, total=1,
        done=0, sql="REINDEX", notices=(notice,), outcome=outcome,
    )  # fmt: skip
    show_running(console, running)
    return layers[0]


def test_the_end_of_a_failure_is_read_whole_at_80_columns() -> None:
    layer = view(Outcome("failed", SENTENCE, "REINDEX", details=("another thing to know",)))
    lines = ["".join(text for text, _ in spans) for spans, _ in layer.draw(80, 60)]
    assert all(cells(line) <= 80 for line in lines)
    text = " ".join(" ".join(lines).split())
    assert SENTENCE in text
    assert "word last" in text
    assert "another thing to know" in text


def test_what_has_ended_is_not_offered_to_be_stopped() -> None:
    alive, over = view(None), view(Outcome("verified", "done", "REINDEX"))
    assert ("X", "stop it") in alive.hints()
    assert alive.foot().startswith("It goes on when you leave")
    assert "X" not in [key for key, _ in over.hints()]
    assert over.foot() == "It has ended; the action log keeps what it did."
