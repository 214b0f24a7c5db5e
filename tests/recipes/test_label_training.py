"""Real training on digits, for seconds: what each recipe does with its labels."""

import dataclasses

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.evaluation.agreement import classification_error, evaluate_agreement
from gan_numpy.evaluation.classifier import train_classifier
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.semi_supervised import train_alone
from gan_numpy.training.state import initial_state

DATA = load_dataset("digits")


@pytest.fixture(scope="module")
def judge():
    return train_classifier(DATA, cache=False)


def trained(recipe, data, epochs):
    state = initial_state(recipe, data, seed=0)
    for _ in range(epochs):
        train_epoch(state, recipe, data)
    return state


def agreement(recipe, state, judge):
    rng = np.random.default_rng(0)
    return evaluate_agreement(recipe, state, judge, rng, 1000).agreement


def shuffled_labels():
    """The digits with labels that say nothing about them."""
    mixed = np.random.default_rng(0).permutation(DATA.labels["train"])
    return dataclasses.replace(DATA, labels=DATA.labels | {"train": mixed})


@pytest.mark.parametrize("labels", ["conditional", "auxiliary"])
def test_the_generator_learns_what_labels_mean(labels, judge):
    recipe = get_recipe("digits").replace(labels=labels, generator_average=0.99)
    assert agreement(recipe, trained(recipe, DATA, 30), judge) > 0.5


@pytest.mark.parametrize("labels", ["conditional", "auxiliary"])
def test_from_labels_without_meaning_it_learns_none(labels, judge):
    recipe = get_recipe("digits").replace(labels=labels, generator_average=0.99)
    assert agreement(recipe, trained(recipe, shuffled_labels(), 30), judge) < 0.25


def test_unlabeled_digits_help_to_classify():
    """The game beats the same network on the same 50 labels alone."""
    recipe = get_recipe("sgan")
    state = trained(recipe, DATA, 40)
    alone = train_alone(recipe, DATA, seed=0, epochs=40)
    error = classification_error(recipe, state.D, DATA)
    assert error < classification_error(recipe, alone, DATA) - 0.02
