"""Training time of the recipe `quick` and its accuracy on MNIST's test part, over several seeds.

    python benchmarks/quick_recipe.py [--seeds 10] [--data data] [--threads 2]

The time includes the epochs and their validation, but not loading the data. Needs the extra [train].
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
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(machine())
    mnist = load_mnist(options.data)
    chosen, held = split(mnist, None, 1)
    sampler = EpochSampler(mnist.train_images[chosen], mnist.train_labels[chosen])
    validation = (mnist.train_images[held], mnist.train_labels[held])
    seconds, accuracies = [], []
    for seed in range(1, options.seeds + 1):
        recipe = replace(networks_of(RECIPES["quick"])[0], seed=seed)
        network, history = fit(recipe, sampler, validation, NullObserver())
        seconds.append(sum(record.seconds for record in history))
        predicted = predict_logits(network, mnist.test_images)[:, :10].argmax(axis=1)
        accuracies.append(float((predicted == mnist.test_labels).mean()))
        print(f"seed {seed}: {seconds[-1]:.1f} s, {accuracies[-1]:.2%}", flush=True)
    rows = [
        ("seconds", f"{mean(seconds):.1f}", f"{stdev(seconds):.1f}", f"{min(seconds):.1f}", f"{max(seconds):.1f}"),
        (
            "MNIST test",
            f"{mean(accuracies):.3%}",
            f"{stdev(accuracies):.3%}",
            f"{min(accuracies):.2%}",
            f"{max(accuracies):.2%}",
        ),
    ]
    print(table(("", "mean", "standard deviation", "min", "max"), rows))


if __name__ == "__main__":
    main()
