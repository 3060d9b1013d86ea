"""Images a second: `Classifier.predict` on 10,000 uint8 glyphs, and in turn in the same run Keras' `predict`.

    python benchmarks/classifier_speed.py [--data data] [--reference-script keras_speed.py --reference-python ...]

The reference script prints its own images a second as its last line. One image at a time stands beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from pathlib import Path
from statistics import median

import numpy as np

from numink.recognition.digit_model import Classifier
from report import machine, table

HEADER, SINGLES = 16, 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of MNIST's files")
    parser.add_argument("--reference-script", type=Path)
    parser.add_argument("--reference-python", default="python3")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(machine())
    content = np.fromfile(given.data / "t10k-images-idx3-ubyte", np.uint8)
    images = content[HEADER:].reshape(-1, 28, 28)
    classifier = Classifier()
    classifier.predict(images)
    ours, theirs = [], []
    for _ in range(given.rounds):
        ours.append(_rate(classifier, images))
        if given.reference_script:
            command = [given.reference_python, str(given.reference_script)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            theirs.append(float(done.stdout.split()[-1]))
    rows = [("numink", f"{median(ours):,.0f}", " ".join(f"{one:.0f}" for one in ours))]
    if theirs:
        rows.append(("reference", f"{median(theirs):,.0f}", " ".join(f"{one:.0f}" for one in theirs)))
    print(table(("10,000 at once", "images/s", "rounds"), rows))
    if theirs:
        print(f"ratio {median(ours) / median(theirs):.2f}")
    alone = sorted(1000 / _rate(classifier, images[at : at + 1]) for at in range(SINGLES))
    print(f"one image: median {alone[SINGLES // 2]:.3f} ms, 95 % {alone[int(0.95 * SINGLES)]:.3f} ms")


def _rate(classifier: Classifier, images: np.ndarray) -> float:
    start = time.perf_counter()
    classifier.predict(images)
    return len(images) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
