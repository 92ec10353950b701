-- expects: bad "Mixed ""Case": pg_execute_server_program | runs programs of the machine
-- expects: bad lab_group: pg_write_server_files | writes files of the server
-- expects: bad lab_app: pg_write_server_files | writes files of the server
-- expects: watch lab_backup: pg_read_server_files | reads files of the server
-- expects: bad lab_app: pg_catalog.pg_read_file(text) | calls pg_read_file
-- expects: bad PUBLIC: pg_catalog.lo_export(oid, text) | calls lo_export
-- expects: watch lab_app: pg_catalog.pg_ls_dir(text) | calls pg_ls_dir
CREATE ROLE "Mixed ""Case" LOGIN;
GRANT pg_execute_server_program TO "Mixed ""Case";
CREATE ROLE lab_group;
GRANT pg_write_server_files TO lab_group;
CREATE ROLE lab_app LOGIN;
GRANT lab_group TO lab_app;
CREATE ROLE lab_backup LOGIN;
GRANT pg_read_server_files TO lab_backup;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text), pg_catalog.pg_ls_dir(text) TO lab_app;
GRANT EXECUTE ON FUNCTION pg_catalog.lo_export(oid, text) TO PUBLIC;
-- good: a superuser has it all anyway; a group that only monitors
CREATE ROLE lab_super SUPERUSER;
GRANT pg_read_server_files TO lab_super;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_stat_file(text) TO lab_super;
CREATE ROLE lab_monitor LOGIN;
GRANT pg_monitor TO lab_monitor;
