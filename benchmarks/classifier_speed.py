"""Images a second of `Classifier.predict` on 10,000 uint8 glyphs, alternating with Keras' `predict` in the same run.

    python benchmarks/classifier_speed.py [--data data] [--reference-script keras_speed.py --reference-python ...]

The reference script prints its images a second as the last line. The time for one image alone is measured too.
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

HEADER_BYTES, SINGLE_IMAGES = 16, 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of MNIST's files")
    parser.add_argument("--reference-script", type=Path)
    parser.add_argument("--reference-python", default="python3")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(machine())
    content = np.fromfile(options.data / "t10k-images-idx3-ubyte", np.uint8)
    images = content[HEADER_BYTES:].reshape(-1, 28, 28)
    classifier = Classifier()
    classifier.predict(images)
    own_rates, reference_rates = [], []
    for _ in range(options.rounds):
        own_rates.append(_rate(classifier, images))
        if options.reference_script:
            command = [options.reference_python, str(options.reference_script)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            reference_rates.append(float(done.stdout.split()[-1]))
    rows = [("numink", f"{median(own_rates):,.0f}", " ".join(f"{rate:.0f}" for rate in own_rates))]
    if reference_rates:
        rates = " ".join(f"{rate:.0f}" for rate in reference_rates)
        rows.append(("reference", f"{median(reference_rates):,.0f}", rates))
    print(table(("10,000 at once", "images/s", "rounds"), rows))
    if reference_rates:
        print(f"ratio {median(own_rates) / median(reference_rates):.2f}")
    times = sorted(1000 / _rate(classifier, image[None]) for image in images[:SINGLE_IMAGES])
    print(f"one image: median {times[SINGLE_IMAGES // 2]:.3f} ms, 95 % {times[int(0.95 * SINGLE_IMAGES)]:.3f} ms")


def _rate(classifier: Classifier, images: np.ndarray) -> float:
    start = time.perf_counter()
    classifier.predict(images)
    return len(images) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
