"""HTML and SVG as trees of the standard library's elements: text is escaped by itself, and tags always close."""

from __future__ import annotations

from xml.etree import ElementTree

Element = ElementTree.Element


def element(tag: str, *children: Element | str, **attributes: object) -> Element:
    """An element; `class_` means class, and other underscores are hyphens."""
    named = {name.rstrip("_").replace("_", "-"): _text(value) for name, value in attributes.items()}
    made = Element(tag, named)
    for child in children:
        if isinstance(child, str):
            _append_text(made, child)
        else:
            made.append(child)
    return made


def _text(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def as_html(tree: Element) -> str:
    """The tree as HTML: no slash in tags without content."""
    return ElementTree.tostring(tree, encoding="unicode", method="html")


def as_svg(picture: Element) -> str:
    """A picture as a file of its own."""
    picture.set("xmlns", "http://www.w3.org/2000/svg")
    return ElementTree.tostring(picture, encoding="unicode") + "\n"
