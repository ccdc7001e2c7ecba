"""The real app on a free port, and a real Chromium that may talk to this machine alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from planner.ui.home import ended, runs

ROOT = Path(__file__).resolve().parents[1]
SCREENSHOTS = ROOT / "tests" / "screenshots"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOCAL = {"127.0.0.1", "localhost"}
WAIT_MS = 90_000  # of a busy machine
expect.set_options(timeout=WAIT_MS)


@contextmanager
def running_app(home: Path, **environment: str) -> Iterator[str]:
    """Start the app as a person does, with its files under `home`; give its address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    with (home / "app.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "planner", "app", "--port", str(port), "--headless"],
            cwd=ROOT,
            env={**os.environ, "TUVAK_HOME": str(home / "tuvak"), **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"{address}/_stcore/health", server)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            _end_calculations(home / "tuvak")


@contextmanager
def open_page(*, width: int = 1440, height: int = 1000) -> Iterator[tuple[Page, list[str]]]:
    """Open Chromium; give its page and the list of requests that left this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, locale="lv-LV"
        )
        context.set_default_timeout(WAIT_MS)
        strangers: list[str] = []
        context.on("request", lambda request: _note(request.url, strangers))
        page = context.new_page()
        page.on("websocket", lambda socket: _note(socket.url, strangers))
        try:
            yield page, strangers
        finally:
            browser.close()


def _end_calculations(project: Path) -> None:
    """End what goes on without the app: a calculation is meant to outlive the server."""
    for run in runs(project):
        if ended(run) is None:
            with contextlib.suppress(OSError, ValueError):
                os.killpg(int((run.folder / "pid").read_text(encoding="utf-8")), signal.SIGKILL)


def chromium() -> str:
    """Return Chromium's path; without it the test fails and says what to do."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("Chromium is missing; on Debian: apt-get install chromium", pytrace=False)
    return found


def settled(page: Page) -> None:
    """Wait until Streamlit has drawn what it has to draw, and leaves it so for a moment."""
    for _ in range(2):
        page.wait_for_timeout(250)
        page.wait_for_function(
            "() => { const app = document.querySelector('[data-testid=stApp]');"
            " return app && app.dataset.testScriptState === 'notRunning'"
            " && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]'); }",
            timeout=WAIT_MS,
        )


def keep_screenshot(page: Page, name: str) -> None:
    """Keep what the page shows as tests/screenshots/<name>.png, all of its length."""
    SCREENSHOTS.mkdir(exist_ok=True)
    main = page.locator("[data-testid=stMain]")
    height = main.evaluate("element => element.scrollHeight") if main.count() else 1000
    size = page.viewport_size or {"width": 1440, "height": 1000}
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.wait_for_timeout(700)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.set_viewport_size(size)
    page.wait_for_timeout(300)


def _note(url: str, strangers: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOCAL:
        strangers.append(url)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            pytest.fail(f"the app ended by itself with exit code {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    pytest.fail("the app did not start within a minute")
