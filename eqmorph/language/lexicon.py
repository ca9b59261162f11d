"""The words of grammar: small closed classes, in English and Spanish, and the phrases made of them.

Each entry maps words, in plain letters and with contractions written out,
to a symbol's kind and value. The longest
phrase wins. A word that stands here is never looked up in the vocabulary, but for those in `ALSO_WORDS`.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from eqmorph.language.regions import SPOKEN
from eqmorph.language.tokens import words_of
from eqmorph.language.verbs import VERBS, forms, told

__all__ = [
    "ALSO_WORDS",
    "CONTRACTIONS",
    "DEFINITE",
    "PHRASES",
    "PHRASE_LENGTH",
    "Entry",
    "Kind",
    "expanded",
    "is_grammar",
]


class Kind(Enum):
    """What a symbol does in a sentence."""

    OPERATOR = "operator"  # says which way: more, not, too, enough; the value is its name in `chains`
    DEGREE = "degree"  # says how much; the value multiplies
    VERB = "verb"  # an operator that a particle may change; the value is its entry in `VERBS`
    PARTICLE = "particle"  # up, down, out
    FILLER = "filler"  # says nothing
    ARTICLE = "article"
    SOUND = "sound"  # what is equalized; the value tells the whole from one source in it
    IT = "it"
    NEAR = "near"  # in front of a place
    JOIN = "join"  # and, or, but, with
    BREAK = "break"  # a comma or a stop
    REGION = "region"
    WORD = "word"
    NUMBER = "number"
    MARK = "mark"
    BY = "by"
    AS_IS = "as is"  # alone, untouched
    REFUSED = "refused"  # understood to be beyond this grammar: than, if, almost


class Entry(NamedTuple):
    """A symbol's kind and value."""

    kind: Kind
    value: object = None


CONTRACTIONS = {
    **{
        short: tuple(long.split())
        for short, long in {
            "dont": "do not", "doesnt": "does not", "isnt": "is not", "arent": "are not", "aint": "is not",
            "didnt": "did not", "cant": "can not", "cannot": "can not", "can't": "can not",
            "wont": "will not",
            "won't": "will not", "wasnt": "was not", "shouldnt": "should not", "couldnt": "could not",
            "wouldnt": "would not", "havent": "have not", "hasnt": "has not", "its": "it is",
            "thats": "that is",
            "theres": "there is", "im": "i am", "ive": "i have", "youre": "you are", "theyre": "they are",
            "ain't": "is not", "let's": "lets", "wanna": "want to", "gimme": "give me", "gonna": "going to",
            "lemme": "let me", "del": "de el", "al": "a el", "whats": "what is", "weve": "we have",
            "id": "i would",
            "hed": "he would", "itd": "it would", "alittle": "a little", "abit": "a bit", "alot": "a lot",
            "needn't": "need not", "d'you": "do you", "y'all": "you", "'s": "is", "shes": "she is",
            "hes": "he is",
        }.items()
    }
}  # fmt: skip
_ENDINGS = {"n't": "not", "'s": "is", "'re": "are", "'d": "would", "'ve": "have", "'ll": "will", "'m": "am"}


def expanded(word: str) -> tuple[str, ...]:
    """Return the words that a contraction stands for."""
    if word in CONTRACTIONS:
        return CONTRACTIONS[word]
    if "'" in word:
        for ending, full in _ENDINGS.items():
            if word.endswith(ending) and len(word) > len(ending):
                return (word[: -len(ending)], full)
    return (word,)


DEFINITE = words_of("the this that these those my our your his her their el la los las mi mis este esta")

#: Words of grammar that are words of sound too where grammar leaves nothing for them to do.
ALSO_WORDS = words_of(
    """
    pretty even dramatic small subtle gentle big cutting thin clean clear smooth calm mellow open light little huge kind
    heavy tone full high low hard top so soft missing present fun easy forward scooped
    """
)

