"""A .keras file, which is a zip -> the JSON of its network; the weights beside it are not looked at.

Only the list of the zip at its end and the part `config.json` are read, however large the file is, and nothing is
written anywhere.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cnncalc.errors import Problem, SpecError
from cnncalc.limits import LONGEST_JSON

CONFIG = "config.json"
END = b"PK\x05\x06"
"""Where the last record of a zip begins, which says how long the list of its parts is."""
LONGEST_END = 22 + 65_535
LONGEST_LIST = 1_000_000
"""Bytes of the list of parts: a .keras file has three or four, and a file for each of its own classes."""
HDF5 = b"\x89HDF"
"""How an HDF5 file begins."""
AGAIN = "save it again: model.save('model.keras')"


def is_model(data: bytes) -> bool:
    """Whether a text may be a network of Keras in JSON."""
    return data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"class_name"' in data


def refuse_hdf5(name: str, data: bytes) -> None:
    """Raise SpecError for an older file of Keras, in which networks are not looked for."""
    if data.startswith(HDF5):
        hint = "write its network with model.to_json(), or save it with model.save('model.keras')"
        raise SpecError([Problem(f"'{name}' is an HDF5 file, which is not read", None, hint)])


def config_of(name: str, path: str, data: bytes) -> bytes | None:
    """The JSON in a zip whose first bytes are `data`; None if it is no model of Keras. Raises SpecError.

    A file is read where it lies, for its list is at its end; standard input as far as it has been read.
    """
    with io.BytesIO(data) if path == "-" else open(path, "rb") as file:
        return _config(name, file)


def _config(name: str, file: BinaryIO) -> bytes | None:
    import zipfile
    import zlib

    length = _length_of_list(file)
    if length is None:
        return None
    if length > LONGEST_LIST:
        raise _refused(name, "is a zip with too many parts to be a model of Keras")
    try:
        with zipfile.ZipFile(file) as packed:
            found = [part for part in packed.infolist() if part.filename == CONFIG]
            if not found:
                return None
            if len(found) > 1:
                raise _refused(name, f"holds {CONFIG} twice")
            most = 4 * LONGEST_JSON.value
            with packed.open(found[0]) as config:
                text = config.read(most + 1)
    except SpecError:
        raise
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, NotImplementedError):
        raise _refused(name, f"is not a whole .keras file: its {CONFIG} cannot be read") from None
    if len(text) > most:
        raise SpecError([Problem(f"the network in '{name}' has more than {LONGEST_JSON} characters", None,
                                 LONGEST_JSON.hint)])  # fmt: skip
    return text


def _length_of_list(file: BinaryIO) -> int | None:
    """How many bytes the list of the parts of a zip has, as its end says; None without an end."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_END))
    end = file.read(LONGEST_END)
    at = end.rfind(END)
    if at < 0 or len(end) < at + 22:
        return None
    (length,) = struct.unpack("<I", end[at + 12 : at + 16])
    return int(length)


def _refused(name: str, what: str) -> SpecError:
    return SpecError([Problem(f"'{name}' {what}", None, AGAIN)])
