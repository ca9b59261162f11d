"""Spanish words of sound whose English word is in the vocabulary, and nouns of Spanish words that are."""

from __future__ import annotations

__all__ = ["TRANSLATIONS"]

#: Words in plain letters, and what they are looked up as, first those of the same language.
TRANSLATIONS: dict[str, tuple[str, ...]] = {
    **{
        word: tuple(found.split())
        for word, found in {
            "brillo": "brillante", "claridad": "claro", "suavidad": "suave", "oscuridad": "oscuro",
            "profundidad": "profundo", "fuerza": "fuerte", "aspereza": "áspero", "dureza": "duro",
            "limpieza": "limpio", "peso": "pesado", "ruido": "ruidoso", "dulzura": "dulce",
            "frialdad": "frío", "brillantes": "brillante", "fuertes": "fuerte", "suaves": "suave",
            "dulces": "dulce", "calido": "cálido warm", "calida": "cálido warm", "calidos": "cálido warm",
            "calidas": "cálido warm", "calidez": "cálido warm", "calor": "cálido warm",
            "turbio": "turbio muddy", "turbia": "turbio muddy", "embarrado": "muddy", "embarrada": "muddy",
            "barro": "turbio muddy", "cuerpo": "lleno full", "lleno": "full", "llena": "full",
            "aire": "aireado airy", "aireado": "airy", "aireada": "airy", "presencia": "presente present",
            "presente": "present", "pegada": "punchy", "delgado": "thin", "delgada": "thin", "fino": "thin",
            "hueco": "hollow", "hueca": "hollow", "metalico": "metallic", "metalica": "metallic",
            "estridente": "shrill", "chillon": "shrill", "retumbante": "boomy", "definido": "defined",
            "definida": "defined", "retumbantes": "boomy", "aclara": "claro", "aclarar": "claro",
            "oscurece": "oscuro", "oscurecer": "oscuro", "suaviza": "suave", "suavizar": "suave",
            "calienta": "cálido warm", "calentar": "cálido warm", "endulza": "dulce", "nasales": "nasal",
            "apretado": "tight", "opaco": "dull", "opaca": "dull", "nitido": "clear", "nitida": "clear",
            "nitidez": "clear", "sibilancia": "sibilant", "resonancia": "resonant", "retumbe": "boomy",
            "retumbo": "boomy", "chillona": "shrill", "chillones": "shrill", "chillonas": "shrill",
        }.items()
    }
}  # fmt: skip
