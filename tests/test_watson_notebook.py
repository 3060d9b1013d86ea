"""The notebook for Watson Studio, executed with a stand-in for IBM's services and a tiny training."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from watson_routes import KEY
from watson_standin import Standin

NOTEBOOK = Path(__file__).parents[1] / "deploy" / "watson_studio.ipynb"
nbclient = pytest.importorskip("nbclient", reason="notebooks need nbclient and ipykernel, of the extra [dev]")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ibm_watsonx_ai", reason="taking a model to Watson needs the extra [watson]")
pytestmark = pytest.mark.filterwarnings("ignore")  # from Jupyter, about its folders and event loops


def notebook() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def printed(run: Any) -> str:
    """Return all output of the cells."""
    return "".join(
        str(output.get("text", "")) for cell in run.cells if cell.cell_type == "code" for output in cell.outputs
    )


def test_the_notebook_runs_from_the_data_to_the_removal_of_the_deployment(
    watson: Standin, mnist_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"EPOCHS": "1", "TRAIN_IMAGES": "2560", "OMP_NUM_THREADS": "1", "NUMINK_DATA": str(mnist_folder)}
    for name, value in watson.environment(**small).items():
        monkeypatch.setenv(name, value)
    run = notebook()

    nbclient.NotebookClient(run, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    text = printed(run)

    assert "IR 9 opset 17" in text
    assert "creating the deployment numink-notebook" in text
    assert re.search(r"\d% of 200 right at Watson", text)
    assert re.search(r"read as \d by watson", text)
    assert "left in the space: []" in text
    assert (watson.space.models, watson.space.deployments) == ({}, {})
    assert KEY not in nbformat.writes(run)


def test_the_notebook_has_no_outputs_and_no_secrets() -> None:
    cells = [cell for cell in notebook().cells if cell.cell_type == "code"]

    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert not re.search(r"(?i)(api_?key|token|password)\W{0,4}=\W{0,2}[\"']", NOTEBOOK.read_text())