_TABLE: list[tuple[Kind, object, str]] = [
    (
        Kind.OPERATOR,
        "MORE",
        """
        more, mas, increasingly, more of, more of that, more of this, extra amount of, mas de, greater,
        additional, added, another
        """,
    ),
    (
        Kind.OPERATOR,
        "LESS",
        """
        less, fewer, menos, less of, less of that, less of this, less of the, menos de, reduced,
        not so much of, not as much, minimum, minimal, the
        least, least, a minimum of, as little, the minimum
        """,
    ),
    (
        Kind.OPERATOR,
        "NOT",
        """
        not, nada, not at all, be careful not to, careful not to, try not to, not to
        """,
    ),
    (
        Kind.OPERATOR,
        "NOT",
        """
        never, no longer, nunca, jamas, non, certainly not, do not be, not be, should not sound, should not be,
        must not sound,
        must not be, should never sound, should never be, must never be, to not sound, to not be,
        not to sound, not
        to be, no debe sonar, no deberia sonar, no debe ser, que no este, que no esten, que no sea, que no suene,
        que no quede
        """,
    ),
    (
        Kind.OPERATOR,
        "NO",
        """
        no, without, minus, sin, zero, free of, free from, devoid of, nothing, none of, none of the, without
        any of, anything but, instead of, rather than, as opposed to, far from, without being, without
        getting, without becoming, without sounding, without it being, without it getting, without it
        sounding, without it becoming, without going, without feeling, without turning, neither, nor, ni,
        nada de, sin ser, sin sonar, sin que suene, sin que sea, en vez de, en lugar de, without making it,
        without making it sound, without making them, without having, keep it from being, keep it from
        getting, keep it from sounding, stop it from being, stop it from sounding, not any, cero, without
        it, without any, without all, without all that, no mas, not a, not anything, with no, with zero,
        with none of, without becoming too much, next to no, little to no, almost
        no, practically no, virtually no
        """,
    ),
    (
        Kind.OPERATOR,
        "TOO",
        """
        too, buildup, buildup of, a buildup of, a buildup, build up of, a build up of, a build up, overly,
        excessively, too much, too many, demasiado, demasiada, demasiados, demasiadas, excessive, too much
        of, an excess of, excess, excess of, excesivamente, unnecessarily, unpleasantly, annoyingly,
        overpoweringly, le sobra, le sobran, sobra, sobran, tiene demasiado, tiene demasiada, tiene
        demasiados, hay demasiado, hay demasiada, hay demasiados, exceso de, hay demasiadas, painfully,
        uncomfortably, terribly, a bit much, a little much, a tad much
        """,
    ),
    (
        Kind.OPERATOR,
        "LACK",
        """
        too little, too few, lacks, lack, lacking, lack of, is lacking, is lacking in, lacks in,
        lacking in, is
        missing, are missing, am missing, missing, misses, miss, a lack of, in need of, starved of,
        le falta, le
        faltan, falta, faltan, can not hear, short on, is short on, insufficient, demasiado poco,
        demasiado poca,
        carece de, hace falta, tiene poco, tiene poca, tiene pocos, tiene pocas, hay poco, hay poca,
        hay pocos, hay
        pocas, not hear enough, insufficiently, is short of, short of, can barely hear, can hardly hear
        """,
    ),
    (
        Kind.OPERATOR,
        "NEED",
        """
        need, needs, could use, could do with, can use, could stand, wants, would benefit from,
        could benefit from,
        benefits from, necesita, necesito, requires, calls for, crying out for, deserves, needed,
        le hace falta,
        begging for, is begging for, is crying out for, would like some more
        """,
    ),
    (
        Kind.OPERATOR,
        "SO",
        """
        so, that, as, so much, as much, tan, tanto, tanta, tantos, tantas, all that, quite so, quite as,
        that much, that many, so many, as many
        """,
    ),
    (
        Kind.OPERATOR,
        "ENOUGH",
        """
        enough, sufficiently, enough of, suficiente, suficientemente, lo suficiente, bastante de, lo bastante,
        sufficient, suficientes
        """,
    ),
    (
        Kind.OPERATOR,
        "STATE",
        """
        is, are, sounds, was, feels, seems, looks, is sounding, is feeling, is getting, gets, is being,
        sounded, are
        sounding, are getting, came out, comes out, comes across as, comes across, turned out, es, esta,
        suena, son,
        estan, suenan, am, does, did, ended up, ends up, ended up sounding, feels like it is,
        sounds like it is, is
        still, remains, does sound, came out sounding, has become, has gotten, why is, why are, why does,
        why do,
        why so, getting, sounding, feeling, i find it, find it, find, i find, se oye, se escucha,
        se siente, parece,
        became, gotten, is gotten, are gotten, queda, quedo, what is, reads as, sits
        """,
    ),
    (
        Kind.OPERATOR,
        "EXIST",
        """
        has, have, got, is got, are got, there is, there are, there was, i hear, hear, hearing, hears, had,
        having, it has got, has got, has got a lot of, i am hearing, i am getting, i can hear, can hear, you
        can hear, we hear, i keep hearing, hay, tiene, tienen, oigo, escucho, i notice, i am noticing,
        noticing, i have got, i get, suffers from, is suffering from, is plagued by, exhibits, contains, is
        there, are there, why is there, why are there
        """,
    ),
    (
        Kind.OPERATOR,
        "HATE",
        """
        hate, hate how, i hate how, not like how, no me gusta como, hate the, i hate, dislike, sick of,
        tired of, can not stand, bothered by, odio, no me gusta, no me
        gustan, not like, not love, not enjoy, not care for, not a fan of, not liking, not loving,
        not into, fed up
        with, not digging
        """,
    ),
    (
        Kind.OPERATOR,
        "LIKE",
        """
        me encanta, me encantan, love how, like how, i love how, i like how, i like, i love, love, loving,
        liking, i enjoy, me gusta, me gustan, happy with, i am happy with, fine with,
        we like, we love, i really like, i really love, i do like
        """,
    ),
    (
        Kind.OPERATOR,
        "STILL",
        """
        still, sigue, todavia, aun, while still being, while being, while staying, while remaining, staying,
        remaining, stay, remain, stays, que siga, stays nice and
        """,
    ),
    (
        Kind.OPERATOR,
        "KEEP",
        """
        while keeping, keeping, while preserving, while retaining, while maintaining, hold on to,
        hold onto, hang on
        to, do justice to, sin tocar, keep all
        """,
    ),
    (
        Kind.OPERATOR,
        "KEEP_IT",
        """
        keep it, keep things, keep it sounding, mantenlo, keep it all, keep them, leave it, keep the sound,
        while
        keeping it, keeping it, keep everything, keep it nice and, keep the mix, keep the vocals,
        keep the vocal
        """,
    ),
    (
        Kind.OPERATOR,
        "TASTE",
        """
        for my taste, for my liking, for my ears, to my taste, to my liking, for my tastes, for me to like
        """,
    ),
    (
        Kind.OPERATOR,
        "NOWHERE",
        """
        nowhere near, not nearly, not anywhere near
        """,
    ),
    (
        Kind.OPERATOR,
        "HALF",
        """
        half as, half as much, half the, la mitad de
        """,
    ),
    (
        Kind.OPERATOR,
        "NOT_ONLY",
        """
        not only, not just, not merely, no solo, no solamente
        """,
    ),
    (
        Kind.OPERATOR,
        "DEC",
        """
        get rid of, do away with, back off, take out, deshazte de, lay off, go easy on, ease up on,
        let up on, cut
        down on, cut back on, less emphasis on, take down, reduction in, reduction of, decrease in, rid of,
        dial
        down on, easy on
        """,
    ),
    (
        Kind.OPERATOR,
        "INC",
        """
        up, increase in, more emphasis on, give us, let in, let through, extra, bring back, emphasis on,
        boost in
        """,
    ),
    (
        Kind.OPERATOR,
        "FIX",
        """
        deal with, sort out, help with, take care of, work on, do something about, something about, help,
        get a
        handle on, watch, watch out for, keep an eye on, cure, arregla, corrige
        """,
    ),
    (
        Kind.OPERATOR,
        "AFFECT",
        """
        messing with, touching, hurting, affecting, changing, messing up, mess with, mess up, messing
        """,
    ),
    (
        Kind.OPERATOR,
        "WORSE",
        """
        make worse, making worse
        """,
    ),
    (
        Kind.OPERATOR,
        "WISH",
        """
        i want, want, i would like, would like, i would love, would love, i need it, we want, we need it,
        make, making, give, giving, get it, turn it, let it be, have it, render, i want it, i prefer,
        prefer, let us, lets, can i have, can we have, could i have, could we have, can i get, can we get,
        could i get, could we get, to have, may i have, to be, be, should be, needs to be, need to be, could
        be, must be, must, has to be, have to be, should sound, could sound, must sound, needs to sound, need to
        sound, to sound, needs to feel, should feel, would be nice, it would be nice, would be great, would
        be good, would be better, would be cool, i wish it was, i wish it were, wish it was, wish it were, i
        wish it sounded, wish it sounded, i wish it had, wish it had, i wish it, i wish, wish, i am looking
        for, looking for, i am after, going for, aiming for, aim for, go for, i am going for, i am aiming
        for, shoot for, we are after, in search of, hoping for, i hope for, ought to be, ought to sound,
        needs to have, should have, could have, i would prefer, would prefer, would rather have, turn this,
        turn into, move toward, move towards, hazlo, haz, haga, hagas, haz que, que suene, que sea, que
        sonara, que sonase, que fuera, sonar, ser, que suenen, que sean, suene, quiero, quiero que,
        quisiera, me gustaria, queremos, dale, dar, da, ponle, pon, poner, haz que suene, hacerlo, hacer,
        hazla, hazlos, hazme, quiero que suene, necesito que, necesito que suene, deberia sonar, deberia
        ser, que tenga, que este, que quede, suene mas, podria ser, podria sonar, sea, quede,
        dele, to feel, feel, to become, become, being, would sound better, i would want, i am wanting, if it
        was, if it were, if it sounded, to get, get, go, going, think, aim, more like, needs making, needs
        to come across as, should come across as, it to be, it be, to make, want to make, could it be, can
        it be, could this be, can this be, could we make, could you make, can you make, want it to be, needs
        to go, would like to hear, like to hear, i would like to hear, i want to hear, want to hear, let me
        hear, to hear, hacer que suene, should come out, come out, leaning, lean, leans, lean more, try,
        needs to get, go a, go for a, would be nicer
        """,
    ),
    (
        Kind.DEGREE,
        0.2,
        """
        a teensy bit, a teeny bit, a teeny tiny bit, a tiny tiny bit, the tiniest bit, a hair, a whisker,
        barely
        perceptibly, imperceptibly, ever so slightly, ever so, the slightest bit, a pinch, a dash,
        a sliver, un
        pelin, a teensy, a teeny, a trace, any trace, minimally, the tiniest, the slightest,
        the slightest hint,
        apenas un poco
        """,
    ),
    (
        Kind.DEGREE,
        0.25,
        """
        tiny bit, a tiny bit, tiny, a tiny touch, a tiny amount, little tiny bit, a little tiny bit,
        a very small
        amount
        """,
    ),
    (
        Kind.DEGREE,
        0.3,
        """
        hint, a hint, hints, smidge, a smidge, a smidgen, smidgen, a whiff, subtly, subtle, a small touch,
        a drop,
        un toque pequeno, just a little bit, a light touch, a suggestion, a suspicion, a scosh, a skosh,
        sutilmente,
        un pelito
        """,
    ),
    (
        Kind.DEGREE,
        0.4,
        """
        only slightly, touch, a touch, tad, a tad, slightly, slight, a shade, mildly, lightly, ligeramente,
        levemente, un toque, marginally, a small amount, a wee bit, a small bit, small, minor, a slight bit,
        fractionally, un pelo, touches
        """,
    ),
    (
        Kind.DEGREE,
        0.5,
        """
        a bit, only a bit, just a bit, only a little, bit, a little, a little bit, little bit, a few,
        un poco, un
        poquito, poquito, gently, gentle, algo, a notch, a smaller amount, un poco de, one notch, bits,
        a couple of
        notches, a degree, un tanto
        """,
    ),
    (
        Kind.DEGREE,
        0.6,
        """
        somewhat, mas o menos, moderately, kind of, kinda, sort of, sorta, a bit on the, a little on the,
        more or
        less, modestly, moderate, to some extent, in moderation, a moderate, partly, partially,
        a fair bit less
        than, medio, a medium amount
        """,
    ),
    (
        Kind.DEGREE,
        0.8,
        """
        fairly, rather, pretty, quite, reasonably, some, bastante, relativamente, some of, relatively,
        decently, a
        decent amount, a fair amount
        """,
    ),
    (
        Kind.DEGREE,
        1.25,
        """
        even, noticeably, quite a bit, a fair bit, a good bit, clearly, nice and, particularly, especially,
        markedly, decidedly, distinctly, extra, a good amount, appreciably, aun, todavia, audibly,
        notablemente,
        visibly, generous, a generous amount, plenty, properly, a nice bit, a healthy dose, a good dose,
        nicely,
        obviously
        """,
    ),
    (
        Kind.DEGREE,
        1.5,
        """
        very, really, much, a lot, lots, far, considerably, significantly, substantially, strongly, heavily,
        seriously, a good deal, a great deal, a whole lot, muy, mucho, mucha, muchos, muchas, greatly,
        loads, tons,
        a ton, big, heaps, a bunch, truly, quite a lot, a bunch more, realmente, considerable, significant,
        substantial, highly, remarkably, deeply, vastly, major, oodles, ultra mucho, nice big, un monton,
        a load, a
        load of
        """,
    ),
    (
        Kind.DEGREE,
        1.75,
        """
        super, dramatically, drastically, radically, huge, hugely, ridiculously, wildly, dramatic, drastic,
        a huge
        amount, enormously
        """,
    ),
    (
        Kind.DEGREE,
        2.0,
        """
        way, extremely, ultra, massively, incredibly, insanely, totally, completely, maximum, max, as much as
        possible, to the max, exceptionally, unbelievably, muchisimo, extremadamente, sumamente, absolutely,
        infinitely, fully, crazy, entirely, a massive amount, massive, twice the, double the, double,
        twice, twice
        as, two times as, double as, twice as much, the most, lo mas, el doble de, as far as possible,
        todo lo, most
        """,
    ),
    (
        Kind.FILLER,
        None,
        """
        is it possible to, is there a way to, is there any way to, yo, male, female, main, new, nuevo,
        nueva, primary, secondary, primero,
        please, posible, pls, plz, thanks, thank you, thx, hey, hi, hello, ok, okay, could you please, could
        you, can you, would you, will you, can we, could we, maybe, perhaps, just, simply, overall,
        generally, in general, also, as well, then, now, again, por favor, porfa, gracias, hola, oye,
        buenas, i think, i feel, i guess, i feel like, i think that, you know, well, basically, honestly,
        actually, tambien, ademas, solo, puedes, podrias, puede, podria, ahora, of, de, do, would, will,
        can, could, should, i, we, you, me, us, que, to, for me, at all, definitely, something, anything,
        algo asi, everything, feel free to, go ahead and, try to, let me, let, help me, i would say, say, to
        my ears, in my opinion, imo, if possible, if you can, if you could, when possible, right now, at the
        moment, currently, already, here, possibly, ideally, just want, really want, really need, a version,
        time to, lets go, let us go, por, pues, bueno, quizas, tal vez, and also, thing, stuff, things,
        quality, qualities, character, amount, amounts, level, levels, a feeling, feeling, vibe, vibes,
        sense, nature, side, type, style, por ahi, unos, unas, one, ones, content, going on, happening, in
        there, in here, in it, to it, about it, on it, for it, from it, of it, with it, in this, on this, to
        this, to them, into it, out there, its, kindly, how about, what about, consider, certainly, um, uh,
        hmm, ah, oh, like to, able to, that is, which is, that are, which are, which, where it is, it is
        just, in terms of, as regards, generally speaking, on the whole, though, tho, somehow, as it were,
        if you will, yes, yeah, sure, ever, frequencies, frequency, freqs, tones, notes,
        region, regions, range, area, zone, bands, band, part, parts, department, section, spectrum, for
        sure, or so, okay so, so basically, response, balance, presentation, por fa, mira, a lo mejor, creo
        que, in total, sound wise, soundwise, eq, curve, a la, le, lo, se, les, me lo, nos, te, su, to
        taste, all over, across the board, throughout, all round, for a change, this time, next time, today,
        final, finally, first, ugh, ouch, oof, argh
        """,
    ),
    (
        Kind.ARTICLE,
        "some",
        """
        a, an, any, un, una, all of, all, algun, alguna, each, every
        """,
    ),
    (
        Kind.ARTICLE,
        "the",
        """
        the, this, that, these, those, my, our, your, his, her, their, el, la, los, las, mi, mis, este,
        esta, estos,
        estas, of the, of my, all the, tu, su, both, both the, of this, of that, some of the, some of that,
        most of
        the, any of the, all of the, all that, a lot of the, of those, del
        """,
    ),
    (
        Kind.IT,
        None,
        """
        it, them, they, him, everything, todo, this one, that one, it all, the whole thing, the thing,
        ello, she, he,
        esto, eso, the lot, whole thing, itself
        """,
    ),
    (
        Kind.SOUND,
        "whole",
        """
        version, track, mix, song, recording, audio, sound, tone, file, files, record, master, music,
        piece, pista,
        mezcla, cancion, audio file, sounds, tune, grabacion, audios, sonido, tono, musica, tema, timbre,
        signal,
        clip, clips, take, takes, output, result, production, wav, whole track, whole mix, whole song,
        entire mix,
        entire track, full mix, overall sound, overall mix, overall tone, overall track, final mix,
        stereo mix, the
        playback, playback, tracks, songs, mixes, soundtrack, album, ep, demo, session, stem, stems, mix bus,
        mixbus, master bus, bus, original, soundscape, ambience, ambiance, texture, textures
        """,
    ),
    (
        Kind.SOUND,
        "source",
        """
        podcasts, vocals, vocal, voice, voices, guitar, guitars, drums, drum, kick, kicks, snare, snares,
        podcast,
        episode, sample, samples, loop, loops, synth, synths, pad, pads, piano, strings, cymbals, cymbal,
        hats, hi
        hats, hihats, hi hat, overheads, dialogue, dialog, speech, speaker, speakers, interview, narration,
        beat,
        beats, instrumental, room, bass guitar, bassline, bass line, bass drum, kick drum, acoustic guitar,
        electric
        guitar, acoustic, percussion, toms, tom, keys, organ, violin, cello, sax, saxophone, trumpet,
        horns, brass
        section, choir, singer, singing, rap, rapper, host, guest, narrator, actor, lav, boom mic, mic,
        microphone,
        foley, voz, voces, guitarra, guitarras, bateria, bombo, caja, teclado, voice over, voiceover, vo, lead
        vocal, lead vocals, backing vocals, background vocals, lead, leads, rhythm guitar, rhythm guitars,
        riff,
        riffs, solo guitar, pluck, plucks, 808, 808s, one shot, one shots, sub synth, orchestra, band mix,
        instruments, instrument, dx, atmos, footsteps, scene, zoom call, call, lecture, tape, vinyl, amp,
        cab, bell,
        bells, marimba, flute, harp, ukulele, banjo, mandolin, mi voz, locutor, narrador, consonants, esses, s
        sounds, vowels, words, lyrics, sfx, fx, effects, effect, melody, chords, chord, arp, drop, breakdown,
        chorus, verse, intro, outro, bridge, hook, drum bus, vocal bus, drum loop, drum loops, drum kit, kit,
        breaks, break, double bass, upright bass, stand up bass, contrabass, french horn, french horns,
        explosion,
        explosions, gunshot, gunshots, gun, guns, monster, monsters, creature, creatures, engine, engines,
        rain, wind,
        thunder, ui, sword, swords, door, doors, crowd, impact, impacts, whoosh, whooshes, stinger,
        stingers, channel,
        announcer, presenter, presenters, stream, video, film, movie, trailer, game, score, cue, cues
        """,
    ),
    (
        Kind.NEAR,
        "around",
        """
        around, at, near, about, @, ~, circa, somewhere around, at around, right at, right around,
        in the area of,
        around about, roughly, sobre, alrededor de, cerca de, en torno a, centered at, centered on,
        somewhere near,
        approximately, hacia
        """,
    ),
    (
        Kind.NEAR,
        "in",
        """
        in, on, from, at, to, for, into, within, en, para, over, across, in the, through, on the, a,
        out of, off of,
        off, onto, inside, del, por
        """,
    ),
    (
        Kind.NEAR,
        "above",
        """
        above, over, beyond, past, upwards of, north of, everything above, anything above, encima de,
        por encima de,
        above about, above around, from above, everything over, all above
        """,
    ),
    (
        Kind.NEAR,
        "below",
        """
        below, under, beneath, south of, everything below, anything below, debajo de, por debajo de,
        below about,
        below around, everything under, all below, anything under
        """,
    ),
    (
        Kind.NEAR,
        "between",
        """
        between, from, entre, de, desde, anywhere between, somewhere between
        """,
    ),
    (
        Kind.BY,
        None,
        """
        by, by about, by around, en un, un, by like, about, by roughly
        """,
    ),
    (
        Kind.AS_IS,
        None,
        """
        alone, intact, untouched, as is, as it is, as they are, unchanged, the same, where it is,
        where they are,
        tal cual, igual, in place, there, unaffected, unaltered, as good as it is, in tact
        """,
    ),
    (
        Kind.PARTICLE,
        "up",
        """
        up, forward, arriba, adelante, come up, to come up, needs to come up, need to come up, should come up,
        louder up,
        higher up,
        up front
        """,
    ),
    (
        Kind.PARTICLE,
        "in",
        """
        in
        """,
    ),
    (
        Kind.PARTICLE,
        "down",
        """
        down, abajo, atras, in check, under control, at bay, to a minimum, low down, lower down, bajo control,
        come down,
        to come down, needs to come down, need to come down, should come down
        """,
    ),
    (
        Kind.PARTICLE,
        "out",
        """
        out, fuera, has to go, have to go, must go, needs to go, need to go, should go, gotta go, go away
        """,
    ),
    (
        Kind.PARTICLE,
        "off",
        """
        off
        """,
    ),
    (
        Kind.PARTICLE,
        "over",
        """
        over
        """,
    ),
    (
        Kind.PARTICLE,
        "back",
        """
        back
        """,
    ),
    (
        Kind.PARTICLE,
        "in",
        """
        back in
        """,
    ),
    (
        Kind.PARTICLE,
        "away",
        """
        away
        """,
    ),
    (
        Kind.JOIN,
        "and",
        """
        and, y, e, and then, as well as, plus also, along with, together with, then also, and make it also
        """,
    ),
    (
        Kind.JOIN,
        "or",
        """
        or, o, u, and or
        """,
    ),
    (
        Kind.JOIN,
        "but",
        """
        but, yet, although, however, pero, aunque, sino, but also, sino tambien, but rather, but at the same
        time, but just, but then, pero tambien, though still, sino que, but it is still not
        """,
    ),
    (
        Kind.JOIN,
        "with",
        """
        with, con, plus, featuring, while adding, while
        """,
    ),
    (
        Kind.REFUSED,
        None,
        """
        annoying, irritating, disturbing, molesta, molestan, even out, peak, peaks,
        not have to, not has to, not got to, no need to, hard to, easy to, difficult to, tough to,
        impossible to,
        possible to, low cut, lowcut, high pass, highpass, hpf, low pass, lowpass, lpf, high cut, highcut,
        high shelf, low shelf,
        shelf, shelving, band pass, bandpass, bandwidth, q, notch filter, notch at, reverb, echo, delay,
        compression, compressor, volume, gain, autotune, pitch, tempo, speed, pan, panning, stereo, mono, bpm,
        limiter, limiting, saturation, bitrate, fade, db, decibel, decibels, lufs, phase, width, sidechain,
        gate, x,
        times, undo
        """,
    ),
    (
        Kind.REFUSED,
        None,
        """
        than, if, unless, like, when, until, almost, nearly, barely, hardly, how, because, since, only,
        except, better, worse, best, worst, scarcely, como, si, cuando, casi, apenas, mejor, peor, porque,
        solamente, same, opposite, reverse, invert, undo, reset, half, third, quarter, either, whether,
        neither one, few, little, poco, poca, pocos, muy poco, muy poca, cual, what, why, where, who,
        before, after, during, once, three times, normal, default, usual, anyway, mostly, sometimes,
        somewhere, often, occasionally, contrary, versus, vs, per, percent of, cualquiera, seem, might, may,
        probably, supposed, stop, mind, afraid, careful, risk, danger, worry, worried about, expect,
        expected, compared, compare, building up, were, similar, different, equal, equally, between them,
        wrong, right, allow, permit, let go, lest, otherwise, regardless, despite, becoming, turning, used
        to be, used to, should have been, other, others, else, nobody, somebody, whatever, much as, as soon
        as, long as, as long as, tanto como, igual que, mas que, menos que, de lo que, que antes, q, makes,
        made, gives, gave, such, as such, everything but, everything except, everything apart from, all but,
        all except, anything except, apart from, other than, todo menos, todo excepto, excepto, salvo, all
        """,
    ),
    (
        Kind.WORD,
        "bass",
        """
        bass heavy
        """,
    ),
    (
        Kind.FILLER,
        None,
        """
        as possible, as it gets, as can be, as you can, as before, as it is, as it is now, as that,
        as this, as now,
        as it is right now, as they are now
        """,
    ),
    (
        Kind.FILLER,
        None,
        """
        is needed, are needed, is required, would help, than it is, than it is now, than now, than before,
        than this,
        than it currently is, than it was, than that,
        de lo que esta, que ahora, than they are, than it is at the moment, than it is right now,
        than currently,
        than present
        """,
    ),
]


