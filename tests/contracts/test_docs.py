"""The documentation tells what is there: generated parts regenerate unchanged, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from readme_tables import README, renewed

from cryotui import panes, probes
from cryotui.cli import VERBS

ROOT = Path(__file__).parents[2]
TEXT = README.read_text()


def test_the_tables_of_the_readme_are_those_of_the_program() -> None:
    assert renewed(TEXT) == TEXT, "run python tests/contracts/readme_tables.py"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb: str) -> None:
    assert f"cryotui {verb}" in TEXT


def test_the_two_commands_stand_on_the_first_screen_with_their_markers() -> None:
    first_screen = "\n".join(TEXT.splitlines()[:24])
    for name, word in (("demo", "cryotui demo"), ("test", "pytest")):
        found = re.search(rf"<!-- {name} command -->\n```sh\n(.*)\n```", first_screen)
        assert found and word in found[1]


def test_every_file_the_readme_links_to_exists() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / link).exists(), link


@pytest.mark.parametrize("name", probes.names())
def test_every_probe_says_what_it_tells(name: str) -> None:
    probe = probes.probe(name)
    assert probe.title and probe.about


@pytest.mark.parametrize("name", panes.ORDER)
def test_every_column_of_a_pane_is_explained(name: str) -> None:
    pane = panes.pane(name)
    assert pane.about


def test_every_runtime_dependency_is_named_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    pyproject = (ROOT / "pyproject.toml").read_text()
    block = re.search(r"^dependencies = \[(.*?)\]", pyproject, re.DOTALL | re.MULTILINE)
    assert block
    for dependency in re.findall(r'"([a-z-]+)', block[1]):
        assert dependency in changelog
