"""The dataclass of the project behaves as the standard one does wherever the project relies on it."""

from __future__ import annotations

from dataclasses import field, replace

import pytest

from cryotui.model.record import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    host: str
    port: int = 5432
    password: str = field(default="", repr=False)
    asked: list[int] = field(default_factory=list, compare=False)


@dataclass(frozen=True)
class Same:
    host: str
    port: int = 5432
    password: str = ""


def test_what_is_hidden_stays_out_of_the_representation() -> None:
    assert repr(Place("a", password="secret")) == "Place(host='a', port=5432, asked=[])"


def test_records_of_equal_fields_are_equal_and_one_key_others_are_not() -> None:
    assert Place("a") == Place("a", asked=[1]) and len({Place("a"), Place("a", asked=[1])}) == 1
    assert Place("a") != Place("b") and Place("a") != Same("a") and Place("a", password="x") != Place("a")
    assert replace(Place("a"), port=1) == Place("a", 1)


def test_a_record_that_may_change_is_no_key() -> None:
    @dataclass
    class Changing:
        count: int = 0

    changing = Changing()
    changing.count += 1
    assert changing == Changing(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(changing)


def test_a_record_told_apart_by_what_it_is_not_by_its_fields() -> None:
    @dataclass(frozen=True, eq=False)
    class Thing:
        name: str

    assert Thing("a") != Thing("a") and len({Thing("a"), Thing("a")}) == 2


def test_methods_of_the_classs_own_are_kept() -> None:
    @dataclass(frozen=True)
    class Secret:
        value: str

        def __repr__(self) -> str:
            return "Secret(…)"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    assert repr(Secret("x")) == "Secret(…)" and Secret("x") == 1 and hash(Secret("x")) == 7


def test_a_record_that_holds_itself_can_be_shown() -> None:
    place = Place("a")
    place.asked.append(place)  # type: ignore[arg-type]
    assert "..." in repr(place)
