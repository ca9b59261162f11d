"""Take the picture of a report: the demo's page, in Chromium, with a file chosen.

python docs/pictures/make_report_picture.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.chromium import chromium  # the driver that the tests have

FOLDER = Path(__file__).parent
_WIDTH, _HEIGHT = 1320, 900
_SHOWN = "little-mix.flac"


def main() -> None:
    with tempfile.TemporaryDirectory() as name, chromium(Path(name) / "profile") as browser:
        demo = Path(name) / "eqmorph-demo"
        subprocess.run([sys.executable, "-m", "eqmorph", "demo", demo, "-q"], check=True)
        page = browser.page(Path(name))
        page.size(_WIDTH, _HEIGHT)
        page.open(demo / "report.html", ready="!!window.eqmorphReport")
        page.eval(f"eqmorphReport.show(eqmorphReport.report.rows.findIndex((row) => row.n === '{_SHOWN}'))")
        page.wait("eqmorphReport.pair.duration > 0")
        page.press("b")
        page.picture(FOLDER / "report.png")
    print(f"report.png: {(FOLDER / 'report.png').stat().st_size} bytes")


if __name__ == "__main__":
    main()
