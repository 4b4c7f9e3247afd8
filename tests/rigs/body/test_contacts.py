# SPDX-License-Identifier: GPL-3.0-or-later
"""When feet stand: the stance of a clip, and contacts by speed and height with hysteresis."""

from __future__ import annotations

import motions
import numpy as np
from coamd.rigs.body import contacts
from coamd.rigs.body.skeleton import INDEX

LEFT = INDEX["left_foot"]


def found(joints: np.ndarray, side: int = 0) -> list[contacts.Contact]:
    return contacts.find_contacts(joints, contacts.find_stance(joints))[side]


def test_the_stance_of_a_standing_figure() -> None:
    joints = motions.still()
    stance = contacts.find_stance(joints)
    way = joints[0, LEFT] - joints[0, INDEX["left_ankle"]]
    assert np.isclose(np.sin(stance.slope), -way[1] / np.linalg.norm(way))
    assert np.isclose(stance.ankle, motions.ANKLE, atol=0.004)  # the model's legs differ by that in length


def test_a_figure_in_the_air_has_the_usual_stance() -> None:
    assert contacts.find_stance(motions.still() + np.array([0.0, 1.0, 0.0])) == contacts.USUAL


def test_a_figure_that_stands_is_in_contact_throughout_on_flat_feet() -> None:
    joints = motions.still(2.0)
    for side in (0, 1):
        assert found(joints, side) == [contacts.Contact(0, 40, 0.0, 0, 40)]


def test_a_foot_that_is_lifted_has_two_contacts() -> None:
    joints = motions.still(2.0)
    lift = 0.2 * np.sin(np.linspace(0.0, np.pi, 14))
    joints[14:28, [INDEX["left_ankle"], LEFT], 1] += lift[:, None]
    first, second = found(joints)
    assert first.start == 0
    assert 13 <= first.end <= 17
    assert 25 <= second.start <= 29
    assert second.end == 40


def test_hysteresis_holds_a_contact_that_is_found() -> None:
    """A speed between the two limits starts no contact, but goes on with one."""
    sure = np.array([0, 0, 1, 0, 0, 0, 0, 0], dtype=bool)
    possible = np.array([0, 1, 1, 1, 0, 1, 1, 0], dtype=bool)
    assert contacts.spans(contacts.hysteresis(sure, possible)) == [(1, 4)]


def test_a_foot_that_slides_far_is_left_alone() -> None:
    joints = motions.still(4.0) + np.linspace(0.0, 1.0, 80)[:, None, None] * np.array([0.0, 0.0, 1.0])
    assert sum(contact.end - contact.start for contact in found(joints)) < 0.4 * 80


def test_the_top_of_a_jump_is_no_contact() -> None:
    joints = motions.still(2.0)
    joints[15:25] += 0.5 * np.sin(np.linspace(0.0, np.pi, 10))[:, None, None] * np.array([0.0, 1.0, 0.0])
    held = np.zeros(40, dtype=bool)
    for contact in found(joints):
        held[contact.start : contact.end] = True
    assert not held[18:22].any()
    assert held[:13].all()


def test_a_foot_on_a_box_stands_on_the_box() -> None:
    joints = motions.still(2.0)
    joints[:, [INDEX["left_knee"], INDEX["left_ankle"], LEFT]] += np.array([0.0, 0.3, 0.2])
    (contact,) = found(joints)
    assert np.isclose(contact.base, 0.3, atol=0.01)


def test_a_figure_that_hovers_a_little_stands_on_the_floor() -> None:
    """Generated feet are centimetres off the floor that the clip's lowest frames define."""
    joints = motions.still(2.0)
    joints[20:] += np.array([0.0, 0.05, 0.0])
    assert [contact.base for contact in found(joints)] == [0.0] * len(found(joints))


def test_a_foot_is_no_longer_flat_when_its_heel_rises() -> None:
    joints = motions.still(2.0)
    ankle, toe = joints[:, INDEX["left_ankle"]], joints[:, LEFT]
    angle = np.radians(40.0) * np.clip((np.arange(40) - 20) / 8.0, 0.0, 1.0)
    c, s = np.cos(angle), np.sin(angle)
    y, z = (ankle - toe)[:, 1].copy(), (ankle - toe)[:, 2].copy()
    joints[:, INDEX["left_ankle"], 1] = toe[:, 1] + c * y - s * z
    joints[:, INDEX["left_ankle"], 2] = toe[:, 2] + s * y + c * z
    (contact,) = found(joints)
    assert (contact.start, contact.end, contact.flat) == (0, 40, 0)
    assert 19 <= contact.lifted <= 23


def test_own_motion_is_what_is_not_slow() -> None:
    """Feet that stand are held, feet that are dragged on purpose are free."""
    joints = motions.still(2.0)
    assert not np.stack(contacts.own_motion(joints)).any()
    joints[..., 2] += 0.5 * np.arange(len(joints))[:, None] / 20.0
    assert np.allclose(np.stack(contacts.own_motion(joints)), 1.0)


def test_a_foot_on_its_heel_is_in_no_contact() -> None:
    """Toes above the ankle do not carry, however still they are."""
    joints = motions.still(2.0)
    joints[:, LEFT, 1] = joints[:, INDEX["left_ankle"], 1] + 0.02
    assert not found(joints)
    assert found(joints, 1)
