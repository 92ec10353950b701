"""``cryotui config check|show|path|init``: the configuration, without a connection."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from cryotui import audit
from cryotui.cli import tell
from cryotui.config import Loaded, examine, waivers
from cryotui.config.check import TARGET_NAME
from cryotui.config.document import Place
from cryotui.config.example import example
from cryotui.config.files import FILE, expanded
from cryotui.config.shown import settings_lines
from cryotui.config.values import nearest
from cryotui.model.errors import ConfigError, CryotuiError, RefusedError
from cryotui.model.folders import config_folder, home
from cryotui.model.text import clean

NAME = "config"
HELP = "Check, show and begin the configuration file."


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of config."""
    parser.set_defaults(config_verb="check", file=None)
    verbs = parser.add_subparsers(dest="config_verb", metavar="check|show|path|init")
    words = {
        "check": "tell every mistake in the configuration; 2 when there is one (also without a word)",
        "show": "print what holds, as a file that says the same, and where each value comes from",
        "path": "print which files and folders are used",
        "init": "write a commented file that names the services found on this machine",
    }
    for verb, help_text in words.items():
        sub = verbs.add_parser(verb, help=help_text, description=f"{help_text[0].upper()}{help_text[1:]}.")
        if verb == "check":
            sub.add_argument("file", nargs="?", metavar="FILE", help="check this file in place of the usual ones")
        sub.add_argument(
            "--config", metavar="FILE", default=argparse.SUPPRESS, help="the file in place of the usual ones"
        )
    parser.add_argument("--config", metavar="FILE", help="the file in place of the usual ones")


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; 0 when all is well, 2 when the configuration has mistakes."""
    file = getattr(args, "file", None) or getattr(args, "config", None)
    verb = args.config_verb or "check"
    if verb == "init":
        return _init(file)
    loaded = examine(file, os.environ)
    if verb == "path":
        return _path(loaded)
    if verb == "show":
        return _show(loaded)
    return _check(loaded)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _check(loaded: Loaded) -> int:
    problems = [*loaded.problems, *_far_problems(loaded), *_problems_beside(loaded)]
    for problem in problems:
        _write(problem)
    for sentence in (*loaded.consequences, *loaded.notices):
        tell(sentence)
    if problems:
        return 2
    if not loaded.found:
        looked = " and ".join(clean(str(candidate.path)) for candidate in loaded.files)
        _write(f"No configuration file; the defaults hold. Looked at {looked}.")
    else:
        _write(f"Nothing wrong in {' and '.join(clean(str(path)) for path in loaded.found)}.")
    return 0


def _far_problems(loaded: Loaded) -> list[str]:
    """What only the panes and the themes can tell: names of panes, of columns, of themes."""
    from cryotui import panes
    from cryotui.config.palettes import palettes

    problems: list[str] = []
    for name in loaded.settings.columns:
        if name not in panes.ORDER:
            place = loaded.origins["columns"]
            problems.append(f"{place}: columns.{name} is no pane; {nearest(name, list(panes.ORDER))}.")
    known, broken = palettes(loaded.settings.config_folder / "themes")
    problems += broken
    settings = loaded.settings
    named = {"theme": settings.theme, "protected_theme": settings.protected_theme}
    named |= {f"targets.{target.name}.theme": target.theme for target in settings.targets.values()}
    for key, theme in named.items():
        if theme and theme not in known:
            place = loaded.origins.get(key.partition(".")[0], Place("defaults"))
            problems.append(f"{place}: {key} is {clean(theme)}; {nearest(theme, list(known))}.")
    return problems


def _problems_beside(loaded: Loaded) -> list[str]:
    """Mistakes in the files of the operator's own beside the configuration: audit rules and waivers."""
    folder = loaded.settings.config_folder
    problems = list(audit.faults(folder / "rules"))
    if (folder / waivers.FILE).exists():
        try:
            waivers.load([folder / waivers.FILE])
        except ConfigError as error:
            problems.append(str(error))
    return problems


def _show(loaded: Loaded) -> int:
    for line in settings_lines(loaded.settings, loaded.origins):
        _write(line)
    for sentence in (*loaded.problems, *loaded.consequences, *loaded.notices):
        tell(sentence)
    return 2 if loaded.problems else 0


def _path(loaded: Loaded) -> int:
    for candidate in loaded.files:
        state = "read" if candidate.path in loaded.found else "not there" if not candidate.path.exists() else "not used"
        _write(f"{state:10} {clean(str(candidate.path))}")
    _write(f"{'own files':10} {clean(str(loaded.settings.config_folder))}")
    _write(f"{'state':10} {clean(str(loaded.settings.state_folder))}")
    for problem in loaded.problems:
        tell(problem)
    return 0


def _init(file: str | None) -> int:
    """Write the example, with the services of this machine as targets; never over a file that is there."""
    from cryotui.pg.servicefile import service_names

    path = expanded(file, os.environ) if file else config_folder(os.environ) / FILE
    names = service_names(environ=os.environ, home=home(os.environ))
    usable = [name for name in names if TARGET_NAME.fullmatch(name)]
    text = with_services(example(), usable)
    if path.is_symlink() or path.exists():
        raise RefusedError(f"{clean(str(path))} is there already and stays as it is.")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise CryotuiError(f"{clean(str(path))} cannot be written: {error.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as target:
        target.write(text)
    _write(clean(str(path)))
    found = "no service was found on this machine"
    if usable:
        found = f"its targets are the services of this machine: {', '.join(usable)}"
    tell(f"Written; {found}. Mark production protected.")
    return 0


def with_services(text: str, names: Sequence[str]) -> str:
    """The example with a target for every service, switched on."""
    if not names:
        return text
    lines = ["targets:"]
    for name in names:
        lines += [f'  "{name}":', f'    service: "{name}"', "#    protected: true"]
    return text.replace("#targets:\n", "\n".join(lines) + "\n", 1)
