"""What can be run of the audit, as menus list it: about the row under the cursor, all rules, a group, scenarios."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cryotui.model.pane import Table
from cryotui.model.record import dataclass
from cryotui.model.rule import GROUPS
from cryotui.model.sample import Row
from cryotui.panes.audit_groups import tallies
from cryotui.tui.asking import audit, evidence, scenarios, trying
from cryotui.tui.asking.aim import aim
from cryotui.tui.console import Console
from cryotui.tui.screens.chooser import Chooser


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu: the key that takes it, label, note, why it is refused (None when it is not), what it does."""

    key: str
    label: str
    note: str
    call: Callable[[], object]
    refused: str | None = None

    @property
    def item(self) -> tuple[str, str, str | None]:
        """As a chooser lists it."""
        return f"{self.key}  {self.label}", self.note, self.refused


def about(console: Console, row: Row | None) -> list[Entry]:
    """What can be run about one row."""
    if row is None:
        return []
    found: list[Entry] = []
    if row.get("rule") and row.get("verdict"):
        rule = str(row["rule"])
        found.append(Entry("r", "Run this rule again", f"{rule} alone; changes nothing",
                            partial(audit.run_again, console, rule)))  # fmt: skip
    if row.get("look") and row.get("fingerprint"):
        found.append(Entry("e", "Show the rows", "those it is about; only reads", partial(evidence.look, console, row)))
    thing = aim(row)
    if thing is not None:
        note = f"the rules about {thing.named}; changes nothing"
        found.append(Entry("A", f"Audit this {thing.what}", note, partial(audit.run_about, console, thing)))
    if trying.relation(row) is not None:
        note = "reads, plans writes; all rolled back"
        found.append(Entry("t", "Try it as each role", note, partial(trying.read, console, row)))
        found.append(Entry("w", "Try writes as each role too", "asks first; all rolled back",
                            partial(trying.ask_writes, console, row), trying.writes_refused(console)))  # fmt: skip
    return found


def everything(console: Console) -> list[Entry]:
    """What can be run from everywhere."""
    groups = [
        Entry(str(number), f"Run the audit: {group}", "the rules of this group",
              partial(audit.run_group, console, group))
        for number, group in enumerate(GROUPS, 1)
    ]  # fmt: skip
    before = scenarios.last(console)
    shown = (
        []
        if before is None
        else [Entry("S", "Scenarios checked last", before.said, partial(scenarios.show, console, before))]
    )
    one_group = (
        [Entry("g", "Show one group", "the list of one group alone, with counts", partial(show_group, console))]
        if console.pane.name == "audit"
        else []
    )
    return [
        *one_group,
        Entry("a", "Run the audit", "all rules; changes nothing", partial(audit.run_audit, console)),
        *groups,
        Entry("s", "Check scenarios of row security", "what each role must see, from a YAML file",
              partial(scenarios.ask, console)),
        *shown,
    ]  # fmt: skip


def show_group(console: Console) -> None:
    """A choice of the groups of the view that is shown, with their counts; the list shows that one alone."""
    board = console.board
    blocks = console.pane.blocks(board.moment, board.width) if board.moment is not None else ()
    found = tallies(next((block.rows for block in blocks if isinstance(block, Table)), ()), board.choice.view)
    if not found:
        console.say("There is nothing to choose a group of. A runs the audit.")
        return
    items = [
        (f"{number}  {one.group}", f"{one.rows}" + (f": {one.said}" if one.counts else ""), None)
        for number, one in enumerate(found, 1)
    ]

    def choose(index: int) -> None:
        board.set_filter(f"group:{found[index].group}")
        console.refresh_board()

    console.push(Chooser("Show one group", items, choose, note="Esc in the list shows all"))


def listed(console: Console) -> list[Entry]:
    """Both, what is about the row under the cursor first."""
    return [*about(console, console.board.row), *everything(console)]


def menu(console: Console) -> None:
    """The menu of the key A."""
    entries = listed(console)
    items = [entry.item for entry in entries]
    console.push(Chooser("Audit", items, lambda index: entries[index].call(), tell=console.say))
