"""Which augmentations exist, their parameters, defaults and ranges. Pixel values are 0..255; they run in the order given."""

from dataclasses import dataclass

from .fields import Fields

ENHANCE = {"min": (0.75, 0.0, 10.0), "max": (1.25, 0.0, 10.0)}

# name -> parameter -> (default, lowest, highest). Names and defaults are those of Blueoil where it has the augmentation;
# `shift` is ours. Detection-only ones (SSDRandomCrop, RandomErasingForDetection) make no sense for classification.
AUGMENTATIONS: dict[str, dict[str, tuple[float, float, float]]] = {
    "blur": {"min": (0.0, 0.0, 5.0), "max": (1.0, 0.0, 5.0)},  # radius of a Gaussian blur, pixels
    "brightness": ENHANCE,  # factor; 1 changes nothing
    "color": ENHANCE,  # factor; 0 is grey, 1 changes nothing
    "contrast": ENHANCE,  # factor around the image's mean grey
    "crop": {"min": (0.75, 0.1, 1.0), "max": (1.0, 0.1, 1.0)},  # side of a random window, as a share of the side; scaled back
    "flip-left-right": {"probability": (0.5, 0.0, 1.0)},
    "flip-top-bottom": {"probability": (0.5, 0.0, 1.0)},
    "hue": {"min": (-10.0, -180.0, 180.0), "max": (10.0, -180.0, 180.0)},  # degrees around the colour circle
    "pad": {"pixels": (4, 0, 512), "fill": (0, 0, 255)},  # frames the image with a border, then scales back
    "random-erasing": {
        "probability": (0.5, 0.0, 1.0),
        "minArea": (0.02, 0.0, 1.0),  # share of the image
        "maxArea": (0.4, 0.0, 1.0),
        "minAspect": (0.3, 0.01, 1.0),  # height to width, up to its inverse; filled with noise
    },
    "random-patch-cut": {"patches": (1, 1, 64), "maxSize": (10, 1, 4096), "square": (1, 0, 1)},  # pixels; filled with grey 128
    "rotate": {"min": (0.0, -180.0, 180.0), "max": (90.0, -180.0, 180.0)},  # degrees, counter-clockwise; corners grey 128
    "shift": {"pixels": (3, 0, 256)},  # at most, each way; the image is mirrored at its edges
}
WHOLE_NUMBERS = ("pixels", "fill", "patches", "maxSize")
MAX_AUGMENTATIONS = 32


@dataclass(frozen=True)
class AugmentationOptions:
    """One augmentation with all its parameters resolved."""

    name: str
    values: dict[str, float]


def parse_augmentations(fields: Fields) -> tuple[AugmentationOptions, ...]:
    """Reads the list `augmentations`; unknown names and parameters are faults."""
    given = fields.document.get("augmentations", [])
    if not isinstance(given, list) or len(given) > MAX_AUGMENTATIONS:
        fields.fault("augmentations", f"must be a list of at most {MAX_AUGMENTATIONS}")
        return ()
    return tuple(_parse_one(fields.element(item, f"augmentations[{index}]")) for index, item in enumerate(given))


def _parse_one(item: Fields) -> AugmentationOptions:
    name = item.choice("name", tuple(AUGMENTATIONS), None)
    known = AUGMENTATIONS.get(name, {})
    values: dict[str, float] = {}
    for key in item.document:
        if key != "name" and name is not None and key not in known:
            item.fault(key, f"is not a parameter of {name}; it has {', '.join(known)}")
    for key, (default, low, high) in known.items():
        if key == "square":
            values[key] = float(item.flag(key, bool(default)))
        elif key in WHOLE_NUMBERS:
            values[key] = item.integer(key, int(low), int(high), int(default))
        else:
            values[key] = item.number(key, low, high, default)
    for low_key, high_key in (("min", "max"), ("minArea", "maxArea")):
        if low_key in values and values[low_key] > values[high_key]:
            item.fault(low_key, f"must not be above {high_key}")
    return AugmentationOptions(name or "", values)
