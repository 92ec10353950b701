"""One file per kind of trouble that is looked for; each has a ``SEARCH``."""
