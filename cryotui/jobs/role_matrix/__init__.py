"""Role probes: what each role may do with each exposed table, seen by trying and rolled back, beside what grants say.

Reading needs a role that may SET ROLE to the roles probed: authenticator of PostgREST, or a superuser. A superuser lends
policies and helper functions more than the API does: a function that resets the role gets the session's own rights. Where
the authors of policies are not trusted, connect as authenticator.
"""

from cryotui.jobs.role_matrix.probing import OnProgress, matrix_for_table, probe
from cryotui.pg.verbatim import Connection, opened

__all__ = ["Connection", "OnProgress", "matrix_for_table", "opened", "probe"]
