"""What the audio side is worth, measured on music that neither reference nor training has seen.

Physical descriptors judge (see `audio_descriptors`): the scores, and what becomes of sounds that were tilted dark,
bright, thin and bass-heavy before a word is asked for. A rule that adapts brings them nearer together than one that
gives all the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eqmorph.adapt.decide import decide
from eqmorph.adapt.goal import Goal
from eqmorph.adapt.refine import Objective
from eqmorph.adapt.region import bend_to_limit, region_curve
from eqmorph.analysis import MAIN_WORDS, Ear, listen
from eqmorph.audio.windows import Spectra
from eqmorph.bands import Bands
from eqmorph.evaluate.audio.descriptors import describe
from eqmorph.evaluate.audio.excerpts import HeardExcerpt, equalized, load_excerpts, read_excerpt
from eqmorph.evaluate.audio.rules import OURS, RULES
from eqmorph.evaluate.ranks import auc, rank_correlation
from eqmorph.model import GRID_HZ
from eqmorph.model.limit import MOST_DB
from eqmorph.render import Renderer

__all__ = ["BARS", "JUDGES", "REFINED", "TILTS", "AudioReport", "Bar", "evaluate_audio"]

Float64 = NDArray[np.float64]
Figures = dict[str, float]

TILTS = {
    "plain": Bands(),
    "dark": Bands.parse("HS 3000 -9; LS 200 +3"),
    "bright": Bands.parse("HS 3000 +8; LS 200 -2"),
    "thin": Bands.parse("LS 250 -9"),
    "heavy": Bands.parse("LS 250 +8"),
}
#: Which descriptors a word moves, and which way; the first is the one its bars are about.
JUDGES: dict[str, dict[str, int]] = {
    "warm": {
        "low_mid": 1, "loud_low_mid": 1, "low_mid_share": 1, "high_low": -1, "loud_centroid": -1, "sharpness": -1,
    },
    "bright": {"centroid": 1, "loud_centroid": 1, "sharpness": 1, "high_low": 1, "tilt": 1},
}  # fmt: skip
#: Other words of which physics says something, each with one descriptor.
OTHERS = {
    "boomy": ("boom", 1), "muddy": ("high_low", -1), "mellow": ("presence", -1), "dark": ("loud_centroid", -1),
    "clear": ("presence", 1), "airy": ("high_low", 1), "thin": ("low", -1), "tinny": ("low", -1),
    "harsh": ("presence", 1),
}  # fmt: skip
#: What there may be too much of when a word is asked for.
EXCESS = {"warm": "boom", "bright": "sharpness"}
REFINED = "ours, refined"
_JUDGED = tuple(JUDGES)
_EXCESSIVE = 0.95
_REFINE_EVERY = 6  # tracks
_RENDERED_EVERY = 12
_WISHES = 3  # of several words, for each sound
_MANY_HZ = np.geomspace(20, 20_000, 2000)
_AMOUNTS = np.linspace(0, 2, 9)
_EVEN_DB = 1e-3  # a curve that falls by less has not fallen: filters are rounded to single precision
_NOISE_S = 60.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure to be reached: where it is found, its limit and whether it is a least or a most."""

    title: str
    key: str
    limit: float
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


