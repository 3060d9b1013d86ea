"""Cloudant's side: where documents lie, how large they are, what is asked for; and what the variables must say."""

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

from couch_door import KEY
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


def paths(faulty: Faulty) -> list[str]:
    found = [path for _, path, _ in faulty.requests]
    faulty.requests.clear()
    return found


def test_a_list_is_one_request_of_one_partition_without_the_large_pictures(cloudant: Store, faulty: Faulty) -> None:
    readings = [a_reading() for _ in range(120)]
    for reading in readings:
        cloudant.save(reading)
    paths(faulty)
    found = cloudant.recent("anna", limit=50)

    (request,) = faulty.requests
    assert [one.id for one in found] == [one.id for one in reversed(readings)][:50]
    assert request[1] == "/numink/_partition/anna/_all_docs"
    assert (request[2]["limit"], request[2]["descending"], request[2]["include_docs"]) == (51, True, True)


def test_without_partitions_a_list_is_one_range_of_the_primary_index(
    pouch: Couch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in pouch.environment.items():
        monkeypatch.setenv(name, value)
    seen: list[tuple[str, int]] = []

    def look(response: requests.Response, **_: object) -> None:
        seen.append((str(response.request.path_url).partition("?")[0], len(response.json()["rows"])))

    with pouch.database() as name, closing(open_store(f"cloudant://{name}")) as store:
        for owner in ("anna", "mia", "anna2"):
            for _ in range(60):
                store.save(a_reading(owner))
        store._database.service._client.get_http_client().hooks["response"].append(look)  # type: ignore[attr-defined]
        assert len(store.recent("anna", limit=50)) == 50
        assert seen == [(f"/{name}/_all_docs", 51)]


def test_nothing_of_an_owner_is_asked_of_all(cloudant: Store, faulty: Faulty) -> None:
    """Reads of a partition cost less, and there may be more of them."""
    reading = a_reading()
    cloudant.save(a_reading())
    cloudant.save(reading)
    paths(faulty)
    cloudant.recent("anna")
    cloudant.count("anna", ReadingQuery(text="4"))
    cloudant.find("anna", ReadingQuery())
    cloudant.count_doubts("anna")
    cloudant.doubts("anna")
    cloudant.corrections_of([reading.id])
    cloudant.reviewed_numbers("anna", "")
    cloudant.usage("anna", "2026")
    cloudant.picture_bytes("anna")

    assert all("_partition/anna/" in path or path.endswith(reading.id.replace(":", "%3A")) for path in paths(faulty))


def test_a_save_is_one_request(cloudant: Store, faulty: Faulty) -> None:
    paths(faulty)
    cloudant.save(a_reading())
    assert paths(faulty) == ["/numink/_bulk_docs"]


def test_no_document_is_near_a_megabyte_however_large_pages_and_pictures_are(cloudant: Store, faulty: Faulty) -> None:
    page = a_page("0123456789" * 400)
    large = dataclasses.replace(a_reading(), pages=(page,), thumbnail=b"t" * 300_000, previews=(os.urandom(3_000_000),))
    cloudant.save(large)

    assert cloudant.get(large.id) == large
    assert cloudant.recent("anna") == [dataclasses.replace(large, previews=())]
    assert cloudant.find("anna", ReadingQuery(text="34")) == [dataclasses.replace(large, previews=())]
    cloudant.correct(large.id, [a_correction(large, "1")])
    assert [one.read_as for one in cloudant.reviewed_numbers("anna", "")] == [page.text]
    docs = [version.doc for versions in faulty.databases["numink"].versions.values() for version in versions]
    assert max(len(json.dumps(doc)) for doc in docs) < 950_000
    cloudant.delete(large.id)
    left = [one for one in faulty.databases["numink"].ids if one.startswith("anna:")]
    assert [one for one in left if faulty.databases["numink"].versions[one][-1].doc] == [
        f"anna:use:{large.id.partition(':')[2]}"
    ]


@pytest.mark.parametrize("owner", ["_design", "_local", "anna+b@example.org", ".", "-", "Anna"])
def test_any_owner_has_a_partition(cloudant: Store, owner: str) -> None:
    reading = a_reading(owner)
    cloudant.save(reading)
    assert cloudant.get(reading.id) == reading
    assert [one.id for one in cloudant.recent(owner)] == [reading.id]
    assert cloudant.count(owner, ReadingQuery()) == 1


@pytest.mark.parametrize("rest", ["part:x", "_design/numink", "../x", "", "use:1", "\x00", "ä", "a?b=c#d"])
def test_an_id_that_is_no_readings_leads_nowhere(cloudant: Store, rest: str) -> None:
    for one in (f"anna:{rest}", rest):
        with pytest.raises(ReadingNotFound):
            cloudant.get(one)


def test_the_database_is_made_again_when_somebody_removed_it(pouch: Couch, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in pouch.environment.items():
        monkeypatch.setenv(name, value)
    with pouch.database() as name, closing(open_store(f"cloudant://{name}")) as store:
        store.save(a_reading())
        requests.delete(f"{pouch.url}/{name}", timeout=5)
        reading = a_reading()
        store.save(reading)
        assert [one.id for one in store.find("anna", ReadingQuery())] == [reading.id]


@pytest.mark.parametrize(
    ("variables", "said"),
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
def test_variables_that_do_not_do_are_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name in [one for one in os.environ if one.startswith("CLOUDANT")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said) as told:
        open_store("cloudant://numink")
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("cloudant://anna:secret@host/db", "no name and no password"),
        ("cloudant://db/more", "cloudant://DATABASE"),
        ("cloudant://db?secret=1", "cloudant://DATABASE"),
        ("cloudant://Upper", "cannot be a database"),
        ("cloudant://_users", "cannot be a database"),
    ],
)
def test_a_url_that_is_none_is_refused(faulty: Faulty, url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as told:
        open_store(url)
    assert "secret" not in str(told.value)


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
def test_credentials_are_found_where_ibm_puts_them(
    monkeypatch: pytest.MonkeyPatch, url: str, variables: dict[str, str]
) -> None:
    for name in ("CLOUDANT_URL", "CLOUDANT_APIKEY", "CLOUDANT_AUTH_TYPE"):
        monkeypatch.setenv(name, "")  # so that what is set below is unset afterwards
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    read_environment()
    with closing(open_store(url)) as store:
        assert store._database.service._client.service_url == "https://h.example"  # type: ignore[attr-defined]


def test_a_name_and_a_password_in_the_address_are_not_sent(faulty: Faulty, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty.door.auth = "iam"
    monkeypatch.delenv("CLOUDANT_AUTH_TYPE")
    url = faulty.url.replace("//", "//anna:secret@")
    for name, value in {**faulty.environment(), "CLOUDANT_URL": url}.items():
        monkeypatch.setenv(name, value)
    with closing(open_store("cloudant://")) as store:  # the server would refuse Basic
        store.save(a_reading())
        assert len(store.recent("anna")) == 1
        assert KEY not in str(store.describe())


def test_an_address_without_encryption_is_warned_of_where_it_is_not_this_machine(
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


def test_nothing_of_ibm_is_loaded_where_nothing_is_kept_there() -> None:
    program = (
        "import sys; from numink.factories import open_store; import numink.web.app, numink.cli;"
        "print([one for one in sys.modules if one.startswith(('ibm', 'tenacity'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_second_process_finds_what_the_first_made(cloudant: Store, faulty: Faulty) -> None:
    reading = a_reading()
    cloudant.save(reading)
    with closing(open_store("cloudant://")) as other:
        paths(faulty)
        assert other.get(reading.id) == reading
        assert "/numink/_bulk_docs" not in paths(faulty)
