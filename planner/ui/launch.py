"""A port into the app running on this machine, with every script that the browser needs beside it.

Nothing here is fetched: Leaflet and jQuery come from the packages that carry them.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from planner.errors import Fault, InputError
from planner.publishing.maps import vendor_files
from planner.publishing.package import need_writable
from planner.ui.home import home

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"


def launch(port: int | None = None, *, headless: bool = False) -> None:
    """Become the app's server on this machine; returns only by an error.

    Parameters
    ----------
    port : int, optional
        TCP port on 127.0.0.1; the first free one from 8501 where it is absent.
    headless : bool
        Do not open a browser.

    Raises
    ------
    InputError
        If the app's files are not there: the planner was installed without its folder. Or if
        nothing can be written in the project's folder.
    """
    app = ROOT / "app.py"
    if not app.exists():
        raise InputError(
            Fault(
                "the app is not there; run the command in the project's folder", file=str(app.name)
            )
        )
    prepare_static()
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    command += ["--server.headless", "true" if headless else "false"]
    if port is not None:
        command += ["--server.port", str(port)]
    folder = home()  # where the app was started, not where it runs
    need_writable(folder)
    os.environ["TUVAK_HOME"] = str(folder)
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 - becoming the server is the point


def prepare_static(vendor: Path = VENDOR) -> None:
    """Copy the scripts and pictures of the map from their packages, where they are missing."""
    for name, source in vendor_files().items():
        target = vendor / name
        if target.exists() and target.stat().st_size == source.stat().st_size:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
