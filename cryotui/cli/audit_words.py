"""The words of ``cryotui audit``."""

from __future__ import annotations

import argparse

from cryotui.cli import add_connection
from cryotui.model.fixrisk import Risk
from cryotui.model.rule import GROUPS

FORMATS = ("text", "json", "markdown", "html", "sarif", "junit", "csv", "sql")
RISKS = tuple(risk.value for risk in Risk if risk is not Risk.GENTLE)
FAIL_ON = ("bad", "watch", "info", "never")


def configure(parser: argparse.ArgumentParser) -> None:
    """The words of audit."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="GROUP|TARGET",
        help=f"groups ({', '.join(GROUPS)}); a word that is none of them is the target, as for cryotui show",
    )
    parser.add_argument("--target", metavar="TARGET", help="the target, where it has the name of a group")
    parser.add_argument("--rule", action="append", default=[], metavar="ID", help="this rule; can be given again")
    parser.add_argument("--all", action="store_true", help="also the rules that are off by default; --list marks them")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how the report is written (text)")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--fail-on", choices=FAIL_ON, default="bad", help="end with 1 from this severity on (bad)")
    parser.add_argument(
        "--severity",
        choices=FAIL_ON[:3],
        help="report only what is this bad or worse; the exit code and JUnit count all",
    )
    parser.add_argument(
        "--live", default="", metavar="KINDS",
        help=f"for --format sql: run these fixes too, with commas: {', '.join(RISKS)}; without it only maintenance runs",
    )  # fmt: skip
    parser.add_argument("--only-new", action="store_true", help="report and count only what was not there before")
    parser.add_argument(
        "--baseline", metavar="FILE", help="before is this report in JSON instead of the last run; implies --only-new"
    )
    parser.add_argument(
        "--compare",
        metavar="TARGET|RUN",
        help="what is only here and only in another target, audited first; or before is a kept run: last, its number, a day or"
        " a moment in UTC such as 2027-03-31T07:20",
    )
    parser.add_argument(
        "--history", action="store_true", help="list the kept runs, of TARGET when given; asks no server"
    )
    parser.add_argument(
        "--waivers", action="append", default=[], metavar="FILE",
        help="accepted findings (YAML), beside waivers.yaml of the configuration folder; can be given again",
    )  # fmt: skip
    parser.add_argument("--signed-off-by", metavar="NAME", help="who reviewed the findings, for Markdown and HTML")
    parser.add_argument("--strict", action="store_true", help="end with 7 when a rule could not check everything")
    parser.add_argument("--output", metavar="FILE", help="write the report here; what the terminal gets is the summary")
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="ID.NAME=N",
        help="another limit for a rule; --list --json names them",
    )
    parser.add_argument(
        "--api-schemas", metavar="NAMES", help="schemas the API serves, with commas, when it cannot be read"
    )
    parser.add_argument("--budget", type=float, metavar="SECONDS", help="cut the run off after so long")
    parser.add_argument(
        "--read-budget", metavar="SIZE",
        help="what rules may read of tables and indexes to look at rows, such as 20GB (1GB); 0 reads catalogs alone",
    )  # fmt: skip
    parser.add_argument("--list", action="store_true", help="list the rules and end; asks no server")
    add_connection(parser, target=False)
