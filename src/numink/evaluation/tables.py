"""Reports formatted as tables for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..datasets.preview import ClassStatistics
from .digits import Report
from .full_report import FullReport
from .pictures import PictureReport
from .records import LineReport, PageReport

MOST_WRONG = 30
"""Most wrongly read pictures that are listed."""


def report_tables(report: Report) -> RenderableType:
    """Format a report of glyphs or single digits."""
    return Group(_summary(report), Text(), _confusions(report), Text(), _reliability(report))


def picture_tables(report: PictureReport) -> RenderableType:
    """Format a report of pictures, with those read wrongly."""
    low, high = report.right_interval
    head = _pairs(report.data, [
        ("model", report.model),
        ("pictures", f"{report.n:,}" + (f", {report.failed} could not be read" if report.failed else "")),
        ("right", f"{report.accuracy:.2%} ({low:.2%} to {high:.2%})"),
        ("accepted", f"{report.accepted:.2%}, of these {report.error_among_accepted:.2%} wrong"),
        ("speed", f"{report.milliseconds:.1f} ms a picture (median)"),
    ])  # fmt: skip
    kinds = _table("", ("kind", "condition"), ("right", "of", "share"))
    for score in report.scores:
        kinds.add_row(score.kind, score.condition, str(score.right), str(score.n), f"{score.right / score.n:.1%}")
    wrong = _table("read wrongly", ("file", "label", "read"), ())
    for file, label, text in report.wrong[:MOST_WRONG]:
        wrong.add_row(file, label or "no digit", text.replace("\n", "|") or "no digit")
    if len(report.wrong) > MOST_WRONG:
        wrong.add_row(f"and {len(report.wrong) - MOST_WRONG} more: --json lists them all", "", "")
    return Group(head, Text(), kinds, Text(), wrong) if report.wrong else Group(head, Text(), kinds)


def line_table(report: LineReport) -> RenderableType:
    """Format a report of the line model."""
    low, high = report.interval
    return _pairs("composed lines by unseen writers", [
        ("lines", f"{report.n:,}"),
        ("exactly right", f"{report.right:.2%} ({low:.2%} to {high:.2%})"),
        ("calibration error", f"{report.calibration_error:.2%}"),
        ("training", f"{report.seconds / 60:.0f} minutes"),
    ])  # fmt: skip


def page_table(report: PageReport) -> RenderableType:
    """Format a report of the page model."""
    return _pairs("composed pages by unseen writers, in unseen fonts", [
        ("pages", f"{report.n:,}"),
        *((f"F1 of {name}", f"{score:.2%}") for name, score in report.f1.items()),
        ("training", f"{report.seconds / 60:.0f} minutes"),
    ])  # fmt: skip


def full_tables(report: FullReport) -> RenderableType:
    """Format the full evaluation of a model, with the parts that were not measured."""
    digits = _table(
        report.model, ("digits",), ("n", "accuracy", "calibration error", "accepted", "error among accepted")
    )
    for name, part in report.digits.items():
        digits.add_row(
            name, f"{part.n:,}", f"{part.accuracy:.2%}", f"{part.calibration_error:.2%}", f"{part.accepted:.2%}",
            f"{part.error_among_accepted:.3%}",
        )  # fmt: skip
    parts: list[RenderableType] = [digits]
    if report.refusal is not None:
        refused = _table("not digits", ("at a threshold that keeps 99 % of the digits",), ("rejected",))
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


def data_table(statistics: list[ClassStatistics]) -> RenderableType:
    """Format the statistics of MNIST's classes."""
    table = _table("MNIST", ("digit",), ("train", "share", "test", "share", "stroke px", "width px"))
    train, test = (max(sum(getattr(row, part) for row in statistics), 1) for part in ("train", "test"))
    for row in statistics:
        table.add_row(
            str(row.digit), f"{row.train:,}", f"{row.train / train:.1%}", f"{row.test:,}",
            f"{row.test / test:.1%}", f"{row.pen:.1f}", f"{row.width:.1f}",
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
        ("rejected", f"{report.refused} are more likely not a digit"),
        ("calibration error", f"{report.calibration_error:.3%} ({len(report.reliability)} equal bins)"),
        ("accepted", f"{report.accepted:.2%}, of these {report.error_among_accepted:.3%} wrong "
                     f"(threshold {report.threshold:.6f})"),
    ]  # fmt: skip
    if report.speed is not None:
        speed = f"{report.speed.batch:,.0f} a second in batches, {report.speed.one_at_a_time:,.0f} one at a time"
        rows.append(("speed", speed))
    return _pairs(report.data, rows)


def _confusions(report: Report) -> Table:
    """Format the confusion matrix, with recall and precision in its last columns."""
    table = _table(
        "confusion matrix (rows: label, columns: read as)", ("",), (*"0123456789", "none", "n", "recall", "precision")
    )
    for row, score in zip(report.confusion, report.classes, strict=True):
        cells = [str(count) if count else "·" for count in row]
        table.add_row(str(score.digit), *cells, f"{score.n:,}", f"{score.recall:.2%}", f"{score.precision:.2%}")
    return table


def _reliability(report: Report) -> Table:
    table = _table("reliability", (), ("n", "confidence", "right"))
    for part in report.reliability:
        table.add_row(str(part.n), f"{part.confidence:.2%}", f"{part.right:.2%}")
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
