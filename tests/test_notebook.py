from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_every_notebook_runs_from_top_to_bottom(file):
    notebook = nbformat.read(file, as_version=4)

    NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(file.parent)}}
    ).execute()

    assert any(cell.get("outputs") for cell in notebook.cells)
