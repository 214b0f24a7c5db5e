"""Combinations that a recipe refuses, because they mean nothing or nobody derived them.

Each is refused with one line that names the field and what was expected.
"""

from __future__ import annotations

import pytest

from gan_numpy.errors import UserError
from gan_numpy.recipes import RECIPES, get_recipe, with_settings

REFUSED = [
    # A penalty is on the slope at one example: packs and pairs have none of their own.
    ("ring-pacgan", ["penalty=r1", "penalty_weight=1"], "penalty=r1"),
    ("r1", ["packing=2"], "penalty=r1.*none with packing or labels"),
    ("wgan-gp", ["labels=conditional"], "penalty=gradient_penalty.*none with packing"),
    # Batch normalization makes an example's logit depend on the others.
    ("dcgan", ["penalty=r1", "penalty_weight=1"], "batch normalization mixes"),
    ("dcgan", ["labels=conditional"], "one of none, auxiliary, information"),
    ("dcgan", ["packing=2"], "packing=2.*batch normalization mixes"),
    # Packs have to be full.
    ("ring-pacgan", ["packing=3"], "packing=3.*a divisor of batch_size=100"),
    ("ring-pacgan", ["batch_size=51"], "packing=2.*a divisor of batch_size=51"),
    ("ring", ["packing=0"], "packing=0.*at least 1"),
    ("cgan", ["packing=2"], "packing=2.*1 together with labels"),
    # The mixtures have no labels; the semi-supervised game has its own updates.
    ("ring", ["labels=auxiliary"], "labels=auxiliary.*expected none$"),
    ("digits", ["labels=semi_supervised"], "one of none, conditional, auxiliary"),
    ("digits", ["update=semi_supervised"], "alternating or simultaneous with labels"),
    ("sgan", ["labeled=55"], "labeled=55.*a multiple of classes=10"),
    ("sgan", ["update=simultaneous"], "expected semi_supervised with labels=semi"),
    ("wgan", ["update=simultaneous"], "discriminator_steps=5.*1 with update"),
    ("wgan", ["clip=-0.01"], "clip=-0.01.*at least 0"),
    ("wgan", ["clip=nan"], "clip=nan.*finite"),
    ("wgan-gp", ["penalty_weight=0"], "more than 0 with penalty=gradient_penalty"),
    ("dcgan", ["init_std=0"], "init_std=0.0.*more than 0"),
    ("dcgan", ["leak=1"], r"leak=1.0.*in \[0, 1\)"),
    ("dcgan", ["generator_channels=8,0"], "sizes of at least 1"),
    ("ring", ["init_std=-1"], "init_std=-1.0.*more than 0"),
    ("ring", ["discriminator_pieces=256"], "at most 255"),
    ("acgan", ["class_weight=0"], "class_weight=0.0.*more than 0"),
]


@pytest.mark.parametrize("name, settings, message", REFUSED)
def test_refused(name, settings, message):
    with pytest.raises(UserError, match=message) as caught:
        with_settings(get_recipe(name), settings)
    assert str(caught.value).startswith(f"recipe {name}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name, settings",
    [
        ("ring", ["packing=4"]),
        ("digits", ["packing=2"]),
        ("digits", ["penalty=r1", "penalty_weight=1", "update=simultaneous"]),
        ("wgan", ["clip=0"]),
        ("dcgan", ["labels=auxiliary"]),
        ("dcgan", ["update=simultaneous", "objective=hinge"]),
        ("sgan", ["labeled=100"]),
    ],
)
def test_accepted(name, settings):
    assert with_settings(get_recipe(name), settings) != get_recipe(name)


@pytest.mark.parametrize("name", [name for name in RECIPES if "pacgan" in name])
def test_a_packed_recipe_differs_from_its_twin_in_packing_only(name):
    twin = get_recipe(name.removesuffix("-pacgan"))
    values = vars(get_recipe(name)) | {"packing": 1}
    assert values == vars(twin) and get_recipe(name).packing == 2
