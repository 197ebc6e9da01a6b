"""Pictures that are arrays of pixels: NumPy's, anything with a shape and bytes, or nested lists.

They leave Python as one entry of a draw list, with the bytes as they are: row by row from the top,
each pixel red, green, blue and, where there are four, opacity, or one grey. Nothing imports NumPy.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

#: Bytes of a pixel: grey, RGB, RGBA.
_CHANNELS = (1, 3, 4)


def pixels_of(shown: Any) -> dict[str, Any] | None:
    """The entry for an array of pixels; None for what is none.

    Raises ValueError that says what is wrong with the array.
    """
    shape = getattr(shown, "shape", None)
    if shape is None:
        if not (type(shown) in (list, tuple) and shown and type(shown[0]) in (list, tuple)):
            return None
        shape, data = _nested(shown)
    else:
        shape, data = tuple(shape), None
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) not in (2, 3) or channels not in _CHANNELS or 0 in shape:
        raise ValueError(
            f"its shape is {shape}; give (height, width, 3) for RGB, (height, width, 4) for RGBA "
            "or (height, width) for grey"
        )
    return {
        "type": "pixels",
        "width": int(shape[1]),
        "height": int(shape[0]),
        "channels": int(channels),
        "data": _bytes(shown) if data is None else data,
    }


def _bytes(array: Any) -> bytes:
    dtype = getattr(array, "dtype", None)
    if dtype is not None:
        if dtype.kind == "b":
            return bytes((array * 255).astype("uint8").tobytes())
        if dtype.kind not in "iu":
            raise ValueError(f"its values are {dtype}; give uint8, from 0 to 255")
        if dtype.itemsize > 1 or dtype.kind == "i":
            array = array.clip(0, 255).astype("uint8")
    elif getattr(array, "format", "B") != "B":
        raise ValueError("its values are not unsigned bytes, from 0 to 255")
    return bytes(array.tobytes())


def _nested(rows: Any) -> tuple[tuple[int, ...], bytes]:
    """Shape and bytes of rows of pixels, or of rows of greys."""
    try:
        width = len(rows[0])
        if any([len(row) != width for row in rows]):
            raise ValueError("its rows have different lengths")
        if width == 0 or not isinstance(rows[0][0], (list, tuple)):
            return (len(rows), width), bytes(chain.from_iterable(rows))
        pixels = list(chain.from_iterable(rows))
        channels = len(pixels[0])
        if any([len(pixel) != channels for pixel in pixels]):
            raise ValueError("its pixels have different lengths")
        return (len(rows), width, channels), bytes(chain.from_iterable(pixels))
    except TypeError as error:
        raise ValueError(f"its values must be whole numbers from 0 to 255: {error}") from error
