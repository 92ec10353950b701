"""From samples to moments: keeps the newest sample and the rates of each probe, and nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from cryotui.model.pane import Moment
from cryotui.model.rates import Rates
from cryotui.model.sample import Sample
from cryotui.model.server import Server
from cryotui.model.settings import Settings
from cryotui.probes import probe
from cryotui.watch.feed import kept
from cryotui.watch.history import History

RECENT_SECONDS = 31.0
RECENT_ROWS = 200


class Moments:
    """The samples of one server, as a pane wants to see them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.samples: dict[str, Sample] = {}
        self.rates: dict[str, Rates] = {}
        self.history = History()
        self.mark: dict[str, Sample] = {}
        self.extra: dict[str, Any] = {}
        self.recent: dict[str, deque[Sample]] = {}  # the last half minute of probes with few rows, for paces
        self.late: dict[str, Sample] = {}  # the failed sample of probes whose older rows are still shown

    def receive(self, sample: Sample) -> None:
        """Take a sample in: its rates are against the last good one of the same probe."""
        name = sample.probe
        before = self.samples.get(name)
        shown = kept(before, sample)
        if shown is not sample:
            self.late[name] = sample
            return
        if shown is before:
            return
        self.late.pop(name, None)
        self.rates[name] = Rates(probe(name), before, sample)
        self.samples[name] = sample
        self._keep(sample)

    def _keep(self, sample: Sample) -> None:
        samples = self.recent.setdefault(sample.probe, deque())
        if sample.missing is None and len(sample.rows) <= RECENT_ROWS:
            samples.append(sample)
        while samples and (samples[0].at < sample.at - RECENT_SECONDS or samples[0].epoch != sample.epoch):
            samples.popleft()

    def set_mark(self) -> None:
        """Numbers since the mark count from now; nothing is reset on the server."""
        self.mark = dict(self.samples)

    def complete_mark(self, sample: Sample) -> None:
        """Take a fuller answer into the mark that was just set; a refused one leaves what the mark has."""
        if sample.missing is None:
            self.mark[sample.probe] = sample

    def forget(self) -> None:
        """After a failover: nothing of before is compared with what comes."""
        self.rates.clear()
        self.mark.clear()
        self.recent.clear()
        self.history.clear()

    def moment(self, server: Server, view: str = "", *, extra: Mapping[str, Any] | None = None, **more: Any) -> Moment:
        """What a pane is drawn from, now."""
        newest = max((sample.taken_at for sample in self.samples.values()), default=server.started_at)
        return Moment(
            server=server,
            samples=self.samples,
            rates=self.rates,
            settings=self.settings,
            now=newest,
            view=view,
            history=self.history.series(),
            extra={
                **self.extra,
                "mark": self.mark,
                "recent": self.recent,
                "history_span": self.history.span,
                **(extra or {}),
            },
            **more,
        )

    def rows_of(self, probe_name: str) -> Any:
        """The newest rows of a probe, empty when there are none."""
        sample = self.samples.get(probe_name)
        return sample.rows if sample else ()
