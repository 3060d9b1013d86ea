"""The reading service without a web server: scopes of owners, the owner of a file of a batch, quotas."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from numink.errors import NuminkError, ReadingNotFound
from numink.factories import open_store
from numink.imaging.limits import Limits
from numink.reader import Reader
from numink.service.batches import Upload
from numink.service.corrections import CorrectionRequest
from numink.service.metrics import Metrics
from numink.service.options import Options
from numink.service.parameters import ServiceParameters
from numink.service.quota import NoQuota, Quota
from numink.service.reading_service import ReadingService
from numink.service.uploads import ZipLimits
from numink.store.batches import BatchLimits, File
from web_client import until
from web_pictures import digits

PARAMETERS = ServiceParameters(
    threads=1, queue=8, timeout=60, pictures=Limits(), keep_pictures=True, preview_side=64, keep_days=0,
    batch_threads=1, batch=BatchLimits(10, 10**7), zip=ZipLimits(10, 10**6, 10**7, 200), max_zip_bytes=10**7,
    retry_hours=1, max_valid_numbers=1_000,
)  # fmt: skip


class OneReading(NoQuota):
    """A quota of one reading for each owner; notes who was charged."""

    def __init__(self) -> None:
        self.charged = list[tuple[str, bool]]()

    def charge_reading(self, owner: str, *, queued: bool = False) -> None:
        if any(charged == owner for charged, _ in self.charged):
            raise NuminkError("one reading each")
        self.charged.append((owner, queued))

    def admit_files(self, _owner: str, files: Iterable[File]) -> Iterable[File]:
        return files


@contextmanager
def a_service(folder: Path, quota: Quota) -> Iterator[ReadingService]:
    store = open_store(f"sqlite:///{folder}/numink.db")
    service = ReadingService(Reader(), store, Metrics(), PARAMETERS, quota)
    with closing(service):
        yield service


def test_a_scope_reaches_readings_of_its_owner_only(tmp_path: Path) -> None:
    with a_service(tmp_path, NoQuota()) as service:
        anna, ben = service.for_owner("anna"), service.for_owner("ben")
        reading = anna.read(io.BytesIO(digits("74")), "a.png", Options())

        assert reading.owner == "anna"
        assert anna.get(reading.id).text == "74"
        calls: list[Callable[[], object]] = [
            lambda: ben.get(reading.id), lambda: ben.picture(reading.id, 0), lambda: ben.delete(reading.id),
            lambda: ben.correct(reading.id, [CorrectionRequest(0, 0, "75")]), lambda: ben.recent(reading.id, 5),
            lambda: ben.withdraw_correction(reading.id, "ben:1"), lambda: ben.explain(reading.id, 0, 0, 0),
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(ReadingNotFound):
                call()
        assert ben.recent(None, 5) == []


def test_a_scope_cannot_be_changed(tmp_path: Path) -> None:
    with a_service(tmp_path, NoQuota()) as service:
        scope = service.for_owner("anna")
        for field in fields(scope):
            with pytest.raises(FrozenInstanceError):
                setattr(scope, field.name, "ben")


def test_the_quota_is_asked_for_the_owner_of_each_reading_and_of_each_file_of_a_batch(tmp_path: Path) -> None:
    quota = OneReading()
    with a_service(tmp_path, quota) as service:
        service.warm_up(digits("1"))
        service.for_owner("anna").read(io.BytesIO(digits("1")), "a.png", Options())
        with pytest.raises(NuminkError, match="one reading each"):
            service.for_owner("anna").read(io.BytesIO(digits("4")), "b.png", Options())
        batches = service.for_owner("ben").batches
        files = [Upload(name, io.BytesIO(digits("7"))) for name in ("c.png", "d.png")]
        batch = batches.create("slips", files, Options())
        until(lambda: not batches.get(batch.id).open, 60)

        assert quota.charged == [("anna", False), ("ben", True)]
        assert [str(item.state) for item in batches.items(batch.id)] == ["read", "failed"]
        assert [reading.owner for reading in service.for_owner("ben").recent(None, 5)] == ["ben"]


def test_closing_finishes_what_runs_and_leaves_the_rest_to_the_next_start(tmp_path: Path) -> None:
    with a_service(tmp_path, NoQuota()) as service:
        service.warm_up(digits("1"))
        batches = service.for_owner("anna").batches
        batch = batches.create("slips", [Upload(f"{name}.png", io.BytesIO(digits("7"))) for name in "abc"], Options())
    with closing(open_store(f"sqlite:///{tmp_path}/numink.db")) as store:
        states = {str(item.state) for item in store.batches.items(batch.id)}
        assert "reading" not in states
    with a_service(tmp_path, NoQuota()) as service:
        service.warm_up(digits("1"))
        until(lambda: not service.for_owner("anna").batches.get(batch.id).open, 60)
        assert len(service.for_owner("anna").recent(None, 10)) == 3
