"""For each planted trouble that lasts: a question to the catalog or to the data whose answer is true."""

from __future__ import annotations

# (what, object) of a trouble -> a query that yields one boolean
PROOFS: dict[tuple[str, str], str] = {
    ("row security off, open to anon", "predictions"): """
        SELECT NOT relrowsecurity AND has_table_privilege('anon', oid, 'SELECT') FROM pg_class
        WHERE oid = 'predictions'::regclass""",
    ("policy always true for anon", "experiments read_all"): """
        SELECT qual = 'true' AND roles = '{anon}' FROM pg_policies
        WHERE tablename = 'experiments' AND policyname = 'read_all'""",
    ("SECURITY DEFINER without search_path", "share_item(uuid)"): """
        SELECT prosecdef AND proconfig IS NULL AND has_function_privilege('anon', oid, 'EXECUTE') FROM pg_proc
        WHERE oid = 'share_item(uuid)'::regprocedure""",
    ("SECURITY DEFINER open to anon", "search_molecules(text)"): """
        SELECT prosecdef AND proconfig IS NOT NULL AND has_function_privilege('anon', oid, 'EXECUTE') FROM pg_proc
        WHERE oid = 'search_molecules(text)'::regprocedure""",
    ("view reads past row security", "experiment_overview"): """
        SELECT relkind = 'v' AND reloptions IS NULL AND has_table_privilege('anon', oid, 'SELECT') FROM pg_class
        WHERE oid = 'experiment_overview'::regclass""",
    ("rows whose mixture is gone", "mixture_components"): """
        SELECT count(*) = 1204 FROM mixture_components c
        WHERE NOT EXISTS (SELECT FROM mixtures m WHERE m.id = c.mixture_id)""",
    ("reference not declared, 212 rows lack a profile", "predictions.created_by"): """
        SELECT count(*) = 212 AND NOT EXISTS (
            SELECT FROM pg_constraint WHERE conrelid = 'predictions'::regclass AND confrelid = 'user_profile'::regclass)
        FROM predictions p WHERE NOT EXISTS (SELECT FROM user_profile u WHERE u.id = p.created_by)""",
    ("table without primary key", "experiment_import_old"): """
        SELECT NOT relhasindex AND NOT has_table_privilege('anon', oid, 'SELECT') FROM pg_class
        WHERE oid = 'experiment_import_old'::regclass""",
    ("sequence behind its column", "import_jobs_id_seq"): """
        SELECT (SELECT last_value FROM import_jobs_id_seq) < (SELECT max(id) FROM import_jobs)""",
    ("sequence at 95% of integer", "export_jobs_id_seq"): """
        SELECT last_value::numeric / max_value BETWEEN 0.95 AND 0.951 FROM pg_sequences
        WHERE sequencename = 'export_jobs_id_seq'""",
    ("never vacuumed, never analysed", "experiment_import_old"): """
        SELECT n_live_tup = 60000 AND num_nulls(last_vacuum, last_autovacuum, last_analyze, last_autoanalyze) = 4
        FROM pg_stat_user_tables WHERE relname = 'experiment_import_old'""",
    ("dead rows stay", "molecules"): """
        SELECT n_dead_tup > 20000 FROM pg_stat_user_tables WHERE relname = 'molecules'""",
    ("autovacuum switched off", "molecules"): """
        SELECT 'autovacuum_enabled=off' = ANY (reloptions) FROM pg_class WHERE oid = 'molecules'::regclass""",
    ("invalid index", "ix_experiments_batch"): """
        SELECT NOT indisvalid FROM pg_index WHERE indexrelid = 'ix_experiments_batch'::regclass""",
    ("index never used", "ix_properties_value"): """
        SELECT idx_scan = 0 AND pg_relation_size(indexrelid) > 1000000 FROM pg_stat_user_indexes
        WHERE indexrelname = 'ix_properties_value'""",
    ("index twice", "ix_molecules_smiles_2"): """
        SELECT a.indkey = b.indkey AND a.indrelid = b.indrelid FROM pg_index a, pg_index b
        WHERE a.indexrelid = 'ix_molecules_smiles'::regclass AND b.indexrelid = 'ix_molecules_smiles_2'::regclass""",
    ("index is the beginning of a wider one", "ix_components_mix"): """
        SELECT a.indkey[0] = b.indkey[0] AND a.indnatts = 1 AND b.indnatts = 2 FROM pg_index a, pg_index b
        WHERE a.indexrelid = 'ix_components_mix'::regclass AND b.indexrelid = 'ix_components_mix_mol'::regclass""",
    ("slot that nobody reads", "old_reporting"): """
        SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'old_reporting'""",
    ("fsync off, as the data is thrown away", "fsync"): "SELECT current_setting('fsync') = 'off'",
    **{
        ("policy calls auth.uid() for every row", f"{table} own_rows"): f"""
        SELECT qual ~ '= auth\\.uid\\(\\)' FROM pg_policies WHERE tablename = '{table}' AND policyname = 'own_rows'"""
        for table in ("experiments", "projects", "mixtures")
    },
    ("policy calls auth.jwt() for every row", "teams members"): """
        SELECT qual ~ 'auth\\.jwt\\(\\)' AND qual !~ 'SELECT' FROM pg_policies
        WHERE tablename = 'teams' AND policyname = 'members'""",
    **{
        ("reference never checked", name): f"SELECT NOT convalidated FROM pg_constraint WHERE conname = '{name}'"
        for name in ("mixtures_owner_fkey", "mixture_components_mixture_id_fkey")
    },
    # One query for both: these are the foreign keys without an index, and there is no third one.
    **{
        ("foreign key without index", name): f"""
        SELECT '{name}' = ANY (array_agg(conrelid::regclass || '.' || attname)) AND count(*) = 2
        FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indpred IS NULL)"""
        for name in ("experiments.mixture_id", "predictions.model_id")
    },
}
