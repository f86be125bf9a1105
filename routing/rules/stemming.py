"""Stems Portuguese words: "emitir", "emiti", "emitindo" and "emissão" have the same stem.

A light stemmer in the manner of RSLP (Orengo and Huyck, 2001), for folded words (lower case, no
accents). It is light on purpose: words that an operator thinks of as different ("conta",
"contador", "contato") keep different stems. The table of irregular words covers what suffixes
cannot.
"""

from routing.rules.irregular_words import STEM_OF

_PLURALS = (
    ("coes", "cao"),
    ("soes", "sao"),
    ("oes", "ao"),
    ("aes", "ao"),
    ("ais", "al"),
    ("eis", "el"),
    ("ois", "ol"),
    ("ns", "m"),
    ("res", "r"),
    ("zes", "z"),
    ("ses", "s"),
    ("s", ""),
)
_WE = ("amos", "emos", "imos")
"""Verb endings that no plural has."""
_WITH_S = """
    mais menos tres gratis onibus lapis pires tenis simples depois antes mas atras apos mes
    nos vos das dos nas pos iss inss fgts crps sms gps pis cofins sus reais deus ingles
    portugues bonus virus status campus vies rais icms adeus res as os us is les des bis
    """
_UNCHANGED = """
    para pelo pela como onde quando isso isto aqui ali ainda agora hoje logo nunca sempre
    este esta esse essa aquele aquela mesmo mesma tudo nada cada todo toda sobre entre desde
    outro outra algum alguem ninguem fora dentro cima embaixo antes hora tarde menos porque
    tambem qual quem seja esteja sera seria foram eram estao estou estava meu minha seu sua
    nosso nossa deles delas dele dela voce voces gente muito muita pouco pouca tanto bom boa
    bem uma uns umas sem com por que nao sim nem mas hoje ontem amanha assim entao tipo casa
    caso coisa
    """
_KEPT_S = frozenset(_WITH_S.split())
"""Words whose final s is no plural."""
_FUNCTION_WORDS = frozenset(_UNCHANGED.split())
"""Function words, which are not stemmed: para would become like parar, como like com."""
_NOUNS = (
    ("amentos", ""),
    ("imentos", ""),
    ("amento", ""),
    ("imento", ""),
    ("acao", ""),
    ("icao", ""),
    ("ucao", "u"),
    ("ancia", ""),
    ("anca", ""),
)
_VERBS = (
    *("ariamos", "eriamos", "iriamos", "assemos", "essemos", "issemos"),
    *("avamos", "aramos", "eramos", "iramos", "aremos", "eremos", "iremos"),
    *("ariam", "eriam", "iriam", "assem", "essem", "issem", "ardes", "ando", "endo", "indo"),
    *("aria", "eria", "iria", "asse", "esse", "isse", "avam", "aram", "eram", "iram"),
    *("arao", "erao", "irao", "arem", "erem", "irem", "ados", "adas", "idos", "idas"),
    *("amos", "emos", "imos", "iam", "ava", "ada", "ado", "ida", "ido", "ara", "era", "ira"),
    *("arei", "erei", "irei", "aste", "este", "iste", "ar", "er", "ir", "ou", "eu", "iu"),
    *("am", "em", "ei", "ia", "im"),
)
_VERBS_BY_LENGTH = tuple(sorted(set(_VERBS), key=lambda suffix: (-len(suffix), suffix)))
_ENDINGS = ("a", "e", "i", "o")
_SHORTEST = 3
"""The fewest letters of a stem."""


def stem(word: str) -> str:
    """The stem of a folded word. It is empty only for an empty word."""
    if known := STEM_OF.get(word):
        return known
    if len(word) <= _SHORTEST or not word.isalpha():
        return word
    if word in _FUNCTION_WORDS:
        return word
    singular = _singular(word)
    if singular in _FUNCTION_WORDS:
        return singular
    if known := STEM_OF.get(singular):
        return known
    return _spelled_alike(_without_suffix(singular))


def _singular(word: str) -> str:
    if word in _KEPT_S or not word.endswith("s") or word.endswith(_WE):
        return word
    for plural, singular in _PLURALS:
        if word.endswith(plural) and len(word) - len(plural) >= _SHORTEST - 1:
            return word[: len(word) - len(plural)] + singular
    return word


def _without_suffix(word: str) -> str:
    for suffix, instead in _NOUNS:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST:
            return word[: len(word) - len(suffix)] + instead
    for suffix in _VERBS_BY_LENGTH:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST:
            return word[: len(word) - len(suffix)]
    if word.endswith(_ENDINGS) and len(word) > _SHORTEST:
        return word[:-1]
    return word


def _spelled_alike(shortened: str) -> str:
    """Undo spelling changes that keep a sound in Portuguese: paguei, pago; explique, explico."""
    if shortened.endswith("gu") and len(shortened) > _SHORTEST:
        return shortened[:-1]
    if shortened.endswith("qu") and len(shortened) > _SHORTEST:
        return shortened[:-2] + "c"
    return shortened
