"""The tables of the README, made from what they describe. ``python tests/contracts/readme_tables.py`` writes them anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryotui import audit, panes
from cryotui.actions.registry import actions
from cryotui.cli.show import RULES
from cryotui.model.keys import keys_table_markdown

README = Path(__file__).parents[2] / "README.md"


def panes_table() -> str:
    """Tabs in their order, with the first sentence of what each says about itself."""
    word = {pane.name: f"`{pane.name}`" for pane in panes.panes()} | {RULES: ""}  # show sends that one to cryotui audit
    rows = [
        f"| `{pane.tab.digit}` | {pane.title} | {word[pane.name]} | {pane.about.split('. ')[0].rstrip('.')} |"
        for pane in panes.panes()
    ]
    return "\n".join(["| key | pane | `cryotui show` | it tells |", "|---|---|---|---|", *rows]) + "\n"


def actions_table() -> str:
    """Actions with their level and lock."""
    rows = [
        f"| {f'`{action.key}`' if action.key else 'menu'} | {action.title} | {action.level.word} | "
        f"{action.lock.split(':')[0]} |"
        for action in actions()
    ]
    return "\n".join(["| key | action | level | lock |", "|---|---|---|---|", *rows]) + "\n"


def rules_table() -> str:
    """Audit rules by their order in ``cryotui audit --list``."""
    rows = [
        f"| `{rule.id}` | {rule.title} | {rule.group} | {rule.severity.value}{', off by default' if rule.off else ''} |"
        for rule in audit.rules()
        if rule.origin == "built in"
    ]
    return "\n".join(["| rule | finds | group | severity |", "|---|---|---|---|", *rows]) + "\n"


TABLES: dict[str, Callable[[], str]] = {
    "panes": panes_table,
    "keys": keys_table_markdown,
    "actions": actions_table,
    "rules": rules_table,
}


def renewed(text: str) -> str:
    """The README's text with every table between its markers made anew. Raises ValueError when a marker is missing."""
    for name, table in TABLES.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, rest = text.split(start, 1)
        text = before + start + table() + end + rest.split(end, 1)[1]
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
