"""Encoding of previews: a round trip returns them, and those of older versions can still be decoded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from numink.store.previews import pack_previews, unpack_previews

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@given(st.lists(st.binary(max_size=300), min_size=2, max_size=6))
def test_several_previews_survive_a_round_trip(previews: list[bytes]) -> None:
    assert list(unpack_previews(pack_previews(previews))) == previews


def test_a_single_preview_is_stored_as_it_is() -> None:
    assert pack_previews([JPEG]) == JPEG
    assert unpack_previews(JPEG) == (JPEG,)


def test_no_bytes_are_no_preview() -> None:
    assert pack_previews([]) == pack_previews([b""]) == b""
    assert unpack_previews(b"") == ()


def test_a_page_in_the_middle_may_have_no_preview() -> None:
    assert unpack_previews(pack_previews([JPEG, b"", JPEG])) == (JPEG, b"", JPEG)
