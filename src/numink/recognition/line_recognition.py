"""Line recognition: the text lines of a page, or its only character, by the line model and the digit model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..imaging.ruled_lines import RuledPage
from .aligned_lines import are_tables
from .best_path import best_path
from .breaks import find_breaks
from .character_segmentation import segment_characters
from .constrained_beam import SearchBudget
from .constrained_decoding import decode_constrained
from .constraints import Constraints
from .ctc import decode_line
from .digit_model import DigitClassifier
from .fusion import fuse_lines
from .glyph import normalise_all
from .line_image import image_of_line
from .line_model import LineModel
from .page_lines import PageLines, segment_page_lines
from .page_texture import PARAMETERS as TEXTURE_PARAMETERS
from .page_texture import readable_lines
from .single_digit import lone_digit_candidates, recognize_lone_digits, select_single_digit, whole_picture_line
from .types import Component, RecognizedLine, TextLine

NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
"""A number in the text of a line."""


@dataclass(frozen=True)
class LineRecognizer:
    """A recognizer of text lines, with the models and the constraints of one picture."""

    line_model: LineModel
    classifier: DigitClassifier
    constraints: Constraints | None
    budget: SearchBudget

    def recognize(self, lines: Sequence[TextLine]) -> list[RecognizedLine]:
        """Return the recognized lines, in their order; all go through the models in one call."""
        lone, remaining_lines = self.segment_characters(lines)
        digits = [digit for line in remaining_lines for hypothesis in line.hypotheses for digit in hypothesis.digits]
        glyphs = normalise_all([digit.component.foreground for digit in digits])
        fused = iter(fuse_lines(remaining_lines, self.classifier.predict(glyphs)))
        return [lone[index] if index in lone else next(fused) for index in range(len(lone) + len(remaining_lines))]

    def recognize_page(
        self, page: RuledPage, segmented: PageLines | None = None
    ) -> tuple[PageLines, list[RecognizedLine]]:
        """Return the lines of a page, and what is read on them, as far as a page holds so much text.

        `segmented` are its lines where they are known.
        """
        segmented = segmented or segment_page_lines(page)
        lines = self.recognize(readable_lines(segmented.lines))
        if not are_tables(lines, segmented.first_aligned):
            segmented = segment_page_lines(page, may_align=False)
            lines = self.recognize(readable_lines(segmented.lines))
        return segmented, lines

    def segment_characters(self, lines: Sequence[TextLine]) -> tuple[dict[int, RecognizedLine], list[RecognizedLine]]:
        """Return the lines that are certainly a lone digit, by index, and the characters of the other lines."""
        images = [image_of_line(line) for line in lines]
        outputs = self.line_model.predict(images)
        if self.constraints is None:
            decoded = [decode_line(output) for output in outputs]
        else:
            decoded = [
                decode_constrained(output, find_breaks(image), self.constraints, self.budget)
                for output, image in zip(outputs, images, strict=True)
            ]
        candidates = lone_digit_candidates(lines) if self.constraints is None else {}
        glyphs = normalise_all([candidate.foreground for candidate in candidates.values()])
        lone = recognize_lone_digits(lines, candidates, self.classifier.predict(glyphs), decoded)
        return lone, [
            segment_characters(line, image, output, text)
            for index, (line, image, output, text) in enumerate(zip(lines, images, outputs, decoded, strict=True))
            if index not in lone
        ]

    def count_numbers(self, lines: Sequence[TextLine]) -> int:
        """Return how many numbers stand on `lines`, by the line model alone: cheaper than recognizing them."""
        counted = readable_lines(lines, TEXTURE_PARAMETERS.most_printed_columns)
        outputs = self.line_model.predict([image_of_line(line) for line in counted])
        return sum(len(NUMBER.findall(best_path(output.split()[0]))) for output in outputs)

    def recognize_single_digit(self, candidates: Sequence[Component]) -> list[RecognizedLine]:
        """Return the line of a picture's only digit; empty where there are no candidates."""
        glyphs = normalise_all([candidate.foreground for candidate in candidates])
        lines = select_single_digit(candidates, self.classifier.predict(glyphs))
        outputs = self.line_model.predict([image_of_line(line.line) for line in lines])
        return [replace(line, decoded=decode_line(output)) for line, output in zip(lines, outputs, strict=True)]

    def recognize_single_character(
        self, components: Sequence[Component], one_character: Constraints
    ) -> list[RecognizedLine]:
        """Return the line of a picture's only character; empty where there is no foreground."""
        if not components:
            return []
        line = whole_picture_line(components)
        image = image_of_line(line)
        output = self.line_model.predict([image])[0]
        return [segment_characters(line, image, output, decode_constrained(output, (), one_character, self.budget))]