def _phrases() -> dict[tuple[str, ...], tuple[Entry, ...]]:
    found: dict[tuple[str, ...], list[Entry]] = {}
    for kind, value, text in _TABLE:
        for phrase in text.split(","):
            entries = found.setdefault(tuple(phrase.split()), [])
            entry = Entry(kind, value)
            if entry not in entries:
                entries.append(entry)
    for verb in VERBS:
        for form in forms(verb):
            found.setdefault((form,), []).insert(0, Entry(Kind.VERB, verb))
        for form in told(verb):
            found.setdefault((form,), []).append(Entry(Kind.REFUSED))
    for name, region in SPOKEN.items():
        found.setdefault(tuple(name.split()), []).insert(0, Entry(Kind.REGION, region))
    return {phrase: tuple(entries) for phrase, entries in found.items()}


#: Phrases of grammar and what each may be.
PHRASES = _phrases()
#: The most words that a phrase beginning with this word has.
PHRASE_LENGTH: dict[str, int] = {}
for _phrase in PHRASES:
    PHRASE_LENGTH[_phrase[0]] = max(PHRASE_LENGTH.get(_phrase[0], 0), len(_phrase))


def is_grammar(word: str) -> bool:
    """Tell whether a word in plain letters is left to grammar, even where the vocabulary has it too."""
    return (word,) in PHRASES and word not in ALSO_WORDS and word != "bass"