BARS = (
    Bar("a known EQ raises its word's score, % of cases", "raised_percent", 99.0, at_least=True),
    Bar("area under the ROC curve, with against without the EQ", "auc", 0.87, at_least=True),
    Bar("bright against the spectral centroid, rank correlation", "rank.bright.centroid", 0.85, at_least=True),
    Bar("warm against the low-mid share of loudness", "rank.warm.loud_low_mid", 0.85, at_least=True),
    Bar("warm against the low-mid share of power", "rank.warm.low_mid_share", 0.85, at_least=True),
    Bar("predicted against rendered score, mean error", "rendered.mean", 0.005),
    Bar("predicted against rendered score, largest error", "rendered.max", 0.03),
    Bar("spread across tilts against fixed's, warm, low-mid energy", "rule.ours.warm.spread.low_mid", 0.65),
    Bar("the same by the low-mid share of loudness", "rule.ours.warm.spread.loud_low_mid", 0.65),
    Bar("spread across tilts against fixed's, bright, centroid", "rule.ours.bright.spread.centroid", 0.65),
    Bar("the same by sharpness", "rule.ours.bright.spread.sharpness", 0.65),
    Bar("warm moved the right way, %", "rule.ours.warm.right", 100.0, at_least=True),
    Bar("bright moved the right way, %", "rule.ours.bright.right", 100.0, at_least=True),
    Bar("other common words moved the right way, the least %", "others.least", 97.0, at_least=True),
    Bar("two or three words at once, each moved the right way, %", "together_percent", 90.0, at_least=True),
    Bar("newly excessive lows when warm is asked, %", "rule.ours.warm.excess", 12.0),
    Bar("newly excessive highs when bright is asked, %", "rule.ours.bright.excess", 3.0),
    Bar("excess against fixed's, the worse of both", "excess_against_fixed", 1.0),
    Bar("largest response, dB", "largest_db", 12.01),
    Bar("curve grows with the amount, % of cases", "monotone_percent", 100.0, at_least=True),
    Bar("--refine beats the unrefined on its own objective, %", "refine.better_percent", 95.0, at_least=True),
    Bar("--refine, seconds on one core for a sound (95th percentile)", "refine.p95_s", 0.5),
    Bar("windows of 1 s a second, one core", "windows_a_second", 500.0, at_least=True),
)


@dataclass
class AudioReport:
    """What was found: figures by encoder, under dotted names, and what the figures are drawn from."""

    corpora: dict[str, int]
    seed: int
    figures: dict[str, Figures] = field(default_factory=dict)
    points: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    seconds: float = 0.0

    def bars(self, encoder: str) -> list[dict[str, Any]]:
        """The bars with what an encoder reached."""
        found = self.figures[encoder]
        return [
            {
                "title": bar.title,
                "limit": round(bar.limit, 3),
                "at_least": bar.at_least,
                "value": found[bar.key],
                "met": bar.met(found[bar.key]),
            }
            for bar in BARS
            if bar.key in found
        ]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "corpora": self.corpora,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "encoders": {name: {"figures": figures, "bars": self.bars(name)} for name, figures in self.figures.items()},
        }


