"""Seconds of training by the recipe `quick`, and what it reaches on MNIST's test part, over several seeds.

    python benchmarks/quick_recipe.py [--seeds 10] [--data data] [--threads 2]

The clock runs over the epochs with their validation; data is in memory before it starts. Needs the extra [train].
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import torch

from numink.datasets.mnist import load_mnist, split
from numink.training.epochs import EpochSampler
from numink.training.fit_digits import fit
from numink.training.models.digit_net import predict_logits
from numink.training.observer import NullObserver
from numink.training.recipes import RECIPES, networks_of
from report import machine, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(machine())
    mnist = load_mnist(given.data)
    chosen, held = split(mnist, None, 1)
    sampler = EpochSampler(mnist.train_images[chosen], mnist.train_labels[chosen])
    validation = (mnist.train_images[held], mnist.train_labels[held])
    seconds, right = [], []
    for seed in range(1, given.seeds + 1):
        recipe = replace(networks_of(RECIPES["quick"])[0], seed=seed)
        network, history = fit(recipe, sampler, validation, NullObserver())
        seconds.append(sum(record.seconds for record in history))
        predicted = predict_logits(network, mnist.test_images)[:, :10].argmax(axis=1)
        right.append(float((predicted == mnist.test_labels).mean()))
        print(f"seed {seed}: {seconds[-1]:.1f} s, {right[-1]:.2%}", flush=True)
    rows = [
        ("seconds", f"{mean(seconds):.1f}", f"{stdev(seconds):.1f}", f"{min(seconds):.1f}", f"{max(seconds):.1f}"),
        ("MNIST test", f"{mean(right):.3%}", f"{stdev(right):.3%}", f"{min(right):.2%}", f"{max(right):.2%}"),
    ]
    print(table(("", "mean", "standard deviation", "least", "most"), rows))


if __name__ == "__main__":
    main()
