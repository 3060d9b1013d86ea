"""Page segmentation on composed pages by writers and in fonts that no training saw: F1 of each class.

Measured on the pixels that differ from the paper, three ways: the page model by itself, the page model with the vote
of each connected component, and a classical way: features of components (size, proportions, stroke width and how
regular it is, alignment with neighbours) and a logistic regression fitted on pages of the training's writers and fonts.

    python benchmarks/page_segmentation.py --data data --collections ../shared/data --writers .../mnist_writer_ids.npz
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from numink.imaging.page_segmentation import CELL, CLASS_NAMES, HANDWRITING, PRINT, RULE, PageModel
from numink.imaging.print_separation import separate_print
from numink.training.fit_pages import f1_of_classes
from numink.training.paths import TrainingPaths
from numink.training.synthesis.paper_pages import ComposedPaper
from numink.training.train_pages import composed_pages, load_sources

LEAST_CONTRAST = 28
"""Contrast, of 255, from which a pixel counts."""
CLASSES = len(CLASS_NAMES)


class Components:
    """The connected components of a page with their features (N, F) and true classes (N,)."""

    def __init__(self, page: ComposedPaper) -> None:
        self.mask = (page.contrast >= LEAST_CONTRAST).astype(np.uint8)
        self.truth = np.repeat(np.repeat(page.labels, CELL, axis=0), CELL, axis=1)
        count, self.labels, self.stats, _ = cv2.connectedComponentsWithStats(self.mask, connectivity=8)
        votes = np.bincount((self.labels * CLASSES + self.truth).ravel(), minlength=count * CLASSES)
        self.classes = votes.reshape(count, CLASSES)[1:].argmax(axis=1)
        self.features = self._features(page.contrast, count)

    def _features(self, contrast: NDArray[np.uint8], count: int) -> NDArray[np.float64]:
        left, top, width, height, area = self.stats[1:].T.astype(float)
        owners, inside = self.labels[self.mask > 0], self.mask > 0
        radius = cv2.distanceTransform(self.mask, cv2.DIST_L2, 3)[inside]
        ridge = radius >= cv2.dilate(cv2.distanceTransform(self.mask, cv2.DIST_L2, 3), np.ones((3, 3)))[inside] - 1e-3
        ridges = np.maximum(np.bincount(owners[ridge], minlength=count)[1:], 1)
        stroke = np.bincount(owners[ridge], radius[ridge], count)[1:] / ridges
        spread = np.bincount(owners[ridge], radius[ridge] ** 2, count)[1:] / ridges - stroke**2
        darkness = np.bincount(owners, contrast[inside].astype(float), count)[1:] / np.maximum(area, 1) / 255
        usual = np.median(height[height > 5]) if (height > 5).any() else 10.0
        neighbours = np.zeros((count - 1, 4))
        for index in range(count - 1):
            middle = left + width / 2
            near = np.abs(top + height - top[index] - height[index]) < 0.4 * height[index]
            near &= np.abs(middle - middle[index]) < 6 * height[index] + 10
            near &= (height > 0.4 * height[index]) & (height < 2.5 * height[index])
            own = height[near]
            bottoms = (top + height)[near]
            neighbours[index] = near.sum(), own.std() / own.mean(), bottoms.std() / height[index], darkness[near].std()
        features = np.column_stack([
            np.log(height), np.log(width), np.log(height / usual), area / (width * height), np.log(area), stroke,
            np.sqrt(np.maximum(spread, 0)) / np.maximum(stroke, 0.5), stroke / height, darkness,
            np.log1p(neighbours[:, 0]),
            neighbours[:, 1:],
        ])  # fmt: skip
        return np.nan_to_num(features)

    def confusion(self, predicted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the confusion matrix of the marks' pixels by the class of each pixel, (H, W)."""
        inside = self.mask > 0
        cells = np.bincount(self.truth[inside] * CLASSES + predicted[inside], minlength=CLASSES**2)
        return cells.reshape(CLASSES, CLASSES)


def fit(pages: list[Components]) -> tuple[torch.nn.Module, NDArray[np.float64], NDArray[np.float64]]:
    """Return a logistic regression over features and their products, weighted by area."""
    features = np.concatenate([page.features for page in pages])
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
    inputs = torch.from_numpy(expanded((features - mean) / deviation)).float()
    classes = torch.from_numpy(np.concatenate([page.classes for page in pages])).long()
    weights = torch.from_numpy(np.concatenate([page.stats[1:, 4] for page in pages])).float().clamp(max=2000)
    model = torch.nn.Linear(inputs.shape[1], CLASSES)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=150, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        losses = torch.nn.functional.cross_entropy(model(inputs), classes, reduction="none")
        value = (losses * weights).sum() / weights.sum() + 1e-4 * model.weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return model, mean, deviation


def expanded(features: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns = np.triu_indices(features.shape[1])
    return np.concatenate([features, features[:, rows] * features[:, columns]], axis=1).clip(-30, 30)


def report(name: str, cells: NDArray[np.int64], milliseconds: float) -> None:
    scores = f1_of_classes(cells)
    lost = cells[HANDWRITING, PRINT] / max(cells[HANDWRITING].sum(), 1)
    print(
        f"| {name} | "
        + " | ".join(f"{scores[label]:.1%}" for label in CLASS_NAMES)
        + f" | {lost:.2%} | {milliseconds:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--writers", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    options = parser.parse_args()
    paths = TrainingPaths(options.data, Path("pages.onnx"), options.collections, options.writers)
    training = composed_pages(load_sources(paths, held_out=False), 320, options.pages, seed=21)
    pages = composed_pages(load_sources(paths, held_out=True), 320, options.pages, seed=22)
    regression, mean, deviation = fit([Components(page) for page in training])
    model = PageModel(options.model)
    totals = {name: np.zeros((CLASSES, CLASSES), np.int64) for name in ("components", "page model", "with votes")}
    times = dict.fromkeys(totals, 0.0)
    for page in pages:
        started = time.process_time()
        components = Components(page)
        with torch.inference_mode():
            inputs = torch.from_numpy(expanded((components.features - mean) / deviation)).float()
            classes = regression(inputs).argmax(dim=1).numpy()
        times["components"] += time.process_time() - started
        totals["components"] += components.confusion(np.concatenate([[3], classes])[components.labels])
        started = time.process_time()
        segmentation = model.segment_page(page.picture)
        times["page model"] += time.process_time() - started
        predicted = segmentation.classes.astype(np.int64)
        totals["page model"] += components.confusion(predicted)
        started = time.process_time()
        without_rules = np.where(predicted == RULE, 0, components.mask).astype(np.float32)
        parted = separate_print(without_rules, segmentation)
        times["with votes"] += time.process_time() - started
        text = (predicted == HANDWRITING) | (predicted == PRINT)
        voted = np.where(text & (parted.handwriting > 0), HANDWRITING, predicted)
        totals["with votes"] += components.confusion(np.where(parted.printed > 0, PRINT, voted))
    print(f"{len(pages)} pages of 320 x 320, writers and fonts unseen\n")
    print("| | " + " | ".join(f"F1 of {name}" for name in CLASS_NAMES) + " | handwriting lost to print | ms |")
    print("|---|---|---|---|---|---|---|")
    for name, cells in totals.items():
        report(name, cells, times[name] / len(pages) * 1000)


if __name__ == "__main__":
    main()
