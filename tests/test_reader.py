"""What people do to pictures does not change what is read on them."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from numink import Constraints, Page, Reader
from numink.datasets.strokes import StrokeSet, load_strokes
from numink.errors import InputError
from numink.training.synthesis.pages import PageStyle, compose
from pictures import STROKES, Grey, Sheet, as_file, blank, one_digit, strokes_file, write

DIGITS = "0123456789"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize("digit", DIGITS)
def test_a_drawn_digit_is_read_and_sure(reader: Reader, digit: str) -> None:
    page = reader.read(one_digit(digit))
    assert page.text == digit
    assert page.numbers[0].confidence > 0.85  # a hooked 1 is a little like a 7


@pytest.mark.parametrize("digit", DIGITS)
def test_white_chalk_on_a_black_board_reads_the_same(reader: Reader, digit: str) -> None:
    assert reader.read(255 - one_digit(digit)).text == digit


@given(digit=st.sampled_from(DIGITS), x=st.integers(-15, 65), y=st.integers(6, 90))
@settings(max_examples=25, deadline=None)
def test_a_digit_anywhere_on_the_sheet_is_read(reader: Reader, digit: str, x: int, y: int) -> None:
    assert reader.read(write(digit, x, y, 140, 12)).text == digit


@pytest.mark.parametrize("scale", [0.15, 0.3, 0.6, 1.0, 2.0, 5.0, 12.0])
def test_a_digit_of_any_size_is_read(reader: Reader, scale: float) -> None:
    for digit in "2579":
        sheet = Sheet(round(200 * scale), round(240 * scale))
        page = write(digit, 35 * scale, 50 * scale, 140 * scale, 12 * scale, sheet)
        assert reader.read(page).text == digit


@pytest.mark.parametrize("pen", [1, 2, 4, 8, 16, 28])
def test_any_pen_is_read(reader: Reader, pen: int) -> None:
    for digit in "0235":
        assert reader.read(one_digit(digit, pen), single=True).text == digit


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_read_whichever_way_the_camera_was_held(reader: Reader, orientation: int) -> None:
    upright = Image.fromarray(one_digit("7"))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = reader.read(as_file(stored, "JPEG", quality=95, exif=exif))
    assert (page.text, page.width, page.height) == ("7", 200, 240)


def test_a_transparent_background_counts_as_white(reader: Reader) -> None:
    alpha = 255 - one_digit("4")
    picture = Image.merge("RGBA", [Image.new("L", (200, 240))] * 3 + [Image.fromarray(alpha)])
    assert reader.read(as_file(picture)).text == "4"


def test_sixteen_bits_read_as_eight(reader: Reader) -> None:
    deep = one_digit("6").astype(np.uint16) * 257
    assert reader.read(as_file(Image.fromarray(deep))).text == reader.read(one_digit("6")).text == "6"


@pytest.mark.parametrize("paper", [255, 200, 140, 100])
def test_grey_paper_and_faint_pencil_are_read(reader: Reader, paper: int) -> None:
    for digit in "358":
        assert reader.read(write(digit, 35, 50, 140, 9, Sheet(paper=paper, foreground=paper - 60))).text == digit


@pytest.mark.parametrize("angle", [0, 60, 120, 200])
def test_a_shadow_over_half_the_sheet_is_no_ink(reader: Reader, angle: int) -> None:
    rows, columns = np.mgrid[0:240, 0:200]
    across = (columns - 100) * np.cos(np.radians(angle)) + (rows - 120) * np.sin(np.radians(angle))
    light = 1 - 0.45 / (1 + np.exp(-across / 3))
    for digit in "135":
        assert reader.read((one_digit(digit, 8) * light).astype(np.uint8)).text == digit


def test_noise_and_blur_of_a_camera_are_no_ink(reader: Reader) -> None:
    rng = np.random.default_rng(0)
    for digit in "2469":
        seen = cv2.GaussianBlur(one_digit(digit, 9), (0, 0), 1.5) + rng.normal(0, 8, (240, 200))
        assert reader.read(np.clip(seen, 0, 255).astype(np.uint8)).text == digit


def test_numbers_come_in_reading_order_with_lines_and_gaps(reader: Reader) -> None:
    page = write("407", 40, 40, 90, 8, Sheet(900, 400))
    page = write("12", 600, 45, 90, 8, page)
    page = write("58369", 60, 240, 90, 8, page)
    read = reader.read(page)
    assert read.text == "407 12\n58369"
    assert [number.line for number in read.numbers] == [1, 1, 2]
    assert read.numbers[0].box.x < read.numbers[1].box.x


def test_boxes_are_in_pixels_of_the_whole_picture(reader: Reader) -> None:
    page = write("3", 1800, 1400, 600, 50, Sheet(4000, 3000))
    box = reader.read(page).numbers[0].box
    assert 1800 <= box.x <= 2100
    assert 1350 <= box.y <= 1450
    assert 520 <= box.h <= 680


def test_ruled_lines_are_not_read(reader: Reader) -> None:
    page = blank(Sheet(700, 300))
    page[60::60] = 150
    page[61::60] = 150
    assert reader.read(write("2058", 60, 128, 90, 9, page)).text == "2058"


@pytest.mark.parametrize(
    "picture",
    [blank(Sheet()), np.zeros((80, 80), np.uint8), np.full((3, 900), 128, np.uint8), np.full((1, 1), 7, np.uint8)],
    ids=["white", "black", "strip", "pixel"],
)
def test_nothing_is_read_where_nothing_is_written(reader: Reader, picture: np.ndarray) -> None:
    page = reader.read(picture)
    assert (page.text, page.numbers) == ("", ())
    assert reader.read(picture, single=True).numbers == ()


def test_a_grid_a_scribble_and_a_word_are_no_numbers(reader: Reader) -> None:
    grid = blank(Sheet(400, 400))
    grid[20::40] = grid[:, 20::40] = 60
    scribble = blank(Sheet(300, 300))
    rng = np.random.default_rng(3)
    cv2.polylines(scribble, [rng.integers(20, 280, (25, 1, 2)).astype(np.int32)], False, 20, 5, cv2.LINE_AA)
    word = blank(Sheet(500, 160))
    cv2.putText(word, "Warmth", (20, 110), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 3, 20, 5, cv2.LINE_AA)
    assert [reader.read(picture).text for picture in (grid, scribble, word)] == ["", "", ""]


def test_single_says_one_digit_even_where_there_is_more(reader: Reader) -> None:
    page = write("8", 150, 40, 140, 12, Sheet(420, 240))
    cv2.circle(page, (20, 220), 3, 20, -1)
    read = reader.read(page, single=True)
    assert read.text == "8"
    assert len(read.numbers) == len(read.numbers[0].digits) == 1


def test_the_same_picture_gives_the_same_bytes_again_from_file_bytes_and_array(reader: Reader, tmp_path) -> None:
    pixels = write("3046", 20, 50, 100, 9, Sheet(460, 220))
    path = tmp_path / "a.png"
    path.write_bytes(as_file(pixels))
    pages = [reader.read(source) for source in (path, str(path), path.read_bytes(), pixels)]
    assert {page.text for page in pages} == {"3046"}
    assert pages[0].file == str(path)
    numbers = [page.to_dict()["numbers"] for page in pages]
    assert numbers[1:] == numbers[:-1]


def test_a_page_survives_json(reader: Reader) -> None:
    page = reader.read(write("91", 20, 50, 120, 9, Sheet(300, 220)))
    assert Page.from_dict(page.to_dict()).to_dict() == page.to_dict()


def test_strict_has_a_question_mark_for_each_digit_that_is_not_accepted(reader: Reader) -> None:
    page = reader.read(write("17", 20, 50, 120, 9, Sheet(300, 220)))
    strict = page.strict()
    expected = "".join(digit.text if digit.accepted else "?" for digit in page.numbers[0].digits)
    assert strict.text == expected
    assert page.text == "17"


def test_a_wrong_source_is_an_input_error(reader: Reader, tmp_path) -> None:
    with pytest.raises(InputError):
        reader.read(tmp_path / "nothing.png")


@pytest.fixture(scope="module")
def writer_strokes(tmp_path_factory: pytest.TempPathFactory) -> StrokeSet:
    """Strokes of our own, for the composer that the measures use."""
    path = tmp_path_factory.mktemp("hand") / "strokes.npz"
    strokes_file(path, STROKES)
    return load_strokes(path)


def composed(
    writer_strokes: StrokeSet, numbers: list[list[str]], paper: str, shadow: float = 0.3, seed: int = 5
) -> Grey:
    style = PageStyle(800, 360, 70, paper, shadow)
    return compose(writer_strokes, np.arange(10), numbers, style, np.random.default_rng(seed)).picture


@pytest.mark.parametrize("paper", ["plain", "ruled", "squared"])
@pytest.mark.parametrize("shadow", [0.0, 0.6])
def test_composed_pages_on_three_papers_in_light_and_shadow_are_read(
    reader: Reader, writer_strokes: StrokeSet, paper: str, shadow: float
) -> None:
    assert reader.read(composed(writer_strokes, [["3071"], ["958", "26"]], paper, shadow)).text == "3071\n958 26"


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_or_upside_down_is_read_upright(
    reader: Reader, writer_strokes: StrokeSet, quarters: int
) -> None:
    """And its boxes are those of the picture as it should be held."""
    picture = composed(writer_strokes, [["3071"], ["9582"]], "plain")
    upright = reader.read(picture)
    turned = reader.read(np.ascontiguousarray(np.rot90(picture, quarters)))

    assert turned.text == upright.text == "3071\n9582"
    assert (upright.turned, turned.turned) == (0, 90 * quarters)
    assert (turned.width, turned.height) == (800, 360)
    for straight, other in zip(upright.numbers, turned.numbers, strict=True):
        assert straight.box.overlap(other.box) > 0.8


def test_one_digit_alone_is_never_turned(reader: Reader) -> None:
    """A 6 upside down is a 9: who draws one digit holds it right."""
    for digit in "69":
        page = reader.read(one_digit(digit))
        assert (page.text, page.turned) == (digit, 0)


def test_what_is_known_of_a_number_decides_a_doubt(reader: Reader) -> None:
    """A 1 with a hook so long that it may be a 7: the list has only one of both."""
    picture = write("3", 40, 60, 120, 10, Sheet(500, 240))
    for stroke in ([(190, 95), (250, 62), (245, 178)],):
        cv2.polylines(picture, [np.array(stroke, np.int32).reshape(-1, 1, 2)], False, 25, 10, cv2.LINE_AA)
    read = {
        code: reader.read(picture, constraints=Constraints(among=[code, "55"])).numbers[0]
        for code in ("31", "37", "44")
    }

    assert (read["31"].text, read["31"].satisfied) == ("31", True)
    assert (read["37"].text, read["37"].satisfied) == ("37", True)
    assert read["44"].text in ("31", "37")
    assert (read["44"].satisfied, read["44"].accepted) == (False, False)
