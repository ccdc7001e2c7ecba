"""The pages of the app: each a flat script that asks, shows and offers a download."""

from pathlib import Path

PAGES_FOLDER = Path(__file__).parent
