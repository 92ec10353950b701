"""What the audit costs: seconds by rule, in all, and this client's memory, on a database of any size.

``python tests/bench/audit.py URI [--runs 3] [--rule ID ...] [--top 15]``. Each rule's time is the median of the runs, from
the question to the last row; nothing else should use the server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics

from cryotui.audit import run as audited
from cryotui.audit import select
from cryotui.model.finding import AuditRun
from cryotui.pg.destination import from_uri


async def measured(uri: str, ids: list[str], runs: int) -> tuple[list[AuditRun], float, float]:
    """The runs, and resident MB before the first and after the last."""
    destination = from_uri(uri, {}, os.environ)
    rules = select(ids=ids)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    done = [await audited(destination, rules) for _ in range(runs)]
    return done, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Read the words, measure, print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uri")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--top", type=int, default=15)
    words = parser.parse_args()
    done, before, after = asyncio.run(measured(words.uri, words.rule, words.runs))
    by_rule = {
        result.rule: statistics.median(next(r.seconds for r in run.results if r.rule == result.rule) for run in done)
        for result in done[0].results
    }
    results = {result.rule: result for result in done[-1].results}
    print("| rule | ms | findings | could not check |\n|---|---|---|---|")
    for rule, seconds in sorted(by_rule.items(), key=lambda pair: -pair[1])[: words.top]:
        missing = results[rule].missing
        print(f"| {rule} | {seconds * 1000:.0f} | {len(results[rule].findings)} | {missing.kind if missing else ''} |")
    print(
        f"\n{len(by_rule)} rules, {sum(by_rule.values()):.2f} s in all, worst {max(by_rule.values()):.2f} s;"
        f" {len(done[-1].findings)} findings; memory {before:.0f} to {after:.0f} MB"
    )


if __name__ == "__main__":
    main()
