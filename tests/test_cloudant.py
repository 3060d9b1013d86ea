"""The Cloudant store: ids and sizes of documents, number and kind of requests, and its variables."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests

from couch_auth import KEY
from couch_faulty import Faulty
from couch_servers import Couch
from numink.errors import ReadingNotFound, SettingsError
from numink.factories import open_store
from numink.settings import read_environment
from numink.store.protocol import Store
from numink.store.reading import ReadingQuery
from numink.timeouts import Timeouts
from store_material import a_correction, a_page, a_reading

VCAP = {"cloudantNoSQLDB": [{"name": "mine", "credentials": {"url": "https://h.example", "apikey": "k"}}]}


@pytest.fixture
def cloudant(faulty: Faulty) -> Iterator[Store]:
    with closing(open_store("cloudant://", Timeouts(1, 1, 2))) as opened:
        opened.save(a_reading("first"))
        yield opened


def new_paths(faulty: Faulty) -> list[str]:
    sent = [*faulty.requests]
    faulty.requests.clear()
    return [path for _, path, _ in sent]


def test_a_list_is_one_request_to_one_partition_without_previews(cloudant: Store, faulty: Faulty) -> None:
    readings = [a_reading() for _ in range(120)]
    for reading in readings:
        cloudant.save(reading)
    new_paths(faulty)
    listed = cloudant.recent("anna", limit=50)
    (request,) = faulty.requests
    assert [reading.id for reading in listed] == [reading.id for reading in reversed(readings)][:50]
    assert request[1] == "/numink/_partition/anna/_all_docs"
    assert (request[2]["limit"], request[2]["descending"], request[2]["include_docs"]) == (51, True, True)


def test_without_partitions_a_list_is_one_range_of_the_primary_index(
    pouch: Couch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in pouch.environment.items():
        monkeypatch.setenv(name, value)
    requests_seen: list[tuple[str, int]] = []

    def record(response: requests.Response, **_: object) -> None:
        requests_seen.append((str(response.request.path_url).partition("?")[0], len(response.json()["rows"])))

    with pouch.database() as name, closing(open_store(f"cloudant://{name}")) as store:
        for owner in ("anna", "mia", "anna2"):
            for _ in range(60):
                store.save(a_reading(owner))
        store._database.client._sdk.get_http_client().hooks["response"].append(record)  # type: ignore[attr-defined]
        assert len(store.recent("anna", limit=50)) == 50
        assert requests_seen == [(f"/{name}/_all_docs", 51)]


def test_requests_for_an_owner_read_only_the_partition(cloudant: Store, faulty: Faulty) -> None:
    """Requests to a partition cost less, and more of them are allowed."""
    reading = a_reading()
    cloudant.save(a_reading())
    cloudant.save(reading)
    new_paths(faulty)
    cloudant.recent("anna")
    cloudant.count("anna", ReadingQuery(text="4"))
    cloudant.find("anna", ReadingQuery())
    cloudant.count_doubts("anna")
    cloudant.doubts("anna")
    cloudant.corrections_of([reading.id])
    cloudant.reviewed_numbers("anna", "")
    cloudant.usage("anna", "2026")
    cloudant.picture_bytes("anna")

    doc_path = reading.id.replace(":", "%3A")
    assert all("_partition/anna/" in path or path.endswith(doc_path) for path in new_paths(faulty))


def test_a_save_is_one_request(cloudant: Store, faulty: Faulty) -> None:
    new_paths(faulty)
    cloudant.save(a_reading())
    assert new_paths(faulty) == ["/numink/_bulk_docs"]


def test_no_document_is_near_a_megabyte_with_large_pages_and_pictures(cloudant: Store, faulty: Faulty) -> None:
    page = a_page("0123456789" * 400)
    large = dataclasses.replace(a_reading(), pages=(page,), thumbnail=b"t" * 300_000, previews=(os.urandom(3_000_000),))
    cloudant.save(large)

    assert cloudant.get(large.id) == large
    assert cloudant.recent("anna") == [dataclasses.replace(large, previews=())]
    assert cloudant.find("anna", ReadingQuery(text="34")) == [dataclasses.replace(large, previews=())]
    cloudant.correct(large.id, [a_correction(large, "1")])
    assert [number.read_as for number in cloudant.reviewed_numbers("anna", "")] == [page.text]
    docs = [version.doc for versions in faulty.databases["numink"].versions.values() for version in versions]
    assert max(len(json.dumps(doc)) for doc in docs) < 950_000
    cloudant.delete(large.id)
    doc_ids = [doc_id for doc_id in faulty.databases["numink"].ids if doc_id.startswith("anna:")]
    assert [doc_id for doc_id in doc_ids if faulty.databases["numink"].versions[doc_id][-1].doc] == [
        f"anna:use:{large.id.partition(':')[2]}"
    ]


@pytest.mark.parametrize("owner", ["_design", "_local", "anna+b@example.org", ".", "-", "Anna"])
def test_every_valid_owner_has_a_partition(cloudant: Store, owner: str) -> None:
    reading = a_reading(owner)
    cloudant.save(reading)
    assert cloudant.get(reading.id) == reading
    assert [recent.id for recent in cloudant.recent(owner)] == [reading.id]
    assert cloudant.count(owner, ReadingQuery()) == 1


@pytest.mark.parametrize("rest", ["part:x", "_design/numink", "../x", "", "use:1", "\x00", "ä", "a?b=c#d"])
def test_an_id_of_no_reading_is_not_stored(cloudant: Store, rest: str) -> None:
    for reading_id in (f"anna:{rest}", rest):
        with pytest.raises(ReadingNotFound):
            cloudant.get(reading_id)


def test_a_deleted_database_is_created_again(pouch: Couch, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in pouch.environment.items():
        monkeypatch.setenv(name, value)
    with pouch.database() as name, closing(open_store(f"cloudant://{name}")) as store:
        store.save(a_reading())
        requests.delete(f"{pouch.url}/{name}", timeout=5)
        reading = a_reading()
        store.save(reading)
        assert [matches.id for matches in store.find("anna", ReadingQuery())] == [reading.id]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "CLOUDANT_URL is not set"),
        ({"CLOUDANT_URL": "https://h.example"}, "CLOUDANT_APIKEY is not set"),
        ({"CLOUDANT_URL": "h.example", "CLOUDANT_APIKEY": "k"}, "CLOUDANT_URL is no address"),
        ({"CLOUDANT_URL": "https://[", "CLOUDANT_APIKEY": "k"}, "CLOUDANT_URL is no address"),
        ({"CLOUDANT_URL": "https://h.example", "CLOUDANT_AUTH_TYPE": "BASIC"}, "do not go together"),
        ({"CLOUDANT_URL": "https://h.example", "CLOUDANT_AUTH_TYPE": "NONSENSE"}, "do not go together"),
        ({"CLOUDANT_URL": "https://h.example", "CLOUDANT_APIKEY": "{secret}"}, "do not go together"),
    ],
)
def test_wrong_variables_are_refused_with_the_name_to_set(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str
) -> None:
    for name in [name for name in os.environ if name.startswith("CLOUDANT")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message) as raised:
        open_store("cloudant://numink")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("cloudant://anna:secret@host/db", "no name and no password"),
        ("cloudant://db/more", "cloudant://DATABASE"),
        ("cloudant://db?secret=1", "cloudant://DATABASE"),
        ("cloudant://Upper", "cannot be a database"),
        ("cloudant://_users", "cannot be a database"),
    ],
)
def test_an_invalid_url_is_refused(faulty: Faulty, url: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        open_store(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        ("cloudant://", {"CLOUDANT_URL": "https://u:p@h.example/", "CLOUDANT_APIKEY": "k"}),
        ("cloudant://", {"CLOUDANTNOSQLDB_URL": "https://h.example", "CLOUDANTNOSQLDB_APIKEY": "k"}),
        ("cloudant://", {"VCAP_SERVICES": json.dumps(VCAP)}),
        ("cloudant://", {"CE_SERVICES": json.dumps({"cloudantnosqldb": VCAP["cloudantNoSQLDB"]})}),
        ("cloudant://db?service=HISTORY", {"HISTORY_URL": "https://h.example", "HISTORY_APIKEY": "k"}),
        ("cloudant://", {"CLOUDANT_URL": "https://h.example", "CLOUDANT_IAM_PROFILE_NAME": "numink"}),
    ],
)
def test_credentials_are_found_in_the_variables_of_ibm_cloud(
    monkeypatch: pytest.MonkeyPatch, url: str, variables: dict[str, str]
) -> None:
    for name in ("CLOUDANT_URL", "CLOUDANT_APIKEY", "CLOUDANT_AUTH_TYPE"):
        monkeypatch.setenv(name, "")  # so that the variables set below are unset afterwards
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    read_environment()
    with closing(open_store(url)) as store:
        assert store._database.client._sdk.service_url == "https://h.example"  # type: ignore[attr-defined]


def test_a_user_name_and_password_in_the_url_are_not_sent(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty.authentication.scheme = "iam"
    monkeypatch.delenv("CLOUDANT_AUTH_TYPE")
    url = faulty.url.replace("//", "//anna:secret@")
    for name, value in {**faulty.environment(), "CLOUDANT_URL": url}.items():
        monkeypatch.setenv(name, value)
    with closing(open_store("cloudant://")) as store:  # the server would refuse Basic
        store.save(a_reading())
        assert len(store.recent("anna")) == 1
        assert KEY not in str(store.describe())


def test_a_url_without_encryption_logs_a_warning_unless_it_is_local(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CLOUDANT_APIKEY", "k")
    for url in ("http://localhost:5984", "https://h.example"):
        monkeypatch.setenv("CLOUDANT_URL", url)
        open_store("cloudant://").close()
    assert caplog.text == ""
    monkeypatch.setenv("CLOUDANT_URL", "http://couch.example:5984")
    open_store("cloudant://").close()
    assert "CLOUDANT_URL is http://" in caplog.text


def test_the_library_of_ibm_is_not_imported_without_a_store_in_cloudant() -> None:
    program = (
        "import sys; from numink.factories import open_store; import numink.web.app, numink.cli;"
        "print([name for name in sys.modules if name.startswith(('ibm', 'tenacity'))])"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"


def test_a_second_process_uses_the_database_of_the_first(cloudant: Store, faulty: Faulty) -> None:
    reading = a_reading()
    cloudant.save(reading)
    with closing(open_store("cloudant://")) as other:
        new_paths(faulty)
        assert other.get(reading.id) == reading
        assert "/numink/_bulk_docs" not in new_paths(faulty)
