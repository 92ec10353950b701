"""The troubles that the sample laboratory has on purpose, as data: a demo shows them, the tests look for each."""

from __future__ import annotations

from cryotui.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Planted:
    """One trouble.

    ``what`` in words; ``object`` as the catalog names it (schema left out for public); ``pane`` is the pane that shows
    it; ``rule`` the audit rule that finds it, None where no rule does. ``lasting`` is False for what comes and goes
    with the workload.
    """

    what: str
    object: str
    pane: str
    rule: str | None = None
    lasting: bool = True


PLANTED: tuple[Planted, ...] = (
    Planted("row security off, open to anon", "predictions", "audit", "sec-rls-disabled-exposed"),
    Planted("policy always true for anon", "experiments read_all", "audit", "sec-rls-always-true"),
    Planted("policy calls auth.uid() for every row", "experiments own_rows", "audit", "perf-rls-initplan"),
    Planted("policy calls auth.uid() for every row", "projects own_rows", "audit", "perf-rls-initplan"),
    Planted("policy calls auth.uid() for every row", "mixtures own_rows", "audit", "perf-rls-initplan"),
    Planted("policy calls auth.jwt() for every row", "teams members", "audit", "perf-rls-initplan"),
    Planted("SECURITY DEFINER without search_path", "share_item(uuid)", "audit", "sec-function-search-path"),
    Planted("SECURITY DEFINER open to anon", "search_molecules(text)", "audit", "sec-definer-function-anon"),
    Planted("view reads past row security", "experiment_overview", "audit", "sec-view-bypasses-rls"),
    Planted("rows whose mixture is gone", "mixture_components", "audit", "int-fk-orphan-rows"),
    Planted("reference never checked", "mixture_components_mixture_id_fkey", "audit", "int-constraint-not-valid"),
    Planted("reference never checked", "mixtures_owner_fkey", "audit", "int-constraint-not-valid"),
    Planted(
        "reference not declared, 212 rows lack a profile", "predictions.created_by", "audit", "int-missing-fk-candidate"
    ),
    Planted("table without primary key", "experiment_import_old", "audit", "int-no-primary-key"),
    Planted("sequence behind its column", "import_jobs_id_seq", "audit", "int-sequence-behind-column"),
    Planted("sequence at 95% of integer", "export_jobs_id_seq", "audit", "cap-sequence-exhaustion"),
    Planted("never vacuumed, never analysed", "experiment_import_old", "tables", "perf-never-vacuumed"),
    Planted("dead rows stay", "molecules", "tables", "perf-dead-tuples"),
    Planted("autovacuum switched off", "molecules", "tables", "perf-autovacuum-disabled-table"),
    Planted("invalid index", "ix_experiments_batch", "indexes", "int-invalid-index"),
    Planted("index never used", "ix_properties_value", "indexes", "perf-unused-index"),
    Planted("index twice", "ix_molecules_smiles_2", "indexes", "perf-duplicate-index"),
    Planted("index is the beginning of a wider one", "ix_components_mix", "indexes", "perf-redundant-index"),
    Planted("foreign key without index", "experiments.mixture_id", "indexes", "perf-fk-unindexed"),
    Planted("foreign key without index", "predictions.model_id", "indexes", "perf-fk-unindexed"),
    Planted("slot that nobody reads", "old_reporting", "replication", "bak-slot-inactive"),
    Planted("fsync off, as the data is thrown away", "fsync", "audit", "bak-fsync-off"),
    Planted("newest dump 31 hours old", "newest dump", "backups"),
    Planted("dump cut short", "dump cut short", "backups"),
    Planted("idle in transaction for minutes", "lab-import", "activity", "perf-idle-in-transaction", lasting=False),
    Planted("lock queue behind ALTER TABLE", "migrate", "activity", "perf-blocked-sessions", lasting=False),
    Planted("archive full now and then", "archiver", "backups", "bak-archiver-failing", lasting=False),
)
