"""The console: the only code that knows Textual.

How an answer becomes a screen: ``watch.feed`` asks, ``round`` works out what follows from the answers, ``board`` lays the
visible pane out, ``picture`` draws the whole screen as lines, which ``app`` puts on the terminal. How a key becomes a
change: ``app`` hands it to ``keyboard``, that to the topmost layer (``screens``) or to a command (``commands``), and what
changes something on the server asks first (``asking``).
"""
