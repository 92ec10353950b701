"""What is said on the line above the keys, and when it goes."""

from __future__ import annotations

from cryotui.model.errors import ConnectError
from cryotui.model.sample import forward_clock
from cryotui.tui import linkwords
from cryotui.tui.messages import Messages
from cryotui.watch.feed import Link


def test_an_answer_to_a_key_goes_with_its_pane_and_other_news_stay() -> None:
    messages = Messages()
    messages.answering = True
    messages.say("Replication has one view only.")
    messages.leave_pane()
    assert messages.shown is None
    messages.answering = False
    messages.say("VACUUM is done.")
    messages.leave_pane()
    assert messages.shown == "VACUUM is done."


def test_a_lost_connection_is_one_alert_with_its_reason() -> None:
    now = forward_clock()
    lost = Link("lost", now, 3, None, ConnectError("the server ended it.", "lost"), now)
    said = linkwords.alert(lost) or ""
    assert said.startswith("No connection since ") and said.endswith("Z: the server ended it.")
    assert linkwords.alert(Link("live", now, last_good=now)) is None
