"""What people complain of and what they praise, as far as it decides how a sentence is meant.

"It's muddy" is a complaint and "it's clear" is praise: only what is listed here is taken for either. Nothing else of
the grammar looks at what a word means.
"""

from __future__ import annotations

from eqmorph.language.tokens import words_of
from eqmorph.words import plain

__all__ = [
    "COMPLAINED_OF",
    "FAULTS",
    "LEVELS",
    "OPINIONS",
    "RELATIONS",
    "SOFTENED_FROM_HZ",
    "SOFTENING",
    "TENDENCIES",
    "VIRTUES",
    "are_contraries",
    "is_noun",
    "lies_in",
]


#: Nobody states these of a sound that is as it should be.
FAULTS = words_of("""
    harsh muddy boomy boxy nasal dull thin tinny shrill piercing muffled hollow honky sibilant brittle
    screeching screechy grating abrasive noisy hissy hiss woolly wooly murky cloudy foggy congested lifeless
    weak wimpy rough scratchy squeaking squeaky strident blaring annoying nasty ugly cheap resonant ringing
    ringy rumble rumbly buzz buzzy sloppy flabby muddled unclear distorted fatiguing tiring irritating jarring
    obnoxious bloated tubby peaky boring bland sterile veiled caustic disgusting aggravating distracting
    deafening grainy clash cluttered anemic shouty stuffy indistinct blurry blurred smeared wet-blanket dead
    painful whiny hum clicky mud boom woofy raspy dirty smelly phony sluggish aspero turbio ruidoso molesto feo
    malo sucio apagado estruendoso debil aburrido asqueroso chillon estridente opaco nasales gangoso embarrado
    retumbante hueco enlatado
""")
#: Nobody complains of these without saying "too".
VIRTUES = words_of("""
    warm bright airy clear clean crisp full rich smooth punchy present open natural defined lively vibrant
    sparkling shimmering silky beautiful nice good great pleasant pleasing sweet tight balanced solid powerful
    round rounded lush polished detailed fresh brilliant energetic exciting wide spacious soothing elegant
    delicious awesome harmonious melodic creamy glossy musical articulate focused intelligible controlled snappy
    lovely thumpy toasty velvety claro brillante calido limpio dulce bello agradable cristalino rico lindo puro
    armonioso luminoso elegante nitido lleno calmado
""")
#: Neither: whether too much or too little of it is said depends on how it is said.
TENDENCIES = words_of("""
    dark cold loud quiet deep heavy light soft hard sharp bassy small thick fat dry wet cool metallic low high
    aggressive edgy edge biting cutting distant vague mellow big huge gentle calm large beefy chunky meaty
    strong subtle vintage fuzzy crunchy fizzy sizzling twangy toppy tense icy chilly mean fluffy oscuro frio
    pesado duro grave agudo fuerte bajo alto afilado seco profundo suave tranquilo caliente metalico grueso
    ligero grande tibio intenso potente
""")
#: Those of them that are a complaint when they are stated.
COMPLAINED_OF = words_of("""
    dark cold loud quiet heavy hard sharp bassy small metallic edgy edge aggressive distant icy oscuro frio
    pesado duro seco metalico agudo
""")
#: Praise of no quality that an equalizer could make.
OPINIONS = words_of(
    "bien good great nice fine ok okay awesome perfect cool lovely beautiful bad terrible horrible awful alright"
)
#: Words that are adjectives too and say which, when, whose or whether, or what was done: never how something sounds.
RELATIONS = words_of("""
    available possible impossible necessary unnecessary able unable ready sure certain uncertain likely unlikely due own
    various several many next previous recent current former latter future past last new second third fourth spanish
    english german french american british italian russian chinese japanese mexican latin european african asian indian
    irish scottish greek turkish swedish annual monthly weekly daily married single political economic legal medical
    military public national international local global cultural religious financial commercial scientific official
    common usual typical general specific particular special additional main primary secondary total whole entire
    complete partial double triple male female human animal left right false correct incorrect acceptable unacceptable
    satisfied dependent independent responsible aware unaware familiar used nuevo nueva siguiente anterior proximo
    disponible posible imposible necesario listo lista segundo tercero ultimo principal varios propio orchestral
    must late later early earlier ago ahead behind together two three four five six seven eight nine ten hundred
    thousand dozen none home useful useless busy sorry glad important via upper inner outer worth willing apt prone
    bound north south east west northern southern eastern western front center pro outside average standard regular
    custom fucking goddamn boss key meter minute model number matter sign size star stock subject shot world
    alguien nadie ahi antes despues luego temprano bien mismo otro cada hombre primero parte lado mundo contra
    acaso cierto seguro tener accepted accepting adjusted agreed answering applied approved approving arranged
    asking attached automated built called cancelled checked chosen closing combined coming composed connecting
    considered controlling converted copied cropped decided deciding designed designing detected developed
    developing disabled disabling done drawn edited enabled ended fallen featured filled finished fit fitting
    following forgotten found given gone grouped grown heard imported involved joined knowing known leading learned
    linked listed loaded looking marked mastered matched matching meaning measured mixed noted noticed offer
    ordered paid pass passing paying placed planned pointed positioning preferred prepared presented processed
    published quantized recorded released releasing repeated required reversed risen running said saved saving
    seeing select selected sent set shared sharing sitting sorted speaking spoken standing starting stopped
    streaming suggested supported supporting sworn talking telling tested thinking thrown tracked trained tried
    trying tuned typed understanding understood waiting walking wanted wanting won wondering working worn worried
    worrying written
""")
_CONTRARIES = frozenset(
    frozenset(pair.split("/"))
    for pair in words_of(
        """
        bright/dark bright/dull dark/clear warm/cold warm/cool thin/thick thin/full thin/fat soft/hard soft/harsh
        smooth/harsh smooth/rough light/heavy loud/quiet muddy/clear muffled/clear boomy/tight big/small dry/wet
        sharp/soft distant/present dull/lively hollow/full icy/warm dark/brilliant low/high claro/oscuro suave/fuerte
        suave/duro suave/aspero frio/caliente frio/calido ligero/pesado brillante/oscuro brillante/apagado
        """
    )
)
#: What says of a part of the spectrum that there is much of it, or little.
LEVELS = {
    **dict.fromkeys(
        words_of("""
            loud strong hot prominent heavy overpowering overwhelming dominant big forward excessive huge fuerte alto
            potente high
        """),
        1,
    ),
    **dict.fromkeys(words_of("quiet weak faint soft small buried recessed missing thin debil bajo flojo low"), -1),
}
#: What says so of the upper part only: elsewhere they are words of sound.
SOFTENING = words_of("smooth gentle mellow suave")
SOFTENED_FROM_HZ = 2000.0
#: What may stand out anywhere.
_ANYWHERE = words_of("ringing resonant")
_NOUNS = words_of("""
    air mud boom bass punch presence body weight sparkle shimmer bite edge snap crunch fizz honk thump beef box
    hiss sizzle brillo warmth depth clarity twang hum rumble buzz drive power crispness treble energy attack
    sibilance grit dirt noise ring resonance tone shine sheen gloss bark click whistle smell rage joy fire life
    cuerpo aire claridad calidez calor oscuridad suavidad profundidad fuerza peso pegada presencia barro ruido
    dureza aspereza limpieza
""")
_LOW = words_of("muddy boomy warm bassy full rumble rumbly thumpy weighty woofy tubby punchy deep fat thick hum beefy")
_MIDDLE = words_of("boxy nasal honky present")
_HIGH = words_of("""
    harsh brittle bright airy shrill piercing sibilant sparkling shimmering present biting edge sizzling fizzy hiss
    brilliant tinny crisp sharp screeching snappy clear cutting strident
""")


def are_contraries(one: str, other: str) -> bool:
    """Tell whether two words stand for opposite ends of something."""
    return frozenset((plain(one), plain(other))) in _CONTRARIES


def is_noun(written: str) -> bool:
    """Tell whether a word as written is a thing ("warmth", "mud") and not a quality ("warm")."""
    return written in _NOUNS or (len(written) > 6 and written.endswith(("ness", "idad", "ance", "ence")))


def lies_in(word: str, low_hz: float, high_hz: float) -> bool:
    """Tell whether more of a word there is more of what is there: "harshness around 3 kHz", "air on top"."""
    center = (low_hz * high_hz) ** 0.5
    return (
        word in _ANYWHERE
        or (word in _LOW and center <= 600)
        or (word in _MIDDLE and 200 <= center <= 3000)
        or (word in _HIGH and center >= 1000)
    )
