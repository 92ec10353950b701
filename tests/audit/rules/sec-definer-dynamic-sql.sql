-- expects: bad lab.run_any(text) | runs statement
-- expects: bad lab.run_first(text) | runs $1
-- expects: bad lab.pasted(text) | pastes name
-- expects: bad lab.formatted(text) | pastes name
-- expects: bad lab.work(text) | runs statement
-- expects: bad lab.half_quoted(text, text) | pastes filter
-- expects: watch lab."Mixed ""Case"(text) | runs some
CREATE SCHEMA lab;
CREATE ROLE lab_caller;
CREATE FUNCTION lab.run_any(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE statement; END $$;
CREATE FUNCTION lab.run_first(text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN execute $1; END $$;
CREATE FUNCTION lab.pasted(name text) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ DECLARE n int; BEGIN EXECUTE 'SELECT count(*) FROM ' || name INTO n; RETURN n; END $$;
CREATE FUNCTION lab.formatted(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE format('DROP TABLE %s', name); END $$;
CREATE PROCEDURE lab.work(statement text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE (statement); END $$;
CREATE FUNCTION lab.half_quoted(name text, filter text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE 'DELETE FROM ' || quote_ident(name) || ' WHERE ' || filter; END $$;
CREATE FUNCTION lab."Mixed ""Case"("Some" text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE "Some"; END $$;
REVOKE EXECUTE ON FUNCTION lab."Mixed ""Case"(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lab."Mixed ""Case"(text) TO lab_caller;
-- good: quoted, as a value, constant, in a comment, the caller's rights, for its owner only
CREATE FUNCTION lab.quoted(name text, item int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE format('DELETE FROM %I WHERE id = %L', name, item); EXECUTE 'DROP TABLE ' || quote_ident(name); END $$;
CREATE FUNCTION lab.as_value(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE 'DELETE FROM lab.t WHERE name = $1' USING name; END $$;
CREATE FUNCTION lab.constant(name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE 'ANALYZE'; -- EXECUTE name;
    RAISE NOTICE '%', name; END $$;
CREATE FUNCTION lab.as_caller(statement text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE statement; END $$;
CREATE FUNCTION lab.for_owner(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN EXECUTE statement; END $$;
REVOKE EXECUTE ON FUNCTION lab.for_owner(text) FROM PUBLIC;
