"""What independent auditors say of the pages: the Nu HTML checker of every type of page, Lighthouse of two.

    python -m benchmarks.audit FOLDER nu              every page type, in every language; an error ends it with 1
    python -m benchmarks.audit FOLDER lighthouse      home and a matter's page, phone and desk

FOLDER is where npm put vnu-jar and lighthouse; `make audit` and `make audit-nu` put them there. The site stands on
loopback with the starter record; the server is the one it has in earnest.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from test_browser import PAGES

from benchmarks.load import served
from tracker import language
from tracker.config import load_config
from tracker.database import connect, upgrade
from tracker.scope import Rule
from tracker.setting import now
from tracker.sync.archive import load_starter

AIMS = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
AUDITED = ("/", "/matters/int-1412-2025")
FORMS = (("phone", ()), ("desk", ("--preset=desktop",)))


def main() -> None:
    """Serve, ask, print; leaves with 1 where something is wrong."""
    folder, what = Path(sys.argv[1]), sys.argv[2]
    with TemporaryDirectory(prefix="tracker-audit-") as place:
        url = f"sqlite:///{place}/tracker.db"
        engine = connect(url)
        upgrade(engine)
        load_starter(engine, Rule(load_config(None, {}).scope), now)
        engine.dispose()
        with served(url) as base:
            wrong = nu(folder, base, Path(place)) if what == "nu" else lighthouse(folder, base, Path(place))
    sys.exit(1 if wrong else 0)


def nu(folder: Path, base: str, place: Path) -> bool:
    """Whether the checker finds an error on any page, all of them in one go."""
    pages = place / "pages"
    pages.mkdir()
    for tag in language.available():
        for name, path in PAGES.items():
            with urllib.request.urlopen(base + language.prefix(tag) + path, timeout=60) as answer:
                (pages / f"{name}.{tag}.html").write_bytes(answer.read())
    jar = folder / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-jar", str(jar), "--errors-only", "--skip-non-html", str(pages)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    print(found.stderr.replace(f"file:{pages}/", ""), end="")
    print(f"Nu: {len(list(pages.iterdir()))} pages, {'errors, see above' if found.returncode else 'no error'}")
    return found.returncode != 0


def lighthouse(folder: Path, base: str, place: Path) -> bool:
    """Whether any score is below what this site aims at."""
    wrong = False
    chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or ""
    for path in AUDITED:
        for form, words in FORMS:
            out = place / "report.json"
            command = [
                str(folder / "node_modules" / ".bin" / "lighthouse"), base + path, "--quiet", "--output=json",
                f"--output-path={out}", "--chrome-flags=--headless=new --no-sandbox --disable-gpu", *words,
            ]  # fmt: skip
            subprocess.run(command, env=os.environ | {"CHROME_PATH": chrome}, check=True, timeout=180)
            found = json.loads(out.read_bytes())["categories"]
            scores = {name: round(found[name]["score"] * 100) for name in AIMS}
            wrong |= any(scores[name] < aim for name, aim in AIMS.items())
            print(f"Lighthouse, {path}, {form}: " + ", ".join(f"{name} {score}" for name, score in scores.items()))
    return wrong


if __name__ == "__main__":
    main()
