"""Each figure: what its artists carry is the very data that was asked for, on axes with units."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support import need_extras, noise_block

need_extras("plot")

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from eqmorph.adapt.decide import Decision, decide
from eqmorph.adapt.goal import Goal
from eqmorph.analysis import Ear, listen, trajectory
from eqmorph.analysis.journey import fine_window_s, journey_of
from eqmorph.analysis.pictured import before_after, spectrogram_of
from eqmorph.analysis.shown import Trajectory
from eqmorph.audio.read import AudioInfo
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.batch.pictures import Gathered
from eqmorph.figures.eq import eq_figure
from eqmorph.figures.sets import balances_figure, outcome_figure, ranking_figure, versions_figure
from eqmorph.figures.sound import draw_decided, sound_figure
from eqmorph.figures.style import STYLES, encoded
from eqmorph.figures.trajectory import trajectory_figure
from eqmorph.figures.words import explore_figure, map_figure, morph_figure, people_figure
from eqmorph.model import SemanticSpace
from eqmorph.model.path import morph_path
from eqmorph.model.pictures import family_of, map_of
from eqmorph.plot.curve import SampledCurve
from eqmorph.plot.shown import (
    Balances,
    Find,
    Journey,
    Map,
    MapWord,
    PeopleOfWord,
    Ranked,
    SetOutcome,
    SoundPicture,
    VersionsPicture,
    WordMove,
)
from eqmorph.target import Target
from eqmorph.train.word_people import people_of

LIGHT = STYLES["light"]
RATE = 44_100
BANDS = Bands.parse("LS 120 +3; PK 1000 -2 Q0.7; HS 8k -3")
FREQS = np.geomspace(20, 20_000, 50)


@pytest.fixture(scope="module")
def spectra() -> Spectra:
    return listen([noise_block(3 * RATE)], RATE, window_s=0.5)


@pytest.fixture(scope="module")
def decision(ear: Ear, spectra: Spectra) -> Decision:
    target = ear.space.target("warm:0.7 + airy:0.5")
    return decide(ear.for_sound(spectra), spectra, Goal(target))


def curve(gain_db: float, name: str = "") -> SampledCurve:
    return SampledCurve(FREQS, np.full(len(FREQS), gain_db), name)


def lines(ax: Axes) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """Return the lines of some axes that have a name, by it."""
    return {
        str(line.get_label()): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
        for line in ax.get_lines()
        if not str(line.get_label()).startswith("_")
    }


def holds(ax: Axes, x: NDArray[Any], y: NDArray[Any]) -> bool:
    """Tell whether some axes hold a line of this very data."""
    drawn = [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in ax.get_lines()]
    return any(len(at) == len(x) and np.array_equal(at, x) and np.array_equal(gain, y) for at, gain in drawn)


def texts(figure: Figure) -> str:
    found = [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]
    return "\n".join(found)


def drawn(figure: Figure) -> Figure:
    """Draw a figure in every format, and return it."""
    for suffix in (".png", ".svg"):
        assert len(encoded(figure, suffix, LIGHT)) > 3000
    return figure


def test_an_eq_is_what_is_rendered_with_each_of_its_bands() -> None:
    (ax,) = drawn(eq_figure(BANDS.picture(48_000), LIGHT, title="mine")).axes
    whole = BANDS.sampled(48_000)
    assert holds(ax, whole.freqs_hz, BANDS.response_db(whole.freqs_hz, 48_000))
    for band in BANDS:
        alone = Bands([band]).sampled(48_000)
        assert holds(ax, alone.freqs_hz, Bands([band]).response_db(alone.freqs_hz, 48_000))
    assert "low shelf +3 dB\n120 Hz" in lines(ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("frequency, Hz", "gain, dB")
    assert ax.get_xscale() == "log"


def test_channels_that_differ_have_a_curve_each() -> None:
    bands = Bands.parse("HS 8k +2 | L: PK 300 -3")
    (ax,) = eq_figure(bands.picture(48_000), LIGHT).axes
    routes = {route.name: route for route in bands.sampled_routes(48_000)}
    assert {"left", "right"} <= set(lines(ax))
    for name, route in routes.items():
        assert np.array_equal(lines(ax)[name][1], route.gain_db)


def test_flat_bands_can_be_drawn() -> None:
    drawn(eq_figure(Bands().picture(), LIGHT, title="flat"))


def test_what_was_added_and_taken_lies_between_before_and_after(spectra: Spectra) -> None:
    found = before_after(spectra, BANDS, trim_db=-1.5)
    figure = drawn(sound_figure(SoundPicture(found, BANDS.picture(RATE)), LIGHT, title="song.wav"))
    top, low = figure.axes
    assert np.array_equal(lines(top)["before"][1], found.before_db)
    assert np.array_equal(lines(top)["after"][1], found.after_db)
    inside = (found.freqs_hz > 30) & (found.freqs_hz < 19_000)
    moved = (found.after_db - found.before_db)[inside]
    assert np.allclose(moved, BANDS.response_db(found.freqs_hz[inside], RATE) - 1.5, atol=0.35)  # over a third-octave
    tints = {str(area.get_label()): area for area in top.collections if isinstance(area, PolyCollection)}
    assert tints["taken"].get_hatch()
    assert not tints["added"].get_hatch()
    assert all(tint.get_paths() for tint in tints.values())
    assert "dB" in top.get_ylabel()
    assert "gain, dB" in low.get_ylabel()


def test_a_decision_shows_what_was_asked_limited_and_fitted(decision: Decision) -> None:
    picture = decision.picture(RATE)
    assert picture is not None
    ax = Figure().subplots()
    draw_decided(ax, picture, LIGHT.look)
    drawn(ax.figure)
    asked = np.sum([portion.asked_db for portion in decision.portions], axis=0)
    assert decision.within is not None
    assert np.array_equal(lines(ax)["asked"][1], asked)
    assert np.array_equal(lines(ax)["limited"][1], decision.within.curve_db)
    at, gain = lines(ax)["fitted"]
    assert np.allclose(gain, decision.bands.response_db(at, RATE))
    for bound in decision.binding:
        assert bound.limit.briefly in texts(ax.figure)


def test_limits_that_bound_are_marked_where_they_did(ear: Ear) -> None:
    """A sound without lows: nothing can be raised there."""
    high = listen([np.diff(noise_block(2 * RATE), n=3, axis=1).astype(np.float32)], RATE)
    decision = decide(ear.for_sound(high), high, Goal(ear.space.target("boomy")))
    picture = decision.picture(RATE)
    assert picture is not None
    assert picture.marks
    ax = Figure().subplots()
    draw_decided(ax, picture, LIGHT.look)
    marked = {
        float(np.asarray(line.get_xdata())[0]) for line in ax.get_lines() if len(np.asarray(line.get_xdata())) == 2
    }
    assert {mark.at_hz for mark in picture.marks if mark.at_hz is not None} <= marked
    assert all(mark.name in texts(ax.figure) for mark in picture.marks if mark.at_hz is not None)


def test_silence_has_no_decision_to_draw(ear: Ear) -> None:
    silent = listen([np.zeros((1, RATE), np.float32)], RATE)
    assert decide(ear, silent, Goal(ear.space.target("warm"))).picture() is None


def journey(ear: Ear, seconds: float = 4.0) -> tuple[Journey, Trajectory]:
    loud = noise_block(int(seconds * RATE))
    spectra = listen([loud], RATE, window_s=0.5)
    info = AudioInfo(Path("song.wav"), RATE, loud.shape[0], loud.shape[1], "WAV", "FLOAT")
    data = Trajectory(trajectory(ear.for_sound(spectra), spectra, info), ear)
    fine = listen([loud], RATE, window_s=fine_window_s(seconds))
    return journey_of(data, ear, fine), data


def test_a_trajectory_shows_sound_words_and_way(ear: Ear) -> None:
    picture, data = journey(ear)
    figure = drawn(trajectory_figure(picture, LIGHT, title="song.wav"))
    sound, words, way = (ax for ax in figure.axes if ax.get_label() != "<colorbar>")
    (image,) = (artist for artist in sound.get_children() if isinstance(artist, AxesImage))
    assert picture.spectrogram is not None
    assert np.asarray(image.get_array()).shape == picture.spectrogram.power_db.shape
    assert sound.get_ylabel() == "mel bands, Hz"
    assert words.get_xlabel() == "time, min:s"
    assert [tick.get_text() for tick in words.get_yticklabels()] == data["words"]
    percentiles = np.array([window["percentiles"][0] for window in data["windows"]])
    assert any(np.allclose(line.get_ydata(), 0.84 * (percentiles - 0.5)) for line in words.get_lines()
               if len(np.asarray(line.get_ydata())) == len(percentiles))  # fmt: skip
    steps = next(artist for artist in way.collections if isinstance(artist, LineCollection)).get_segments()
    path = np.array([window["pca"] for window in data["windows"]])
    assert np.array_equal([step[0] for step in steps], path[:-1])
    assert "first direction" in way.get_xlabel()
    assert {"warm", "bright"} <= set(texts(figure).split("\n"))


def test_a_spectrogram_shows_a_tone_where_it_is() -> None:
    time_s = np.arange(2 * RATE) / RATE
    tone = np.where(time_s < 1, np.sin(2 * np.pi * 440 * time_s), np.sin(2 * np.pi * 4000 * time_s))
    found = spectrogram_of(listen([tone[None].astype(np.float32)], RATE, window_s=0.1))
    loudest = found.freqs_hz[found.power_db.argmax(axis=0)]
    assert np.allclose(loudest[found.times_s < 0.9], 440, rtol=0.08)
    assert np.allclose(loudest[(found.times_s > 1.1) & (found.times_s < 1.9)], 4000, rtol=0.08)


def test_words_are_not_marked_where_another_model_listened(ear: Ear) -> None:
    _, data = journey(ear, 2.0)
    data["model"] = {**data["model"], "sha256": "0" * 64}
    assert journey_of(data, ear).words == ()
    drawn(trajectory_figure(journey_of(data, ear), LIGHT))


def test_the_map_sizes_words_by_evidence_and_marks_what_is_asked_for() -> None:
    words = (
        MapWord("warm", 0.0, 0.0, 400, 0.6, 0),
        MapWord("dull", 1.0, 0.0, 3, 0.1, 0),
        MapWord("odd", 0.0, 1.0, 2, None, 1),
    )
    figure = drawn(map_figure(Map(words, ("warm", "odd"), 0.8, ("dull",)), LIGHT))
    ax = figure.axes[0]
    clouds = {tuple(xy): size for cloud in ax.collections if hasattr(cloud, "get_sizes")
              for xy, size in zip(cloud.get_offsets().tolist(), cloud.get_sizes(), strict=False)}  # fmt: skip
    assert clouds[0.0, 0.0] > clouds[1.0, 0.0]
    assert {"warm", "dull", "odd"} <= set(texts(figure).split("\n"))
    assert any(np.array_equal(line.get_xydata(), [[1.0, 0.0]]) for line in ax.get_lines())
    assert "agreement" in texts(figure)


def test_the_vocabulary_lies_so_that_words_alike_are_near(space: SemanticSpace) -> None:
    picture = map_of(space)
    places = {word.word: np.array([word.x, word.y]) for word in picture.words}

    def away(one: str, other: str) -> float:
        return float(np.linalg.norm(places[one] - places[other]))

    assert away("warm", "deep") < 0.3 * away("warm", "bright")
    assert {word.evidence for word in picture.words} <= set(range(2, 10_000))
    assert all(picture.clusters[word.cluster] for word in picture.words)
    by_word = {word.word: word.cluster for word in picture.words}
    assert by_word["bright"] == by_word["crisp"] != by_word["warm"]
    again = map_of(space)
    assert again.words == picture.words


def test_a_morph_is_a_curve_for_each_step(space: SemanticSpace) -> None:
    path = morph_path(space, space.target("warm"), space.target("bright"), 5)
    figure = drawn(morph_figure(family_of("warm", "bright", path), LIGHT))
    ax = figure.axes[0]
    for step in path:
        sampled = step.bands.sampled()
        assert holds(ax, sampled.freqs_hz, step.bands.response_db(sampled.freqs_hz))
    assert {"warm", "bright"} <= set(texts(figure).split("\n"))


@pytest.mark.parametrize("has_two_senses", [False, True])
def test_people_are_a_thin_line_each_and_a_bold_mean_for_each_sense(has_two_senses: bool) -> None:
    curves = np.array([np.full(50, level) for level in (1.0, 2.0, 3.0, -4.0)])
    in_larger = np.array([True, True, True, not has_two_senses])
    picture = PeopleOfWord("odd", FREQS, curves, in_larger, np.zeros(50), (curve(5.0),))
    (ax,) = drawn(people_figure(picture, LIGHT)).axes
    thin = [cloud for cloud in ax.collections if isinstance(cloud, LineCollection)]
    assert sum(len(cloud.get_segments()) for cloud in thin) == 4
    means = {name: float(y[0]) for name, (_, y) in lines(ax).items() if name.startswith("mean")}
    assert means == ({"mean of most": 2.0, "mean of the others": -4.0} if has_two_senses else {"mean": 0.5})
    assert float(lines(ax)["version 1"][1][0]) == 5.0
    if has_two_senses:
        assert not np.array_equal(thin[0].get_color(), thin[1].get_color())


def test_the_shipped_model_knows_the_people_of_a_word_and_its_two_senses(space: SemanticSpace) -> None:
    warm, cold = people_of(space, "warm"), people_of(space, "cold")
    assert warm.in_larger.all()
    assert len(warm.curves_db) == len(space.rows_of("warm"))
    assert 0.5 < cold.in_larger.mean() < 0.8
    larger, other = (cold.curves_db[of].mean(axis=0) for of in (cold.in_larger, ~cold.in_larger))
    assert np.corrcoef(larger, other)[0, 1] < -0.5
    assert np.corrcoef(larger, cold.word_db)[0, 1] > 0.8


def test_finds_are_drawn_beside_the_word_that_is_nearest() -> None:
    finds = [Find(curve(number), (("warm", 0.4),), curve(-1.0)) for number in range(14)]
    figure = drawn(explore_figure(finds, LIGHT, title="finds", note="Dashed: nearest."))
    shown = [ax for ax in figure.axes if ax.axison]
    assert len(shown) == 12
    assert all(holds(ax, FREQS, np.full(50, float(at))) and holds(ax, FREQS, np.full(50, -1.0))
               for at, ax in enumerate(shown))  # fmt: skip
    assert "2 more are not drawn" in texts(figure)


@pytest.mark.parametrize("count", [1, 8, 300])
def test_a_ranking_shows_each_place(count: int) -> None:
    sounds = [Ranked(f"{number}.wav", 1 - number / count, (0.5, 0.2)) for number in range(count)]
    figure = drawn(ranking_figure(sounds, ["warm", "harsh"], LIGHT, title="by warm"))
    (ax,) = figure.axes
    if count <= 40:
        assert [bar.get_width() for bar in ax.patches] == pytest.approx([100 * sound.place for sound in sounds])
    else:
        assert any(np.allclose(line.get_ydata(), [100 * sound.place for sound in sounds]) for line in ax.get_lines()
                   if len(np.asarray(line.get_ydata())) == count)  # fmt: skip
    assert "0.wav" in texts(figure)
    assert f"{count - 1}.wav" in texts(figure)


@pytest.mark.parametrize("count", [2, 60])
def test_what_became_of_a_set_is_before_and_after(count: int) -> None:
    before, after = np.linspace(0.1, 0.5, count), np.linspace(0.4, 0.9, count)
    moves = tuple(WordMove("warm", one, other) for one, other in zip(before, after, strict=True))
    curves = tuple(curve(float(number)) for number in range(count))
    figure = drawn(outcome_figure(SetOutcome(count, curves, {"warm": moves}), LIGHT))
    words, eqs = figure.axes
    medians = {text.get_text() for text in words.texts}
    assert {f"{100 * np.median(before):.0f}", f"{100 * np.median(after):.0f}"} <= medians
    assert "percentile" in words.get_xlabel()
    assert np.allclose(lines(eqs)["mean"][1], (count - 1) / 2)


def test_one_eq_for_all_is_one_line() -> None:
    figure = drawn(outcome_figure(SetOutcome(3, (curve(2.0),) * 3, {}), LIGHT))
    (ax,) = figure.axes
    assert list(lines(ax)) == ["EQ of all 3 files"]


def test_nothing_that_was_done_is_no_picture() -> None:
    assert Gathered().picture() is None


def test_versions_are_their_curves_and_what_they_make_of_words() -> None:
    percentiles = np.array([[0.1, 0.9], [0.6, 0.5]])
    picture = VersionsPicture(("original", "fixed"), (curve(0.0), curve(3.0)), ("warm", "harsh"), percentiles)
    top, low = drawn(versions_figure(picture, LIGHT)).axes
    assert holds(top, FREQS, np.full(50, 3.0))
    assert holds(low, 100 * percentiles[1], np.array([0, -1]))
    assert [tick.get_text() for tick in low.get_yticklabels()] == ["warm", "harsh"]


def test_a_reference_is_drawn_with_what_is_missing() -> None:
    thirds = np.geomspace(100, 10_000, 21)
    sound, reference = np.zeros(21), np.full(21, 2.0)
    reference[-1] = np.nan
    figure = drawn(balances_figure(Balances(thirds, sound, reference, np.ones(21), curve(1.0)), LIGHT))
    top, low = figure.axes
    assert np.array_equal(lines(top)["sound after the EQ"][1], np.ones(21))
    assert np.array_equal(lines(low)["what is missing"][1], reference - sound, equal_nan=True)


def test_what_a_target_of_nothing_asks_for_is_drawn_as_bands(ear: Ear, spectra: Spectra) -> None:
    nothing = decide(ear, spectra, Goal(Target(())))
    assert nothing.picture() is None
    assert "<svg" in nothing._repr_html_()