def evaluate_audio(
    corpora: Sequence[tuple[str, Path]],
    ears: Sequence[Ear],
    *,
    most_files: int = 40,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> AudioReport:
    """Measure every ear on the same excerpts of named folders.

    Raises:
        UsageError: a folder holds no audio that can be read.
    """
    started = time.perf_counter()
    tracks = load_excerpts(corpora, most_files=most_files, seed=seed, tell=lambda line: say(f"left out: {line}"))
    counts = {name: sum(track.corpus == name for track in tracks) for name, _ in corpora}
    report = AudioReport(counts, seed)
    say(f"{len(tracks)} excerpts, {time.perf_counter() - started:.0f} s")
    for ear in ears:
        begun = time.perf_counter()
        bench = _Bench(ear, tracks)
        report.figures[ear.encoder.name] = {name: float(value) for name, value in bench.measure().items()}
        report.points[ear.encoder.name] = bench.points
        say(f"{ear.encoder.name}: {time.perf_counter() - begun:.0f} s")
    report.seconds = time.perf_counter() - started
    return report


@dataclass(frozen=True)
class _Cases:
    """Sounds, what they are like by an ear (n, 64), and by physics."""

    spectra: list[Spectra]
    curves: Float64
    descriptors: dict[str, Float64]


class _Bench:
    """One ear on all tracks."""

    def __init__(self, ear: Ear, tracks: Sequence[HeardExcerpt]) -> None:
        self.ear, self.space, self.tracks = ear, ear.space, tracks
        self.plain = self._cases([track.spectra for track in tracks])
        self.tilted = self._cases([equalized(s, tilt) for tilt in TILTS.values() for s in self.plain.spectra])
        self.usual = {name: np.quantile(values, _EXCESSIVE) for name, values in self.plain.descriptors.items()}
        self.points: dict[str, list[float]] = {}

    def measure(self) -> Figures:
        """All figures under their names."""
        found = {**self.known_eqs(), **self.ranks(), **self.noise(), **self.rules(), **self.others()}
        found |= {**self.together(), **self.monotone(), **self.refinement(), **self.rendered(), **self.speed()}
        return found

    def known_eqs(self) -> Figures:
        """Does a word's own EQ raise its score, and does the score tell with from without?"""
        found: Figures = {}
        for word in self._words(MAIN_WORDS):
            bands = self.space.equalizer(self.space.target(f"{word}:1")).bands
            before, after = self._scores(self.plain.curves, word), self._scores(self._after(self.plain, bands), word)
            found[f"raised.{word}"] = 100 * float(np.mean(after > before))
            found[f"auc.{word}"] = auc(before, after)
        for name, key in (("raised_percent", "raised."), ("auc", "auc.")):
            found[name] = float(np.mean([value for of, value in found.items() if of.startswith(key)]))
        return found

    def ranks(self) -> Figures:
        """Do the scores order sounds as the descriptors do? Turned so that agreement is positive."""
        found: Figures = {}
        for word in self._words(JUDGES):
            scores = self._scores(self.plain.curves, word)
            self.points[f"score.{word}"] = scores.tolist()
            for name, sign in JUDGES[word].items():
                values = self.plain.descriptors[name]
                self.points[name] = values.tolist()
                found[f"rank.{word}.{name}"] = sign * rank_correlation(scores, values)
        return found

    def noise(self) -> Figures:
        """How far a window's score lies from its track's, against how far tracks lie apart."""
        found: Figures = {}
        windows = [self.ear.window_curves(spectra) for spectra in self.plain.spectra]
        for word in self._words(JUDGES):
            scores = self._scores(self.plain.curves, word)
            away = [
                np.average((self._scores(curves, word) - score) ** 2, weights=spectra.weights)
                for curves, score, spectra in zip(windows, scores, self.plain.spectra, strict=True)
            ]
            found[f"noise.{word}.windows"] = float(np.sqrt(np.mean(away)))
            found[f"noise.{word}.tracks"] = float(np.std(scores))
        return found

    def rules(self) -> Figures:
        """Adaptivity: what each rule makes of tilted sounds."""
        found: Figures = {}
        largest = 0.0
        for word in self._words(_JUDGED):
            term = self.space.terms[word].curve_db
            for rule, curve in RULES.items():
                bands = self._bands_for(word, curve(self.tilted.curves, term, MOST_DB))
                figures = self._judged(word, self.tilted, bands)
                found |= {f"rule.{rule}.{word}.{name}": value for name, value in figures.items()}
                if rule == OURS:
                    largest = max(largest, figures["largest_db"])
            self._against_fixed(found, word, RULES)
            ours, fixed = (found[f"rule.{rule}.{word}.excess"] for rule in (OURS, "fixed"))
            ratio = ours / fixed if fixed else float(ours > 0)
            found["excess_against_fixed"] = max(found.get("excess_against_fixed", 0.0), ratio)
        return found | {"largest_db": largest}

    def others(self) -> Figures:
        """Are the other common words moved the right way, by their own scores and by physics?"""
        found: Figures = {}
        for word in self._words(MAIN_WORDS):
            if word in JUDGES:
                continue
            bands = self._decided(word, self.tilted.curves)
            curves = self._after(self.tilted, bands)
            up = self._scores(curves, word) > self._scores(self.tilted.curves, word)
            found[f"others.{word}.score"] = 100 * float(np.mean(up))
            if word in OTHERS:
                name, sign = OTHERS[word]
                moved = sign * (self._described(self.tilted, bands)[name] - self.tilted.descriptors[name])
                found[f"others.{word}.{name}"] = 100 * float(np.mean(moved > 0))
        return found | ({"others.least": min(found.values())} if found else {})

    def together(self) -> Figures:
        """Two or three words at once, others for every sound, of either sign: is each moved its way?"""
        rng = np.random.default_rng(0)
        words = self._words(MAIN_WORDS)
        right: list[bool] = []
        for spectra in self.plain.spectra:
            for _ in range(_WISHES):
                chosen = rng.choice(words, size=min(int(rng.integers(2, 4)), len(words)), replace=False)
                weights = rng.uniform(0.2, 1.0, len(chosen)) * rng.choice([1, 1, -1], len(chosen))
                asked = " + ".join(f"{word}:{weight:.2f}" for word, weight in zip(chosen, weights, strict=True))
                decision = decide(self.ear, spectra, Goal(self.space.target(asked)))
                for word, weight in zip(chosen, weights, strict=True):
                    right.append((decision.predicted.score(word) - decision.before.score(word)) * weight > 0)
        return {"together_percent": 100 * float(np.mean(right))}

    def monotone(self) -> Figures:
        """Does the curve grow with the amount? Of each sound one tilt for each word, another for the next."""
        grows = []
        for number, word in enumerate(self._words(MAIN_WORDS)):
            target, term = self.space.target(f"{word}:1"), self.space.terms[word].curve_db
            for at in range(len(self.tracks)):
                tilt = (at + number) % len(TILTS)
                wanted = bend_to_limit(region_curve(self.tilted.curves[tilt * len(self.tracks) + at], term), MOST_DB)
                made = [self.space.equalizer_for_curve(target, a * wanted, max_gain_db=MOST_DB).bands for a in _AMOUNTS]
                strength = [float(np.std(bands.response_db(GRID_HZ))) for bands in made]
                grows.append(bool(np.all(np.diff(strength) > -_EVEN_DB)) and strength[0] == 0)
        return {"monotone_percent": 100 * float(np.mean(grows))}

    def refinement(self) -> Figures:
        """Is the refined decision better by its own objective, how fast, and no worse by any other measure?"""
        chosen = np.arange(0, len(self.tracks), _REFINE_EVERY)
        at = np.concatenate([tilt * len(self.tracks) + chosen for tilt in range(len(TILTS))])
        some = _Cases(
            [self.tilted.spectra[i] for i in at],
            self.tilted.curves[at],
            {name: values[at] for name, values in self.tilted.descriptors.items()},
        )
        found: Figures = {}
        better, left, seconds, largest = [], [], [], 0.0
        for word in self._words(_JUDGED):
            target = self.space.target(f"{word}:1")
            rough = self._decided(word, some.curves)
            fine = []
            for spectra, curve, start in zip(some.spectra, some.curves, rough, strict=True):
                begun = time.process_time()
                bands = decide(self.ear, spectra, Goal(target, refine=True)).bands
                seconds.append(time.process_time() - begun)
                wanted = bend_to_limit(region_curve(curve, self.space.terms[word].curve_db), MOST_DB)
                objective = Objective(self.ear, curve, wanted, start, partial(self.ear.curve, spectra))
                before, after = objective(start), objective(bands)
                better.append(after < before)
                left.append(after / before if before else 1.0)
                fine.append(bands)
            flat = self._bands_for(word, RULES["fixed"](some.curves, self.space.terms[word].curve_db, MOST_DB))
            for rule, bands_of in (("fixed", flat), (OURS, rough), (REFINED, fine)):
                figures = self._judged(word, some, bands_of)
                found |= {f"some.{rule}.{word}.{name}": value for name, value in figures.items()}
            self._against_fixed(found, word, ("fixed", OURS, REFINED), "some")
            largest = max(largest, found[f"some.{REFINED}.{word}.largest_db"])
        return found | {
            "refine.better_percent": 100 * float(np.mean(better)),
            "refine.objective_left": float(np.median(left)),
            "refine.mean_s": float(np.mean(seconds)),
            "refine.p95_s": float(np.quantile(seconds, 0.95)),
            "refine.largest_db": largest,
        }

    def rendered(self) -> Figures:
        """Scores predicted in the power domain against those of audio that was really rendered and heard again."""
        errors: list[float] = []
        self.points |= {"predicted": [], "rendered": []}
        for track in self.tracks[::_RENDERED_EVERY]:
            samples, rate = read_excerpt(track.excerpt)
            for word in self._words(_JUDGED):
                decision = decide(self.ear, track.spectra, Goal(self.space.target(f"{word}:1")))
                audio = Renderer(decision.bands, rate).process(samples)
                heard = self.ear.hear(listen([audio], rate))
                predicted, reached = (self._main(profile.scores) for profile in (decision.predicted, heard))
                errors += np.abs(predicted - reached).tolist()
                self.points["predicted"].append(decision.predicted.score(word))
                self.points["rendered"].append(heard.score(word))
        return {"rendered.mean": float(np.mean(errors)), "rendered.max": float(np.max(errors))}

    def speed(self) -> Figures:
        """From audio to latents and scores, in windows of 1 s; and a decision without listening."""
        rng = np.random.default_rng(0)
        rate = 44_100
        noise = (0.1 * rng.standard_normal((2, round(_NOISE_S * rate)))).astype(np.float32)
        begun = time.process_time()
        spectra = listen([noise], rate, window_s=1.0, hop_s=1.0)
        curves = self.ear.window_curves(spectra)
        self.space.encode(curves)
        self.ear.percentiles(self.ear.scores(curves))
        windows_s = time.process_time() - begun
        goal, some = Goal(self.space.target("warm:0.7")), self.plain.spectra[:20]
        begun = time.process_time()
        for sound in some:
            decide(self.ear, sound, goal)
        decision_s = (time.process_time() - begun) / len(some)
        return {"windows_a_second": len(spectra.power) / windows_s, "decision_ms": 1000 * decision_s}

    # ---- helpers

    def _cases(self, sounds: list[Spectra]) -> _Cases:
        curves = np.array([self.ear.curve(spectra) for spectra in sounds])
        return _Cases(sounds, curves, _stacked([describe(s.mean_power, s.sample_rate) for s in sounds]))

    def _words(self, words: Any) -> list[str]:
        return [word for word in words if word in self.space.terms]

    def _scores(self, curves: Float64, word: str) -> Float64:
        return np.asarray(self.ear.words_in(curves, [word])[0][..., 0])

    def _main(self, scores: Float64) -> Float64:
        words = list(self.space.terms)
        return scores[[words.index(word) for word in self._words(MAIN_WORDS)]]

    def _after(self, cases: _Cases, bands: Bands | Sequence[Bands]) -> Float64:
        """The ear's curves (n, 64) after an EQ, or each after its own."""
        each = [bands] * len(cases.spectra) if isinstance(bands, Bands) else bands
        return np.array([self.ear.curve(s, b) for s, b in zip(cases.spectra, each, strict=True)])

    def _described(self, cases: _Cases, bands: Sequence[Bands]) -> dict[str, Float64]:
        after = [equalized(s, b) for s, b in zip(cases.spectra, bands, strict=True)]
        return _stacked([describe(s.mean_power, s.sample_rate) for s in after])

    def _bands_for(self, word: str, wanted: Float64) -> list[Bands]:
        target = self.space.target(f"{word}:1")
        return [self.space.equalizer_for_curve(target, curve, max_gain_db=MOST_DB).bands for curve in wanted]

    def _decided(self, word: str, curves: Float64) -> list[Bands]:
        return self._bands_for(word, RULES[OURS](curves, self.space.terms[word].curve_db, MOST_DB))

    def _judged(self, word: str, cases: _Cases, bands: Sequence[Bands]) -> Figures:
        """What bands do to sounds that come in groups, one after another for each tilt."""
        after, before = self._described(cases, bands), cases.descriptors
        tracks = len(cases.spectra) // len(TILTS)
        found: Figures = {}
        for name, sign in JUDGES[word].items():
            spread_after, spread_before = (
                values[name].reshape(len(TILTS), tracks).std(axis=0).mean() for values in (after, before)
            )
            found[f"left.{name}"] = float(spread_after / spread_before)
            found[f"right.{name}"] = 100 * float(np.mean(sign * (after[name] - before[name]) > 0))
        raised = self._scores(self._after(cases, bands), word) - self._scores(cases.curves, word)
        found["right.score"] = 100 * float(np.mean(raised > 0))
        found["right"] = min(found["right.score"], found[f"right.{next(iter(JUDGES[word]))}"])
        found["raised"] = float(raised.mean())
        much = EXCESS[word]
        newly = (after[much] > self.usual[much]) & (before[much] <= self.usual[much])
        found["excess"] = 100 * float(np.mean(newly))
        responses = np.array([b.response_db(GRID_HZ) for b in bands])
        found["largest_db"] = max(float(np.abs(b.response_db(_MANY_HZ)).max()) for b in bands)
        found["rms_db"] = float(responses.std(axis=1).mean())
        return found

    def _against_fixed(self, found: Figures, word: str, rules: Any, key: str = "rule") -> None:
        """Add each rule's spread as a share of that of the fixed one."""
        for rule in rules:
            for name in JUDGES[word]:
                ours, fixed = (found[f"{key}.{of}.{word}.left.{name}"] for of in (rule, "fixed"))
                found[f"{key}.{rule}.{word}.spread.{name}"] = ours / fixed


def _stacked(rows: Sequence[dict[str, Float64]]) -> dict[str, Float64]:
    return {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}
