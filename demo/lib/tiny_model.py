"""Writes a very small Llama model with random weights and a tokenizer of single bytes: work whose instructions can be
counted in seconds.

tiny_model.py FILE
"""

import array
import random
import struct
import sys

WIDTH, BLOCKS, HEADS, KEY_HEADS, INNER = 96, 3, 6, 2, 128
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
UINT32, INT32, FLOAT32, STRING, ARRAY = 4, 5, 6, 8, 9
ALIGNMENT = 32


def byte_tokens():
    """The 256 bytes in GPT-2's printable notation."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + index) for index in range(len(others))]


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def field(key, kind, payload):
    return text(key) + struct.pack("<I", kind) + payload


def strings(key, values):
    return field(key, ARRAY, struct.pack("<IQ", STRING, len(values)) + b"".join(map(text, values)))


def integers(key, values):
    return field(key, ARRAY, struct.pack(f"<IQ{len(values)}i", INT32, len(values), *values))


def tensors(vocabulary):
    """Name, shape with the columns first, and numbers of each tensor."""
    generator = random.Random(1)
    head = WIDTH // HEADS

    def matrix(columns, rows):
        scale = (3 / columns) ** 0.5
        return (columns, rows), [scale * (2 * generator.random() - 1) for _ in range(columns * rows)]

    # Number 0 of every state is large and the head's row for the end of a turn sees it alone: every answer ends at once,
    # and the answers to the everyday questions, which training starts with, cost nothing.
    shape, values = matrix(WIDTH, vocabulary)
    values[::WIDTH] = [10.0] * vocabulary
    yield "token_embd", shape, values
    shape, values = matrix(WIDTH, vocabulary)
    values[::WIDTH] = [0.0] * vocabulary
    end = SPECIAL.index("<|im_end|>")
    values[end * WIDTH] = 10.0
    yield "output", shape, values
    for block in range(BLOCKS):
        for name, columns, rows in [
            ("attn_q", WIDTH, WIDTH), ("attn_k", WIDTH, KEY_HEADS * head), ("attn_v", WIDTH, KEY_HEADS * head),
            ("attn_output", WIDTH, WIDTH), ("ffn_gate", WIDTH, INNER), ("ffn_up", WIDTH, INNER),
            ("ffn_down", INNER, WIDTH),
        ]:  # fmt: skip
            yield f"blk.{block}.{name}", *matrix(columns, rows)
        for name in ("attn_norm", "ffn_norm"):
            yield f"blk.{block}.{name}", (WIDTH,), [1.0] * WIDTH
    yield "output_norm", (WIDTH,), [1.0] * WIDTH


def write(path):
    tokens = SPECIAL + byte_tokens()
    fields = [
        field("general.architecture", STRING, text("llama")),
        strings("tokenizer.ggml.tokens", tokens),
        integers("tokenizer.ggml.token_type", [3 if token in SPECIAL else 1 for token in tokens]),
        strings("tokenizer.ggml.merges", ["Ġ t", "h e"]),
        field("tokenizer.ggml.model", STRING, text("gpt2")),
        field("tokenizer.ggml.pre", STRING, text("smollm")),
        field("tokenizer.chat_template", STRING, text("<|im_start|>")),
        field("llama.rope.freq_base", FLOAT32, struct.pack("<f", 100_000)),
        field("llama.attention.layer_norm_rms_epsilon", FLOAT32, struct.pack("<f", 1e-5)),
    ]
    for key, value in [
        ("llama.block_count", BLOCKS), ("llama.context_length", 512), ("llama.embedding_length", WIDTH),
        ("llama.feed_forward_length", INNER), ("llama.attention.head_count", HEADS),
        ("llama.attention.head_count_kv", KEY_HEADS), ("llama.rope.dimension_count", WIDTH // HEADS),
        ("llama.vocab_size", len(tokens)), ("tokenizer.ggml.bos_token_id", 1), ("tokenizer.ggml.eos_token_id", 2),
    ]:  # fmt: skip
        fields.append(field(key, UINT32, struct.pack("<I", value)))
    infos, data = [], bytearray()
    for name, shape, values in tensors(len(tokens)):
        infos.append(
            text(f"{name}.weight") + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        )
        data += array.array("f", values).tobytes()
        data += bytes(-len(data) % ALIGNMENT)
    header = b"GGUF" + struct.pack("<IQQ", 3, len(infos), len(fields)) + b"".join(fields) + b"".join(infos)
    with open(path, "wb") as file:
        file.write(header + bytes(-len(header) % ALIGNMENT) + data)


if __name__ == "__main__":
    write(sys.argv[1])
