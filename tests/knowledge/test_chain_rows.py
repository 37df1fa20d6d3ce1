"""The rows of the chain: complete, sourced, acyclic, and errors that name file and line."""

from __future__ import annotations

from importlib import resources

import pytest

from kinechain.knowledge.chain import MOST_CAUSES, chain_graph, read_chain

TEXT = resources.files("kinechain.knowledge").joinpath("chain.toml").read_text(encoding="utf-8")
GRAPH = chain_graph()
FORBIDDEN = ("診断", "原因は", "治る", "治り", "diagnos", "cure")
HEDGE = {
    "A": ("傾向", "tend"),
    "B": ("傾向", "tend"),
    "C": ("可能性", "may"),
    "D": ("一つの見方", "one view"),
    "X": ("支持されていません", "does not support"),
}


def line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def test_every_link_and_rival_is_there() -> None:
    links = {node.link for node in GRAPH.nodes.values()}
    assert {f"C{n}" for n in range(2, 12)} <= links
    assert len([node for node in GRAPH.nodes.values() if node.link == "rival"]) == 6


@pytest.mark.parametrize("node", GRAPH.nodes.values(), ids=lambda node: node.id)
def test_sentence_is_hedged_by_its_grade(node) -> None:  # type: ignore[no-untyped-def]
    if node.is_hypothesis:
        ja, en = HEDGE[node.grade]
        assert ja in node.text.ja
        assert en in node.text.en.lower()
    words = " ".join((node.text.ja, node.text.en, node.next.ja, node.next.en)).lower().replace("原因ではなく", "")
    assert not [word for word in FORBIDDEN if word in words]
    assert ("{side}" in node.text.ja) == ("{side}" in node.text.en) == node.sided


def test_contradicted_edges_are_kept_weak_and_labelled() -> None:
    contradicted = {(edge.cause, edge.effect) for edge in GRAPH.edges if edge.contradicted}
    assert {("C2", "load"), ("C8", "load"), ("C11", "C8")} <= contradicted
    assert all(edge.strength <= 0.2 for edge in GRAPH.edges if edge.contradicted)


def test_no_node_has_too_many_causes_and_every_hypothesis_reaches_the_complaint() -> None:
    effects: dict[str, set[str]] = {}
    for edge in GRAPH.edges:
        effects.setdefault(edge.cause, set()).add(edge.effect)
    assert max(sum(edge.effect == id_ for edge in GRAPH.edges) for id_ in GRAPH.nodes) <= MOST_CAUSES
    for id_, node in GRAPH.nodes.items():
        reached, front = {id_}, {id_}
        while front:
            front = {effect for cause in front for effect in effects.get(cause, ())} - reached
            reached |= front
        assert not node.is_hypothesis or "complaint" in reached, id_


def test_cycle_names_file_line_and_nodes() -> None:
    row = '[[edges]]\ncause = "C5"\neffect = "C2"\nsign = "+"\nstrength = 0.1\ngrade = "D"\nsource = "test"\n'
    text = TEXT + "\n" + row
    with pytest.raises(ValueError, match="cycle") as caught:
        read_chain(text, "my.toml")
    message = str(caught.value)
    assert message.startswith(f"knowledge/my.toml, line {line_of(text, row)}: edges: ")
    assert all(id_ in message for id_ in ("C2", "C3", "C5"))


def test_missing_source_names_file_and_line() -> None:
    source = 'source = "Green & Pizzari 2017 10.1136/bjsports-2016-097177"\n\n[[edges]]\ncause = "rival_capacity"'
    text = TEXT.replace(source, source.split("\n", 1)[1])
    line = line_of(TEXT, '[[edges]]\ncause = "rival_previous_strain"\neffect = "rival_capacity"')
    with pytest.raises(ValueError, match=rf"my\.toml, line {line}: edges\.source"):
        read_chain(text, "my.toml")
    text = TEXT.replace('[nodes.C9]\nlink = "C9"\nsided = true\nprior = 0.15\ngrade = "D"\nsource', "[nodes.C9]\nsaid")
    with pytest.raises(ValueError, match=rf"my\.toml, line {line_of(TEXT, '[nodes.C9]')}: nodes\.C9\."):
        read_chain(text, "my.toml")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('cause = "C3"\neffect = "C5"', 'cause = "C33"\neffect = "C5"', "unknown node 'C33'"),
        ('cause = "C3"\neffect = "C5"', 'cause = "C3"\neffect = "C11"', "has sides"),
        ('cause = "C3"\neffect = "C5"', 'cause = "C2"\neffect = "C3"', "stands twice"),
        ('strength = 0.5\ngrade = "B"', 'strength = 1.5\ngrade = "B"', "less than 1"),
        ('name = "shank_angle_ms_deg"', 'name = "shank_angel"', "glossary"),
        ("little_toe = 4.0", "small_toe = 4.0", "classes"),
        ('action = "rear_clip"', 'action = "moon_clip"', "unknown action"),
        ('key = "trigger"\nnode = "C5"', 'key = "trigger"\nnode = "C55"', "unknown node"),
    ],
)
def test_wrong_row_names_its_line(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(ValueError, match=r"my\.toml, line \d+: ") as caught:
        read_chain(TEXT.replace(old, new, 1), "my.toml")
    assert says in str(caught.value)


def test_broken_toml_names_the_file() -> None:
    with pytest.raises(ValueError, match=r"^knowledge/my\.toml: .*line 2"):
        read_chain("[nodes]\n= 1", "my.toml")


def test_norm_of_heel_raises_by_age_and_sex() -> None:
    norm = GRAPH.norms["heel_raises"]
    assert (norm.value(45, "male"), norm.value(16, "female"), norm.value(80, "female")) == (28, 31, 17)
