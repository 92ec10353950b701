"""Keys of integers that refer to one another in a long row: each is looked at, and what is near its end is found."""

from __future__ import annotations

from typing import Any

import asyncpg

from cryotui.audit import audit, rule
from cryotui.model.finding import Severity

TABLES = 3000
CHAIN = f"""
CREATE PROCEDURE public.chain() LANGUAGE plpgsql AS $$
BEGIN
    CREATE TABLE public.k0 (id int PRIMARY KEY);
    FOR n IN 1..{TABLES} LOOP
        EXECUTE format('CREATE TABLE public.k%s (id int PRIMARY KEY, up int REFERENCES public.k%s)', n, n - 1);
        IF n % 100 = 0 THEN COMMIT; END IF;
    END LOOP;
END $$
"""


async def test_the_last_key_of_three_thousand_that_refer_to_one_another_is_found_with_what_refers_to_it(
    own: asyncpg.Connection[Any],
) -> None:
    await own.execute("SET synchronous_commit = off")
    await own.execute(CHAIN)
    await own.execute("CALL public.chain()")
    await own.execute(
        f"INSERT INTO public.k{TABLES} VALUES (2000000000, NULL); INSERT INTO public.k1500 VALUES (1200000000, NULL)"
    )
    (result,) = (await audit(own, [rule("cap-int-key-exhaustion")])).results
    assert result.missing is None
    assert [(found.object, found.severity) for found in result.findings] == [
        (f"public.k{TABLES}.id", Severity.BAD),
        ("public.k1500.id", Severity.WATCH),
    ]
    end, middle = result.findings
    assert end.fix == f"ALTER TABLE public.k{TABLES} ALTER COLUMN id TYPE bigint;"
    assert middle.fix == (
        "ALTER TABLE public.k1500 ALTER COLUMN id TYPE bigint;\nALTER TABLE public.k1501 ALTER COLUMN up TYPE bigint;"
    )
    # four pages of each key's index
    assert result.reads == (TABLES + 1) * 4 * 8192
