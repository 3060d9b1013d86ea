"""/metrics: Prometheus' own parser reads it, and names and units follow its conventions."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from numink.service.metrics import Metrics
from web_client import Served
from web_pictures import digits

METRIC_TYPES = {"counter", "gauge", "histogram"}


@pytest.fixture(scope="module")
def families(server: Served) -> dict[str, Any]:
    reading = server.client.read(digits("74", 60)).json["id"]
    body = json.dumps({"corrections": [{"number": 0, "text": "14"}]}).encode()
    server.client.ask("POST", f"/api/v1/readings/{reading}/corrections", body, {"Content-Type": "application/json"})
    server.client.get("/nothing")
    answer = server.client.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def test_every_metric_has_a_prefix_a_type_and_a_description(families: dict[str, Any]) -> None:
    for name, family in families.items():
        assert name.startswith(("numink_", "process_"))
        assert family.type in METRIC_TYPES
        assert family.documentation


def test_times_are_in_seconds_and_counters_are_totals(families: dict[str, Any]) -> None:
    for name, family in families.items():
        if family.type == "histogram":
            assert name.endswith("_seconds")
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)
        assert "millisecond" not in name


def test_histogram_buckets_are_cumulative_and_end_at_the_count(families: dict[str, Any]) -> None:
    for family in families.values():
        if family.type != "histogram":
            continue
        for door in {sample.labels.get("door") for sample in family.samples}:
            samples = [sample for sample in family.samples if sample.labels.get("door") == door]
            buckets = [sample.value for sample in samples if sample.name.endswith("_bucket")]
            (count,) = [sample.value for sample in samples if sample.name.endswith("_count")]
            assert buckets == sorted(buckets)
            assert buckets[-1] == count


def test_labels_have_few_values_whatever_the_requests(families: dict[str, Any], server: Served) -> None:
    sample_count = sum(len(family.samples) for family in families.values())
    for index in range(20):
        server.client.get(f"/nothing/{index}")
        server.client.ask(f"X{index}", "/")
    families_after = text_string_to_metric_families(server.client.get("/metrics").text)
    assert sum(len(family.samples) for family in families_after) <= sample_count + 4


def test_any_name_of_a_model_is_a_label() -> None:
    name = 'a "model"\\\n{of} ours'
    (info, *_) = text_string_to_metric_families(Metrics().render(name, "1.0", unsent=3).decode())

    assert info.samples[0].labels == {"model": name, "version": "1.0"}


def test_requests_readings_and_corrections_are_counted(families: dict[str, Any]) -> None:
    def value(name: str, **labels: str) -> float:
        family = families[name.removesuffix("_total").removesuffix("_count")]
        return float(next(sample.value for sample in family.samples if sample.name == name and sample.labels == labels))

    assert value("numink_corrections_total") == 1
    assert value("numink_numbers_total") >= 1
    assert value("numink_requests_total", door="api", status="201") == 1
    assert value("numink_requests_total", door="other", status="404") == 1
    assert value("numink_request_duration_seconds_count", door="api") == 2
    assert 0 < time.time() - value("process_start_time_seconds") < 600
