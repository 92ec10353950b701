"""``python -m cryotui`` and the installed ``cryotui`` command."""

from cryotui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
