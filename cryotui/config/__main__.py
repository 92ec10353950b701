"""``python -m cryotui.config --example`` prints ``config.example.yaml``."""

from __future__ import annotations

import sys

from cryotui.config.example import example

if __name__ == "__main__":
    if sys.argv[1:] != ["--example"]:
        sys.exit("usage: python -m cryotui.config --example")
    sys.stdout.write(example())
