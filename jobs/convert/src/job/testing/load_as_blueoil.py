"""Loads a library as Blueoil's lmnet/nnlib.py does, runs raw images divided by 255, and prints what came out as JSON."""

import ctypes
import json
import sys

import numpy as np
from numpy.ctypeslib import ndpointer

SHAPE = [ctypes.c_void_p, ndpointer(ctypes.c_int32, flags="C_CONTIGUOUS")]
FLOATS = ndpointer(ctypes.c_float, flags="C_CONTIGUOUS")
FUNCTIONS = {
    "network_create": (ctypes.c_void_p, []),
    "network_init": (ctypes.c_bool, [ctypes.c_void_p]),
    "network_delete": (None, [ctypes.c_void_p]),
    "network_get_input_rank": (ctypes.c_int, [ctypes.c_void_p]),
    "network_get_output_rank": (ctypes.c_int, [ctypes.c_void_p]),
    "network_get_input_shape": (None, SHAPE),
    "network_get_output_shape": (None, SHAPE),
    "network_run": (None, [ctypes.c_void_p, FLOATS, FLOATS]),
}

library = ctypes.cdll.LoadLibrary(sys.argv[1])
for name, (result, arguments) in FUNCTIONS.items():
    getattr(library, name).restype = result
    getattr(library, name).argtypes = arguments
network = library.network_create()
initialized = library.network_init(network)


def shape_of(which):
    shape = np.zeros(getattr(library, f"network_get_{which}_rank")(network), np.int32)
    getattr(library, f"network_get_{which}_shape")(network, shape)
    return shape


def run(values):
    output = np.zeros(shape_of("output"), np.float32)
    library.network_run(network, values.flatten().astype(np.float32), output)
    return output


images = np.fromfile(sys.argv[2], np.uint8).reshape(-1, *shape_of("input")[1:])
outputs = [run(image / 255.0)[0].tolist() for image in images]
# What no image holds: the nearer end, and 0 for what is no number.
strange = images[0] / 255.0
strange[0, 0] = [np.nan, -np.inf, -3]
strange[0, 1] = [np.inf, 1.5, 255]
tame = images[0] / 255.0
tame[0, 0], tame[0, 1] = 0, 1
library.network_delete(None)
library.network_delete(network)
print(
    json.dumps(
        {
            "initialized": initialized,
            "input": shape_of("input").tolist(),
            "output": shape_of("output").tolist(),
            "outputs": outputs,
            "clamps": run(strange).tolist() == run(tame).tolist(),
        }
    )
)
