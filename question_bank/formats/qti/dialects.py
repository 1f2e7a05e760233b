"""The two versions of QTI that are written: 2.1 and 3.0 say the same in other spellings and under other addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from question_bank.formats.qti.vocabulary import kebab

_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Dialect:
    """A version: its namespaces with where their schemas are, its names for resources, and its templates."""

    is_new: bool
    items: str
    item_schema: str
    item_type: str
    packages: str
    package_schema: str
    schema: str
    schema_version: str
    templates: str

    def spelled(self, word: str) -> str:
        """A word of 2.x in this version."""
        return f"qti-{kebab(word)}" if self.is_new else word

    def element(self, word: str, attributes: Mapping[str, str], *inside: str) -> str:
        """An element of QTI with what is in it."""
        return tag(self.spelled(word), self._spelled(attributes), *inside)

    def item(self, attributes: Mapping[str, str], *inside: str) -> str:
        """The root of an item."""
        space = _space(self.items, self.item_schema)
        return tag(self.spelled("assessmentItem"), {**space, **self._spelled(attributes)}, *inside)

    def manifest(self, identifier: str, *inside: str) -> str:
        """The root of a manifest."""
        return tag("manifest", {**_space(self.packages, self.package_schema), "identifier": identifier}, *inside)

    def _spelled(self, attributes: Mapping[str, str]) -> Mapping[str, str]:
        return {kebab(name) if self.is_new else name: value for name, value in attributes.items()}

    def content(self, *inside: str) -> str:
        """What stands in a rubric or in feedback: 3.0 wraps it up once more."""
        return self.element("contentBody", {}, *inside) if self.is_new else "".join(inside)

    def template(self, name: str) -> str:
        """The address of a template for response processing."""
        return f"{self.templates}/{name}{'.xml' if self.is_new else ''}"


def _space(namespace: str, schema: str) -> Mapping[str, str]:
    return {"xmlns": namespace, "xmlns:xsi": _SCHEMA, "xsi:schemaLocation": f"{namespace} {schema}"}


def tag(name: str, attributes: Mapping[str, str], *inside: str) -> str:
    """An element of XML. What is in it is XML already."""
    start = " ".join([name, *(f"{one}={quoteattr(value)}" for one, value in attributes.items())])
    return f"<{start}>{''.join(inside)}</{name}>" if inside else f"<{start}/>"


QTI_21 = Dialect(
    is_new=False,
    items="http://www.imsglobal.org/xsd/imsqti_v2p1",
    item_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    item_type="imsqti_item_xmlv2p1",
    packages="http://www.imsglobal.org/xsd/imscp_v1p1",
    package_schema="http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    schema="QTIv2.1 Package",
    schema_version="1.0.0",
    templates="http://www.imsglobal.org/question/qti_v2p1/rptemplates",
)
_NEW = "https://purl.imsglobal.org/spec/qti/v3p0"
QTI_30 = Dialect(
    is_new=True,
    items="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    item_schema=f"{_NEW}/schema/xsd/imsqti_asiv3p0_v1p0.xsd",
    item_type="imsqti_item_xmlv3p0",
    packages="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    package_schema=f"{_NEW}/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    schema="QTI Package",
    schema_version="3.0.0",
    templates=f"{_NEW}/rptemplates",
)
