"""The grammar of questions, all of it: what a phrase can say, and the sentences that stand for several phrases.

A question is a row of phrases, joined by commas, semicolons, or one of the words `and with using of for in at`;
`a`, `an` and `the` may stand before a phrase. Where several phrases could begin, the longest is read. A sentence of
TEMPLATES is read as a whole, and becomes phrases. There is nothing else: no word is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cnncalc.solve.words import (
    AMOUNT,
    ARROW,
    BY,
    COUNTED,
    END,
    INPUT,
    INT,
    ITSELF,
    KEPT,
    LAYER,
    LINK,
    NAME,
    NUMBER,
    OF_SIZE,
    OUTPUT,
    PIXELS,
    PLACE,
    PLAIN,
    RELATION,
    SHAPE,
    SIDES,
    SIGN,
    THE,
    TIMES,
    TO,
    UNIT,
    VALUED,
    WHAT,
)


class Phrase(NamedTuple):
    """A phrase: how the help shows it, its pattern, what it says as `name=group` of the pattern, and examples.

    `@group` is a name that the question gives; a group without `=` is asked for; `name:word` says a word as it is,
    `name:word?group` if there is that group.
    """

    form: str
    pattern: str
    says: str
    examples: tuple[str, ...]


GRAMMAR = (
    Phrase(
        "NAME = VALUE, < <= > >=, NAME = ?",
        rf"(?P<name>{NAME})\s*(?P<sign>{SIGN})\s*(?P<value>{AMOUNT})(?:{BY})?",
        "@name=value",
        ("F=11", "K=?", "F <= 7", "F=2*w+1", "out=W/2", "p=same", "width<=2 by 1/32", "fc6.params<100M"),
    ),
    Phrase(
        "A <= NAME <= B",
        rf"(?P<low>{NUMBER})\s*(?P<least>[<>]=?)\s*(?P<bounded>{NAME})(?:\s*(?P<most>[<>]=?)\s*(?P<high>{NUMBER}))?",
        "",
        ("3 <= F <= 7", "7 >= F"),
    ),
    Phrase(
        "INPUT -> OUTPUT [channels]",
        rf"(?:from\s+)?(?:(?P<from>{AMOUNT})\s*{ARROW}\s*(?P<to>{AMOUNT})|(?P<from2>{PLAIN})\s+{TO}\s+(?P<to2>{PLAIN}|\?))"
        rf"(?!\s+(?:{LAYER}|kernel|filter|window)\b(?!\s+(?:size\s+|of\s+)*[0-9=]|\s*[:=]))"
        r"(?:\s+(?P<maps>(?:channels|filters|maps)\b))?",
        "",
        ("227 -> 55", "227 to 55", "227x227x3 -> 55x55x96", "4 -> ?", "128 -> 256 channels"),
    ),
    Phrase(
        "VALUE at LAYER",
        rf"(?P<value>{PLAIN})(?:\s+(?:outputs?|maps?))?\s+(?:at|after)\s+(?:the\s+)?(?:(?:layer|block)\s+)?"
        rf"(?!{LAYER}\b)(?P<name>{NAME})",
        "@name=value",
        ("7x7 at pool5",),
    ),
    Phrase(
        "QUANTITY of LAYER, LAYER.QUANTITY",
        rf"(?:{WHAT}\s+)?{THE}(?P<quantity>{NAME})\s+(?:of|at|in|after)\s+(?:the\s+)?"
        rf"(?:(?:layer|block)\s+)?(?!{LAYER}\b)(?P<place>{PLACE})",
        "",
        ("macs of conv1_2", "what is the receptive field at pool3", "fc6.params"),
    ),
    Phrase(
        "SIZE input, input SIZE, on SIZE",
        rf"(?:(?P<in>{SIDES}|{NUMBER}){PIXELS}\s+{INPUT}\b(?!{LINK}{SIDES}{END}{ITSELF})|{INPUT}{LINK}(?P<in2>(?:{SIDES}|{NUMBER}){END}){PIXELS}{ITSELF}"
        rf"|on\s+{THE}(?P<in3>(?:{SIDES}|{NUMBER}){END}){PIXELS}(?:\s+{INPUT}\b)?{ITSELF})",
        "in=in in=in2 in=in3",
        ("64x64 image", "input 32x32x16", "on 55x55"),
    ),
    Phrase(
        "SIZE RGB image, grayscale image",
        rf"(?:(?P<in>{OF_SIZE}){PIXELS}\s+)?(?:(?P<rgb>rgb|colou?r)|(?P<gray>gr[ae]y(?:[ -]?scale)?))\s+{INPUT}\b"
        rf"(?:{LINK}(?P<in2>{OF_SIZE}{END}))?",
        "in=in in=in2 channels:3?rgb channels:1?gray",
        ("32x32 RGB image", "28x28 grayscale image"),
    ),
    Phrase(
        "SIZE output, output SIZE",
        rf"(?:(?P<out>{PLAIN})\s+{OUTPUT}\b(?!\s*\?)|{OUTPUT}(?:\s*[:=]\s*|\s+is\s+|\s+)(?P<out2>{PLAIN}){ITSELF}"
        rf"|(?!\A){OUTPUT}\s+of\s+(?P<out3>{PLAIN}){ITSELF})",
        "out=out out=out2 out=out3",
        ("55x55x96 output", "output 55"),
    ),
    Phrase(
        "[K] FxF[/S] filters, K filters FxF",
        rf"(?:(?:(?P<count>{NUMBER})\s+)?(?P<window>{SIDES})(?:/(?P<over>{INT}))?\s+(?:kernel|filter|window)s?\b"
        rf"|(?P<count2>{NUMBER})\s+(?:filters?|kernels?)\s+(?:of\s+)?(?:size\s+)?(?P<window2>{SIDES})"
        rf"|(?:filter|kernel|window){LINK}(?P<window3>{SIDES}))",
        "filters=count kernel=window stride=over filters=count2 kernel=window2 kernel=window3",
        ("11x11 kernel", "64 3x3 filters", "6 filters of 5x5", "7x7/2 filters"),
    ),
    Phrase(
        "FxF[/S] conv, conv, 2x2 pool",
        rf"(?P<special>depthwise|transposed)\s+(?P<window3>{INT}{TIMES}{INT})(?:/(?P<over3>{INT}))?"
        r"\s+conv(?:olution)?(?:\s+layer)?(?![A-Za-z0-9])"
        rf"|(?:(?P<many>{NUMBER})\s+)?(?:(?P<window>{INT}{TIMES}{INT})(?:/(?P<over>{INT}))?\s+)?"
        rf"(?P<layer>{LAYER})(?P<plural>s)?(?:\s+layer(?P<plural2>s)?)?+(?![A-Za-z0-9])"
        rf"(?!\s+(?:{SIDES}|{INT}/{INT}))|(?P<alone>{LAYER})(?:\s+layer)?(?![A-Za-z0-9])"
        rf"|(?P<joined>{LAYER})(?P<window2>{INT}x{INT})(?:/(?P<over2>{INT}))?",
        "kernel=window stride=over kernel=window2 stride=over2 kernel=window3 stride=over3",
        ("2x2 pool", "11x11/4 conv", "maxpool", "conv1d"),
    ),
    Phrase(
        "FxF/S",
        rf"(?P<window>{SHAPE}|{INT})/(?P<over>{INT})",
        "kernel=window stride=over",
        ("7x7/2", "maxpool 2/2"),
    ),
    Phrase(
        "N filters, under 5M params",
        rf"(?:(?P<words>{RELATION})\s+|(?P<sign>[<>]=?|[\u2264\u2265])\s*)?(?:on\s+(?=[0-9]+\s+(?:input\s+)?channels?\b))?(?P<count>{NUMBER})\s+(?P<unit>{UNIT})\b"
        rf"(?!\s*[=<>]|(?<=kernel)\s+[0-9]|\s+(?:of\s+)?(?:size\s+)?{INT}{TIMES}{INT})",
        "@unit=count",
        ("32 filters", "1 channel", "under 5M params"),
    ),
    Phrase(
        "stride 2, padding of 1, padded by 2",
        rf"(?:(?P<noun>{VALUED}){LINK}(?P<given>{PLAIN})(?!\s*{TO})"
        rf"|(?P<noun2>{COUNTED})\s+(?P<given2>{NUMBER}{END})(?!\s*{TO})"
        rf"|(?P<letter>(?-i:[WFSPDCKGO]))(?:\s*:\s*|\s+)(?P<single>{NUMBER}{END})(?!\s*{TO})"
        rf"|padded\s+(?:by|with)\s+(?P<padded>{NUMBER}))(?P<unclear>\s+{UNIT}\b)?",
        "@noun=given @noun2=given2 @letter=single padding=padded",
        ("stride 2", "kernel size 3", "padding of 1", "pad 2", "S 4", "padded by 2"),
    ),
    Phrase(
        "k3 s2 p1 d2 g4 op1",
        r"(?P<letter>(?-i:op|[kfspdgFSP]))(?P<digits>[0-9]+)(?:\s*\?)?",
        "@letter=digits",
        ("k3 s2 p1", "op1"),
    ),
    Phrase(
        "keep [the size], same size",
        rf"(?:to\s+)?keeps?(?:\s+(?:{KEPT}|(?:the\s+)?input|it)\b)?|same\s+(?:output\s+|spatial\s+)?size(?:\s+as\s+{THE}input)?",
        "out:in",
        ("keep", "same size as the input"),
    ),
    Phrase(
        "same, valid, no padding",
        r"(?:['\"]?(?P<word>same|valid|(?:half|full)(?=\s+padding))['\"]?(?:\s+padding)?"
        r"|pad(?:ding)?(?:\s*:\s*|\s+(?:is\s+)?)['\"]?(?P<word2>same|valid)\b['\"]?"
        r"|(?P<none>no|without)\s+(?:zero[ -])?padding)",
        "",
        ("same padding", "valid", "no padding"),
    ),
    Phrase(
        "with bias, without bias, ceil",
        r"(?:(?P<biased>no|without|with)\s+(?:an?\s+)?bias(?:es)?\b(?!\s*=)|(?P<ceil>ceil|floor)(?:ing)?(?:[\s_]mode)?"
        r"|round(?:ed|ing|s)?\s+(?P<rounded>up|down))",
        "",
        ("without bias", "ceil", "rounded up"),
    ),
    Phrase(
        "NAME at most VALUE",
        rf"(?P<name>{NAME})(?:\s+(?:is|stays?|of|must\s+be|should\s+be))?\s+(?P<words>{RELATION})\s+(?P<value>{PLAIN})",
        "@name=value",
        ("params at most 5M", "receptive field covers 224"),
    ),
    Phrase("NAME by STEP", rf"(?P<stepped>{NAME}){BY}", "", ("width by 0.25", "input by 32")),
    Phrase(
        "NAME, what is NAME, how many NAMEs",
        rf"(?:{WHAT}\s+{THE}(?:(?:number|amount)\s+of\s+)?|how\s+(?:many|much|large|big)\s+(?:is\s+)?{THE}|find\s+{THE}"
        rf"|{THE}(?:number|amount|no\.?)\s+of\s+|\#\s?(?:of\s+)?)?(?P<asked>{NAME})(?:\s+(?:in|of)\s+(?:this|the)\s+layer\b)?(?:\s*\?)?",
        "asked",
        ("S", "padding?", "how many channels", "what is the output"),
    ),
    Phrase("a bare size", rf"(?P<bare>{SIDES})", "", ("227x227x3", "3x3")),
    Phrase("a bare input, first of all", rf"(?P<number>{NUMBER})(?=\s*(?:[,;]|\Z))", "", ("224, k7 p3 s2",)),
    Phrase(
        "Conv2d(3, 64, 7, stride=2)",
        rf"(?P<call>(?:[a-z]+\.)*{LAYER})\s*\((?P<arguments>(?:[^()]|\([^()]*\))*)\)",
        "",
        ("Conv2d(64, 128, 3, padding=1)", 'Conv2D(64, 3, padding="same")', "nn.MaxPool2d(2, 2)"),
    ),
)
"""Every phrase that there is."""


class Template(NamedTuple):
    """A whole sentence, from its first word to its last: its pattern, the phrases that it stands for, and examples.

    `{name}` is what stood in the group of that name. `network`, with `input`, is what it asks about, if not a layer.
    """

    form: str
    pattern: str
    phrases: str
    examples: tuple[str, ...]
    network: str = ""
    input: str = ""


ASK = rf"(?:what|which)\s+(?P<ask>{NAME})(?P<by>{BY})?"
REST = r"(?:[,;]?\s+(?P<rest>\S.*))?"
WITH = r"(?:\s+exactly)?(?:[,;]?\s+(?:with\s+)?(?P<rest>\S.*))?"
GOES = rf"(?P<from>{AMOUNT})\s*{TO}\s*(?P<to>{AMOUNT})"
GIVES = rf"(?:gives?|yields?|makes?)\s+(?:an?\s+)?(?:output\s+of\s+)?(?P<made>{SIDES}|{INT}){END}"
ONE = r"(?:an?|one|an?\s+single|each|every)\s+"
SIGHT = r"(?:neuron|unit|filter|kernel)"
TAKES = r"(?:takes?|turns?|makes?|maps?|brings?|gets?|reduces?)"
CONVS = rf"(?:stacked\s+)?(?P<k>{INT})(?:{TIMES}(?P=k))?\s+(?:conv\w*\s+)?(?:layers?|convs?|convolutions?)"
UNTIL = r"(?:until|before|so\s+that|such\s+that|for)\s+(?:the\s+|a\s+)?(?:receptive\s+field|rf)"
REACHES = r"(?:\s+(?:of|to|is|covers?|reach(?:es)?|sees?|at\s+least)\b){1,3}"
TEMPLATES = (
    Template(
        "what SYMBOL takes INPUT to OUTPUT [with PHRASES]",
        rf"{ASK}\s+(?:{TAKES}\s+(?:an?\s+)?{GOES}"
        rf"|{GIVES}\s+(?:from|out\s+of|for|on)\s+(?:an?\s+)?(?:input\s+of\s+)?(?P<given>{OF_SIZE}{END})){WITH}",
        "{ask}=?, {from}{given} -> {to}{made}, {rest}",
        (
            "what stride takes 227 to 55 with an 11x11 kernel",
            "what kernel size gives 28 from 32 with stride 1 no padding",
        ),
    ),
    Template(
        "all (SYMBOLS) that take INPUT to OUTPUT [with PHRASES]",
        rf"(?:all|which)\s+\(?(?P<several>(?-i:[A-Z](?:,?\s*(?:and\s+)?[A-Z])*))\)?\s+(?:that\s+)?{TAKES}\s+{GOES}{WITH}",
        "{several}, {from} -> {to}, {rest}",
        ("all (F, S, P) that take 32 to 16 exactly with F <= 7",),
    ),
    Template(
        "what SYMBOL keeps the size [PHRASES]",
        rf"{ASK}\s+keeps?\s+(?:{KEPT}{REST}|(?P<more>\S.*?)\s+(?:at\s+|to\s+)?{KEPT})",
        "{ask}=?, keep, {rest}{more}",
        ("which padding keeps the size for F=5", "which padding keeps a 3x3 conv the same size"),
    ),
    Template(
        "what SYMBOL do I need for PHRASES",
        rf"{ASK}\s+(?:do|does|must|should)\s+(?:I|we|you|it|one)\s+(?:need|use|take|have)(?:\s+(?:for|to\s+get|with))?\s+(?P<rest>\S.*)",
        "{ask}=?, {rest}",
        ("what padding do I need for a 5x5 conv to keep the size",),
    ),
    Template(
        "what SYMBOL gives OUTPUT with PHRASES",
        rf"{ASK}\s+{GIVES},?\s+with\s+(?P<rest>\S.*)",
        "{ask}=?, out={made}, {rest}",
        ("which input gives 112 with 7x7/2 pad 3",),
    ),
    Template(
        "padding for same [with PHRASES]",
        rf"(?:{WHAT}\s+)?(?:the\s+)?pad(?:ding)?\s+(?:for|to\s+get|gives?)\s+['\"]?same['\"]?"
        rf"(?:\s+(?:padding|size|output))?{WITH}",
        "P=?, same, {rest}",
        ("padding for same with F=5",),
    ),
    Template(
        "which NAME [by STEP] gives PHRASES",
        rf"(?:{ASK}|how\s+many\s+(?P<many>{NAME}))\s+(?:gives?|yields?|makes?|has|have|stays?|is|needs?|keeps?)\s+(?P<rest>\S.*)",
        "{ask}{many}{by}, {rest}",
        ("which input gives 7x7 at pool5", "which width multiplier by 0.25 has at most 5M params"),
    ),
    Template(
        "how many QUANTITY does LAYER have",
        rf"how\s+(?:many|much)\s+(?P<quantity>{NAME})\s+(?:does|do|has|are\s+in|is\s+in)\s+(?:the\s+)?"
        rf"(?:layer\s+|block\s+)?(?!{LAYER}\b)(?P<place>{PLACE})(?:\s+(?:have|has|need|take|use))?",
        "{place}.{quantity}",
        ("how many parameters does fc6 have", "how much memory does conv1_1 need"),
    ),
    Template(
        "how many QUANTITY does a LAYER have",
        rf"how\s+(?:many|much)\s+(?P<quantity>{NAME})\s+(?:does|do|has|are\s+in|is\s+in)\s+(?:an?|the)\s+"
        r"(?P<rest>\S.*?)(?:\s+(?:have|has|need|take|use))?"
        rf"(?:,?\s+(?:if|when)\s+{THE}(?:input\s+(?:has|is|of)|there\s+(?:are|is))\s+(?P<more>\S.*))?",
        "{quantity}, {rest}, {more}",
        (
            "how many parameters does a 3x3 conv with 64 filters on 32x32x3 have",
            "how many parameters does a 3x3 conv layer with 64 filters have if the input has 3 channels",
        ),
    ),
    Template(
        "QUANTITY of one neuron, FxFxC",
        rf"(?:{WHAT}\s+{THE}|how\s+many\s+|{THE}number\s+of\s+)?(?P<quantity>{NAME})\s+"
        rf"(?:(?:of|in|for)\s+{ONE}|(?:per|in\s+each)\s+)(?:{SIGHT}\s*(?:,|of|with|that\s+sees)?\s*(?P<window>{SIDES})"
        rf"|(?P<sees>{SIDES})\s+{SIGHT}){REST}",
        "kernel={window}{sees}, K=1, {quantity}, {rest}",
        ("weights of one neuron, 5x5x3", "number of weights in a 5x5x3 filter"),
    ),
    Template(
        "receptive field of FxF layers with dilations D, D, D",
        rf"(?:{WHAT}\s+)?{THE}(?:receptive\s+field|rf)\s+(?:of|after|for)\s+(?:{NUMBER}\s+)?(?:dilated\s+)?{CONVS},?"
        r"\s+(?:with\s+)?(?:the\s+)?dilations?\s+(?P<dilations>[0-9]+(?:(?:\s*,\s*|\s+)(?:and\s+)?[0-9]+)+)",
        "rf",
        ("receptive field of 3x3 layers with dilations 1, 2, 4",),
        "{stack}",
    ),
    Template(
        "receptive field of N FxF layers",
        rf"(?:{WHAT}\s+)?{THE}(?:receptive\s+field|rf)\s+(?:of|after|for)\s+(?:a\s+stack\s+of\s+)?(?P<n>{NUMBER})\s+{CONVS}",
        "rf",
        ("receptive field of three 3x3 layers",),
        "conv{k}-C x{n}",
    ),
    Template(
        "how many FxF layers until the receptive field covers N",
        rf"how\s+many\s+{CONVS}\s+(?:{UNTIL}{REACHES}|(?:to|cover|see|are\s+needed\s+to)\s+(?:see|cover|reach)?)\s*"
        rf"(?P<n>{NUMBER})(?:{TIMES}(?P=n))?{PIXELS}",
        "rf >= {n}",
        ("how many 3x3 layers until the receptive field covers 224",),
        "conv{k}-C xL",
    ),
    Template(
        "how many FxF layers have the receptive field of one NxN",
        rf"how\s+many\s+{CONVS}\s+(?:have|has|see)\s+(?:as\s+much\s+as|the\s+(?:same\s+)?receptive\s+field\s+(?:of|as))"
        rf"\s+(?:one|a|an|a\s+single)\s+(?P<n>{INT})(?:{TIMES}(?P=n))?(?:\s+(?:conv\w*|layer|filter|kernel))?",
        "rf = {n}",
        ("how many 3x3 convs have the receptive field of one 7x7",),
        "conv{k}-C xL",
    ),
    Template(
        "how many FxF pools take INPUT to OUTPUT",
        rf"how\s+many\s+(?P<k>{INT})(?:{TIMES}(?P=k))?\s+(?:max\s*)?pool(?:s|ings?|\s+layers?)?\s+"
        rf"(?:{TAKES}|does\s+it\s+take\s+from|from)\s+(?P<from>{INT})(?:{TIMES}(?P=from))?\s*{TO}\s*"
        rf"(?P<to>{INT})(?:{TIMES}(?P=to))?",
        "out = {to}",
        ("how many 2x2 pools take 224 to 7",),
        "pool{k} xL",
        "{from}x{from}x1",
    ),
)
"""Every sentence that there is."""


@cache
def phrases() -> tuple[tuple[Phrase, re.Pattern[str]], ...]:
    """The phrases and their patterns, compiled."""
    return tuple((each, re.compile(each.pattern, re.IGNORECASE)) for each in GRAMMAR)


@cache
def templates() -> tuple[tuple[Template, re.Pattern[str]], ...]:
    """The templates and their patterns, compiled, from the first word to the last."""
    return tuple((each, re.compile(rf"\s*(?:{each.pattern})[\s?.!]*\Z", re.IGNORECASE)) for each in TEMPLATES)


def examples() -> Iterator[str]:
    """The examples of all phrases and templates."""
    for each in (*GRAMMAR, *TEMPLATES):
        yield from each.examples


def overview() -> str:
    """The grammar on one screen, for the help and the documents: a form and its examples on every line."""
    rows = [(each.form, "; ".join(each.examples[:3])) for each in GRAMMAR]
    width = max(len(form) for form, _ in rows)
    lines = [f"  {form:<{width}}  {shown}" for form, shown in rows]
    return "\n".join(["Phrases:", *lines, "Sentences:", *(f"  {each.examples[0]}" for each in TEMPLATES)])
