"""Copies of pages as one run of bytes: what goes in comes out, and what older versions kept still does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from numink.store.previews import pack_previews, unpack_previews

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@given(st.lists(st.binary(max_size=300), min_size=2, max_size=6))
def test_several_copies_come_out_as_they_went_in(copies: list[bytes]) -> None:
    assert list(unpack_previews(pack_previews(copies))) == copies


def test_one_copy_is_its_own_bytes_as_it_was_before_documents_had_more() -> None:
    assert pack_previews([JPEG]) == JPEG
    assert unpack_previews(JPEG) == (JPEG,)


def test_nothing_kept_is_no_copy() -> None:
    assert pack_previews([]) == pack_previews([b""]) == b""
    assert unpack_previews(b"") == ()


def test_a_page_in_between_may_have_none() -> None:
    assert unpack_previews(pack_previews([JPEG, b"", JPEG])) == (JPEG, b"", JPEG)
