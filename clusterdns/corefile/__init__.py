"""Corefiles: text → tokens → server blocks → typed readers. This room knows no plugin.

text ─ lexer ─▶ tokens ─ imports, variables ─▶ parser ─▶ Document ─ readers ─▶ a plugin's settings
"""

from clusterdns.corefile.arguments import Arguments, LenientZones, lenient_zones, zones_of
from clusterdns.corefile.braces import mend
from clusterdns.corefile.errors import CorefileError, CorefileErrors, Position, Problems, did_you_mean
from clusterdns.corefile.files import Files, RealFiles
from clusterdns.corefile.model import (
    DEFAULT_COREFILE,
    DEFAULT_PORTS,
    CorefileWarning,
    Directive,
    Document,
    Entry,
    Key,
    Option,
    ServerBlock,
    Token,
)
from clusterdns.corefile.options import Options, no_block, once, read_options
from clusterdns.corefile.parser import parse, parse_tokens

__all__ = [
    "DEFAULT_COREFILE",
    "DEFAULT_PORTS",
    "Arguments",
    "CorefileError",
    "CorefileErrors",
    "CorefileWarning",
    "Directive",
    "Document",
    "Entry",
    "Files",
    "Key",
    "LenientZones",
    "Option",
    "Options",
    "Position",
    "Problems",
    "RealFiles",
    "ServerBlock",
    "Token",
    "did_you_mean",
    "lenient_zones",
    "mend",
    "no_block",
    "once",
    "parse",
    "parse_tokens",
    "read_options",
    "zones_of",
]
