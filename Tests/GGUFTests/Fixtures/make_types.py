"""Makes types.gguf: blocks of every tensor type with the numbers they stand for, by the PyPI package gguf.

    pip install gguf && python3 make_types.py

`block.T` holds blocks of type T, `float.T` what gguf's dequantisation makes of them (f32), `source` the numbers that
were quantised where gguf can quantise; the K types get random blocks with small random scales.
"""

import pathlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T, quants

random = np.random.default_rng(1)
writer = gguf.GGUFWriter(pathlib.Path(__file__).with_name("types.gguf"), "test")
writer.add_string("test.text", "Grüße, 世界 🎈")
writer.add_array("test.integers", [3, -1, 2])
writer.add_array("test.words", ["", "a", "Ġthe"])
writer.add_float64("test.double", 0.1)
writer.add_bool("test.truth", True)

source = (random.standard_normal((3, 256)) * np.exp(random.standard_normal((3, 1)))).astype(np.float32)
source[1, 32:64] = 0
source[2, :32] = np.arange(32) - 16
writer.add_tensor("source", source)


def random_blocks(block_bytes, half_offsets):
    blocks = random.integers(0, 256, (3, block_bytes), dtype=np.uint8)
    for offset in half_offsets:
        scale = (random.standard_normal(3) / 64).astype(np.float16)
        blocks[:, offset : offset + 2] = scale.view(np.uint8).reshape(3, 2)
    return blocks


for kind in [T.F16, T.BF16, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.Q4_K, T.Q5_K, T.Q6_K]:
    if kind in (T.Q4_K, T.Q5_K):
        blocks = random_blocks(144 if kind == T.Q4_K else 176, [0, 2])
    elif kind == T.Q6_K:
        blocks = random_blocks(210, [208])
    else:
        blocks = quants.quantize(source, kind)
    floats = quants.dequantize(blocks, kind).astype(np.float32)
    writer.add_tensor("block." + kind.name, blocks, raw_dtype=kind)
    writer.add_tensor("float." + kind.name, floats)

writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
