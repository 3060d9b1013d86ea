"""Reports as tables for people, in a terminal. Formats only; every number comes from the report."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..datasets.preview import ClassFacts
from .digits import Report
from .full_report import FullReport
from .pictures import PictureReport
from .records import LineReport

SHOWN = 30
"""Pictures read wrongly that are listed."""


def report_tables(report: Report) -> RenderableType:
    """All that is in a report of glyphs or single digits."""
    return Group(_summary(report), Text(), _confusions(report), Text(), _reliability(report))


def picture_tables(report: PictureReport) -> RenderableType:
    """All that is in a report of pictures, and which were read wrongly."""
    low, high = report.right_interval
    head = _pairs(report.data, [
        ("model", report.model),
        ("pictures", f"{report.n:,}" + (f", {report.failed} could not be read" if report.failed else "")),
        ("right", f"{report.accuracy:.2%} ({low:.2%} to {high:.2%})"),
        ("accepted", f"{report.accepted:.2%}, wrong among them {report.error_among_accepted:.2%}"),
        ("speed", f"{report.milliseconds:.1f} ms a picture (median)"),
    ])  # fmt: skip
    kinds = _table("", ("kind", "condition"), ("right", "of", "share"))
    for score in report.scores:
        kinds.add_row(score.kind, score.condition, str(score.right), str(score.n), f"{score.right / score.n:.1%}")
    wrong = _table("read wrongly", ("file", "holds", "read"), ())
    for file, holds, said in report.wrong[:SHOWN]:
        wrong.add_row(file, holds or "no digit", said.replace("\n", "|") or "nothing")
    if len(report.wrong) > SHOWN:
        wrong.add_row(f"and {len(report.wrong) - SHOWN} more: --json lists them all", "", "")
    return Group(head, Text(), kinds, Text(), wrong) if report.wrong else Group(head, Text(), kinds)


def line_table(report: LineReport) -> RenderableType:
    """How well the line network reads."""
    low, high = report.interval
    return _pairs("composed lines by other hands", [
        ("lines", f"{report.n:,}"),
        ("exactly right", f"{report.right:.2%} ({low:.2%} to {high:.2%})"),
        ("calibration error", f"{report.calibration_error:.2%}"),
        ("training", f"{report.seconds / 60:.0f} minutes"),
    ])  # fmt: skip


def full_tables(report: FullReport) -> RenderableType:
    """All that a model is judged by, and what could not be measured."""
    digits = _table(report.model, ("digits",), ("n", "accuracy", "calibration error", "accepted", "wrong among them"))
    for name, one in report.digits.items():
        digits.add_row(
            name, f"{one.n:,}", f"{one.accuracy:.2%}", f"{one.calibration_error:.2%}", f"{one.accepted:.2%}",
            f"{one.error_among_accepted:.3%}",
        )  # fmt: skip
    parts: list[RenderableType] = [digits]
    if report.refusal is not None:
        refused = _table("no digits", ("where the digits kept are at least 99 %",), ("refused",))
        for name, share in report.refusal.refused.items():
            refused.add_row(name, f"{share:.2%}")
        parts += [Text(), refused]
    if report.corrupted_mean is not None:
        corrupted = _table("corrupted digits", ("corruption",), ("accuracy",))
        for name, share in (*report.corrupted.items(), ("mean", report.corrupted_mean)):
            corrupted.add_row(name, f"{share:.2%}")
        parts += [Text(), corrupted]
    parts += [Text(f"not measured: {name}: {why}") for name, why in report.missing.items()]
    return Group(*parts)


def data_table(facts: list[ClassFacts]) -> RenderableType:
    """The classes of MNIST."""
    table = _table("MNIST", ("digit",), ("train", "share", "test", "share", "pen px", "width px"))
    train, test = (max(sum(getattr(one, part) for one in facts), 1) for part in ("train", "test"))
    for one in facts:
        table.add_row(
            str(one.digit), f"{one.train:,}", f"{one.train / train:.1%}", f"{one.test:,}",
            f"{one.test / test:.1%}", f"{one.pen:.1f}", f"{one.width:.1f}",
        )  # fmt: skip
    table.add_section()
    table.add_row("all", f"{train:,}", "", f"{test:,}", "", "", "")
    return table


def _summary(report: Report) -> Table:
    low, high = report.error_interval
    rows = [
        ("model", report.model),
        ("digits", f"{report.n:,}"),
        ("accuracy", f"{report.accuracy:.2%}"),
        ("error", f"{report.error:.2%} ({low:.2%} to {high:.2%}), {report.wrong} wrong"),
    ]
    if report.error_without_doubtful is not None:
        without = f"{report.error_without_doubtful:.2%} without the {report.doubtful} doubtful labels"
        rows.append(("", without))
    rows += [
        ("refused", f"{report.refused} would rather be called no digit"),
        ("calibration error", f"{report.calibration_error:.3%} ({len(report.reliability)} equal bins)"),
        ("accepted", f"{report.accepted:.2%}, wrong among them {report.error_among_accepted:.3%} "
                     f"(threshold {report.threshold:.6f})"),
    ]  # fmt: skip
    if report.speed is not None:
        speed = f"{report.speed.batch:,.0f} a second in batches, {report.speed.one_at_a_time:,.0f} one at a time"
        rows.append(("speed", speed))
    return _pairs(report.data, rows)


def _confusions(report: Report) -> Table:
    """The confusion matrix with recall and precision in its last columns."""
    table = _table("is, and read as", ("",), (*"0123456789", "none", "n", "recall", "precision"))
    for row, score in zip(report.confusion, report.classes, strict=True):
        cells = [str(count) if count else "·" for count in row]
        table.add_row(str(score.digit), *cells, f"{score.n:,}", f"{score.recall:.2%}", f"{score.precision:.2%}")
    return table


def _reliability(report: Report) -> Table:
    table = _table("when it is so sure, it is right so often", (), ("n", "confidence", "right"))
    for one in report.reliability:
        table.add_row(str(one.n), f"{one.confidence:.2%}", f"{one.right:.2%}")
    return table


def _pairs(title: str, rows: list[tuple[str, str]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in rows:
        table.add_row(name, value)
    return table


def _table(title: str, words: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in words:
        table.add_column(name)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
