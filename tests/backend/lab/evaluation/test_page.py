# SPDX-License-Identifier: GPL-3.0-or-later
"""The forty prompts and the HTML page: complete, self-contained and well-formed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from coamd.backend.lab.evaluation import fixed_prompts
from coamd.backend.lab.evaluation.fixed_prompts import PROMPTS, Prompt, draw, measured_motion, show
from coamd.backend.lab.evaluation.html_page import bars, page
from coamd.backend.lab.evaluation.metrics import Estimate
from coamd.backend.lab.evaluation.report import DOWN, GENERATED, REAL, EvaluationReport, EvaluationRow
from coamd.backend.lab.evaluation.sweep import Sweep
from coamd.backend.motion.pipeline import Pipeline
from PIL import Image
from tiny_model import write_tiny_model

from tests.motions import lie, walk

ROW = EvaluationRow(
    "a", "skating <cm/s>", {GENERATED: Estimate(20.0, 2.0), REAL: Estimate(10.0, 0.0)}, DOWN, 1, "Physics & more"
)


class Balanced(HTMLParser):
    """Raises where tags do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_there_are_forty_different_prompts_of_all_kinds() -> None:
    texts = [prompt.text for prompt in PROMPTS]
    assert len(set(texts)) == len(texts) == 40
    everything = " ".join(texts)
    for word in "walk run jump left right sits crawl climb dance kick punch wave pick throw then".split():
        assert word in everything, word
    assert all(prompt.frames % 4 == 0 for prompt in PROMPTS)


def test_faults_count_only_where_the_prompt_did_not_ask() -> None:
    lying, high = lie(3.0), walk(3.0)
    high[..., 1] += 0.3
    assert measured_motion(Prompt("walks"), walk(3.0)).faults == ()
    assert measured_motion(Prompt("walks"), lying).faults == ("tips over",)
    assert measured_motion(Prompt("lies", low=True), lying).faults == ()
    assert measured_motion(Prompt("walks"), high).faults == ("floats",)
    assert measured_motion(Prompt("climbs", high=True), high).faults == ()


def test_the_page_is_drawn_and_needs_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny_model(tmp_path / "weights")
    monkeypatch.setattr(
        fixed_prompts, "PROMPTS", (Prompt("a person <walks>", 1.0), Prompt("sits", 1.0), Prompt("runs", 1.0))
    )
    items = show(Pipeline.load(tmp_path / "weights", "cpu"))
    paths = draw(items, tmp_path, rows=2)
    assert [path.name for path in paths] == ["prompts_1.png", "prompts_2.png"]
    assert all(Image.open(path).width > 300 for path in paths)
    sweep = Sweep((("as it ships", {"skating": 3.0}), ("steps 6", {"skating": 4.0})), "seed 0")
    text = page(EvaluationReport((ROW,), {"seed": 1}), sweep, items[:1], paths[:1])
    Balanced().feed(text)
    assert "a person &lt;walks&gt;" in text
    assert "Physics &amp; more" in text
    assert "skating &lt;cm/s&gt;" in text
    assert "data:image/png;base64," in text
    assert not re.search(r"https?://|<script|<link", text)
    assert page(None, None).count("<h2>") == 0


def test_bars_have_the_lengths_of_their_values() -> None:
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', bars(ROW))]
    assert widths[0] == pytest.approx(2 * widths[1], rel=0.01)
    assert bars(ROW).count("<line") == 1  # only the estimate that has an interval
    assert bars(EvaluationRow("a", "alone", {GENERATED: Estimate(1.0, 0.0)}, DOWN)) == ""
