"""`numink read` as a process: its output, its messages and its exit code."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from paper_forms import number_table
from pictures import Sheet, as_file, one_digit, write


def numink(*arguments: str | Path, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **variables}
    command = [sys.executable, "-m", "numink", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, env=environment, timeout=120, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "seven.png").write_bytes(as_file(one_digit("7")))
    (tmp_path / "two numbers.jpg").write_bytes(
        as_file(write("58", 650, 40, 90, 8, write("302", 30, 40, 90, 8, Sheet(900, 200))), "JPEG")
    )
    (tmp_path / "broken.png").write_bytes(as_file(one_digit("7"))[:200])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "note.txt").write_text("not a picture at all")
    return tmp_path


def test_one_picture_prints_its_numbers_and_nothing_else(folder: Path) -> None:
    done = numink("read", folder / "seven.png")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"7\n", b"")


def test_with_several_pictures_each_line_has_the_name(folder: Path) -> None:
    first, second = folder / "seven.png", folder / "two numbers.jpg"
    done = numink("read", first, second)
    assert done.stdout.decode().splitlines() == [f"{first}: 7", f"{second}: 302", f"{second}: 58"]


def test_json_has_a_line_for_each_input_in_order_including_errors(folder: Path) -> None:
    names = [folder / name for name in ("seven.png", "broken.png", "nothing.png", "two numbers.jpg", "empty.png")]
    done = numink("read", "--json", *names)
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [page["file"] for page in pages] == [str(name) for name in names]
    kinds = [page.get("error", {}).get("type") for page in pages]
    assert kinds == [None, "broken-picture", "no-such-file", None, "not-a-picture"]
    assert (pages[0]["text"], pages[3]["text"]) == ("7", "302 58")
    assert b"Traceback" not in done.stderr


def test_a_page_as_json_has_the_fields_of_the_contract(folder: Path) -> None:
    page = json.loads(numink("read", "--json", folder / "two numbers.jpg").stdout)
    assert list(page) == [
        "file", "page", "width", "height", "turned", "text", "model", "classifier", "milliseconds", "numbers",
        "tables", "left_over", "printed_left_out", "reason",
    ]  # fmt: skip
    assert (page["page"], page["width"], page["height"]) == (1, 900, 200)
    number = page["numbers"][0]
    assert list(number) == [
        "text", "kind", "value", "ambiguous", "struck_out", "line", "cell", "confidence", "accepted", "box",
        "alternatives", "digits", "fits", "handwritten",
    ]  # fmt: skip
    assert (number["kind"], number["value"], number["ambiguous"]) == ("integer", "302", False)
    assert list(number["digits"][0]) == ["text", "confidence", "accepted", "box", "alternatives"]
    assert len(number["box"]) == 4
    assert "".join(digit["text"] for digit in number["digits"]) == number["text"] == "302"


def test_a_csv_file_has_a_row_for_each_number(folder: Path) -> None:
    table = folder / "out.csv"
    numink("read", "--csv", table, folder / "seven.png", folder / "two numbers.jpg")
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["number"] for row in rows] == ["7", "302", "58"]
    assert rows[1]["line"] == "1"


def test_a_workbook_has_a_row_for_each_number(folder: Path) -> None:
    numink("read", "--xlsx", folder / "out.xlsx", folder / "seven.png", folder / "two numbers.jpg")
    header, *rows = openpyxl.load_workbook(folder / "out.xlsx").active.iter_rows(values_only=True)
    number, value = header.index("number"), header.index("value")
    assert [(row[number], row[value]) for row in rows] == [("7", 7), ("302", 302), ("58", 58)]


def test_a_csv_file_has_no_formulas(folder: Path) -> None:
    (folder / "=cmd().png").write_bytes(as_file(one_digit("7")))
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "numink", "read", "--csv", "out.csv", "=cmd().png"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    assert next(csv.DictReader((folder / "out.csv").read_text().splitlines()))["file"].startswith("'=")


def test_annotated_pictures_do_not_overwrite_inputs(folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    (other / "seven.jpg").write_bytes(as_file(one_digit("4"), "JPEG"))
    before = (folder / "seven.png").read_bytes()
    done = numink("read", "--annotate", folder, folder / "seven.png", other / "seven.jpg")
    assert done.returncode == 0
    assert (folder / "seven.png").read_bytes() == before
    assert sorted(path.name for path in folder.glob("seven-*.png")) == ["seven-2.png", "seven-3.png"]
    with Image.open(folder / "seven-2.png") as drawn:
        assert drawn.size == (200, 240)


def test_options_single_and_strict(folder: Path) -> None:
    assert numink("read", "--single", folder / "seven.png").stdout == b"7\n"
    strict = numink("read", "--strict", folder / "two numbers.jpg").stdout.decode()
    assert all(character in "302 58?\n" for character in strict)


def test_options_of_numbers_change_no_plain_integer(folder: Path) -> None:
    for options in (
        ["--digits"],
        ["--text"],
        ["--printed"],
        ["--decimal", "comma"],
        ["--decimal", "point", "--digits"],
    ):
        assert numink("read", *options, folder / "two numbers.jpg").stdout == b"302\n58\n"


def test_the_help_names_the_options_of_numbers() -> None:
    shown = numink("read", "--help").stdout.decode()
    assert all(option in shown for option in ("--decimal [point|comma]", "--digits", "--text", "--printed"))


def test_a_picture_is_read_from_standard_input() -> None:
    done = numink("read", "-", stdin=as_file(one_digit("3")))
    assert (done.returncode, done.stdout) == (0, b"3\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["read"], b"Missing argument"),
        (["read", "--nonsense", "a.png"], b"No such option"),
        (["raed", "a.png"], b"No such command"),
        (["read", "--pattern", "([", "a.png"], b"no regular expression"),
        (["read", "--characters", "0-9\u0416", "a.png"], b"set of characters"),
        (["read", "--check", "lune", "a.png"], b"luhn, verhoeff"),
        (["read", "--among", "/nowhere", "a.png"], b"cannot be read as a list"),
        (["read", "--decimal", "dot", "a.png"], b"'point', 'comma'"),
        (["read", "--digits", "--text", "a.png"], b"give one of the two"),
        (["serve", "--port", "99999"], b"99999"),
    ],
)
def test_wrong_usage_is_explained_and_exits_with_2(arguments: list[str], message: bytes) -> None:
    done = numink(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_blank_picture_is_no_error(folder: Path) -> None:
    (folder / "blank.png").write_bytes(as_file(Image.new("L", (50, 50), 255)))
    done = numink("read", folder / "blank.png")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"no numbers found" in done.stderr
    assert numink("read", "--fail-empty", folder / "blank.png").returncode == 3
    assert numink("read", "--fail-empty", folder / "blank.png", folder / "seven.png").returncode == 0


def test_a_folder_a_text_file_and_a_large_file_are_refused_with_advice(folder: Path) -> None:
    assert b"this is a folder" in numink("read", folder).stderr
    assert b"not a picture" in numink("read", folder / "note.txt").stderr
    done = numink("read", folder / "seven.png", NUMINK_MAX_BYTES="100")
    assert done.returncode == 1
    assert b"NUMINK_MAX_BYTES" in done.stderr


def test_a_missing_or_damaged_model_is_an_error(folder: Path) -> None:
    for model, message in ((folder / "none.onnx", b"there is no model file"), (folder / "note.txt", b"damaged")):
        done = numink("read", folder / "seven.png", NUMINK_MODEL=str(model))
        assert done.returncode == 1
        assert message in done.stderr
        assert b"Traceback" not in done.stderr


def test_a_misspelt_setting_is_an_error_that_names_the_right_one(folder: Path) -> None:
    done = numink("read", folder / "seven.png", NUMINK_MAX_BYTE="100")
    assert done.returncode == 2
    assert b"NUMINK_MAX_BYTES" in done.stderr


def test_a_closed_output_pipe_is_no_error(folder: Path) -> None:
    command = f"{sys.executable} -m numink read --json {' '.join([str(folder / 'seven.png')] * 40)} | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=120, check=False)
    assert json.loads(done.stdout)["text"] == "7"
    assert b"Traceback" not in done.stderr


def test_version_and_help_start_without_heavy_libraries() -> None:
    assert numink("--version").stdout.startswith(b"numink, version 1.")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "numink", "read", "--help"], capture_output=True, check=True
    )
    loaded = done.stderr.decode()
    assert all(
        f" {name}\n" not in loaded for name in ("flask", "torch", "rich", "matplotlib", "xlsxwriter", "pydantic")
    )


def test_a_table_is_printed_row_by_row_with_tabs(tmp_path: Path) -> None:
    Image.fromarray(number_table([["12", "345"], ["60", ""]])).save(tmp_path / "table.png")

    assert numink("read", "--table", tmp_path / "table.png").stdout == b"12\t345\n60\t\n"


def test_only_the_regions_are_read(folder: Path) -> None:
    done = numink("read", "--region", "600,20,300,160", folder / "two numbers.jpg")
    beyond = numink("read", "--region", "2000,20,300,160", folder / "two numbers.jpg")

    assert done.stdout == b"58\n"
    assert (beyond.returncode, beyond.stdout) == (1, b"")
    assert b"outside the picture" in beyond.stderr
    assert numink("read", "--region", "1,2,3", folder / "two numbers.jpg").returncode == 2
