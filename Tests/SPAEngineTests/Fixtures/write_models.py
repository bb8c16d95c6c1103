"""Writes tiny random models as GGUF files, and what the PyPI package transformers computes with them.

    pip install gguf torch transformers && python3 write_models.py

For every model NAME.gguf holds the weights (f16, vectors f32) as llama.cpp's converter lays them out, and NAME.json the
tokens of a prompt, the logits at its last position, the residual stream's norm after every block there, and the tokens
that follow greedily.
"""

import json
import math
import pathlib

import gguf
import torch
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

here = pathlib.Path(__file__)
PROMPT_LENGTH = 40
LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 24,
}
LAYERS = {
    "input_layernorm.weight": "attn_norm.weight", "post_attention_layernorm.weight": "ffn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight", "self_attn.q_proj.bias": "attn_q.bias",
    "self_attn.k_proj.weight": "attn_k.weight", "self_attn.k_proj.bias": "attn_k.bias",
    "self_attn.v_proj.weight": "attn_v.weight", "self_attn.v_proj.bias": "attn_v.bias",
    "self_attn.q_norm.weight": "attn_q_norm.weight", "self_attn.k_norm.weight": "attn_k_norm.weight",
    "self_attn.o_proj.weight": "attn_output.weight", "self_attn.o_proj.bias": "attn_output.bias",
    "mlp.gate_proj.weight": "ffn_gate.weight", "mlp.gate_proj.bias": "ffn_gate.bias",
    "mlp.up_proj.weight": "ffn_up.weight", "mlp.up_proj.bias": "ffn_up.bias",
    "mlp.down_proj.weight": "ffn_down.weight", "mlp.down_proj.bias": "ffn_down.bias",
}
TOP = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
       "lm_head.weight": "output.weight"}


def randomise(model, generator):
    """Weights that neither vanish nor explode, large enough in q and k that attention prefers some positions."""
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        if "norm" in name:
            value = 1 + 0.3 * noise
        elif name.endswith("bias"):
            value = 0.5 * noise
        else:
            value = noise / math.sqrt(weight.shape[1]) * (2 if "q_proj" in name or "k_proj" in name else 1)
        weight.data = value.half().float() if weight.dim() == 2 else value


def interleaved(weight, heads):
    """Llama's rows in GGUF: the two halves of each head become neighbouring pairs."""
    parts = weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:])
    return parts.swapaxes(1, 2).reshape(weight.shape)


def llama3_divisors(width):
    """What every pair's frequency is divided by (Llama 3.1's scaling)."""
    result = []
    for pair in range(width // 2):
        wavelength = 2 * math.pi * LLAMA3["rope_theta"] ** (2 * pair / width)
        turns = LLAMA3["original_max_position_embeddings"] / wavelength
        smooth = (turns - LLAMA3["low_freq_factor"]) / (LLAMA3["high_freq_factor"] - LLAMA3["low_freq_factor"])
        smooth = min(max(smooth, 0), 1)
        result.append(1 / ((1 - smooth) / LLAMA3["factor"] + smooth))
    return result


def write(name, architecture, model, seed):
    config = model.config
    generator = torch.Generator().manual_seed(seed)
    randomise(model.eval(), generator)
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    rope = config.rope_parameters
    writer = gguf.GGUFWriter(here.with_name(name + ".gguf"), architecture)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(rope["rope_theta"])
    if width * config.num_attention_heads != config.hidden_size:
        writer.add_key_length(width)
        writer.add_value_length(width)
    if architecture == "llama":
        writer.add_rope_dimension_count(width)
    if rope["rope_type"] in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(rope["rope_type"]))
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] == "yarn":
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    if rope["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", torch.tensor(llama3_divisors(width)).numpy())

    for source, weight in model.named_parameters():
        if source in TOP:
            target = TOP[source]
        else:
            _, _, index, rest = source.split(".", 3)
            target = f"blk.{index}.{LAYERS[rest]}"
            if architecture == "llama" and ".attn_q." in target:
                weight = interleaved(weight, config.num_attention_heads)
            if architecture == "llama" and ".attn_k." in target:
                weight = interleaved(weight, config.num_key_value_heads)
        numbers = weight.detach().numpy()
        writer.add_tensor(target, numbers.astype("float16") if numbers.ndim == 2 else numbers)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()

    tokens = torch.randint(config.vocab_size, (1, PROMPT_LENGTH), generator=generator)
    with torch.no_grad():
        result = model(tokens, output_hidden_states=True)
        # transformers' last state is after the final norm, so the last block has no entry.
        norms = [state[0, -1].norm().item() for state in result.hidden_states[1:-1]]
        sequence, margins = tokens, []
        for _ in range(12):
            logits = model(sequence).logits[0, -1]
            best = logits.topk(2).values
            margins.append((best[0] - best[1]).item())
            sequence = torch.cat([sequence, logits.argmax()[None, None]], 1)
    logits = result.logits[0, -1]
    here.with_name(name + ".json").write_text(json.dumps({
        "tokens": tokens[0].tolist(), "logits": [round(x, 6) for x in logits.tolist()],
        "blockNorms": [round(x, 5) for x in norms], "continuation": sequence[0, PROMPT_LENGTH:].tolist(),
    }) + "\n")
    print(f"{name}: logits of size {logits.norm():.2f}, smallest margin {min(margins):.3f}")


def sizes(**others):
    return dict(
        vocab_size=128, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, head_dim=16, tie_word_embeddings=True,
        attn_implementation="eager") | others


# Name: GGUF's architecture, the model, the seed of its weights.
MODELS = {
    "llama3": ("llama", lambda: LlamaForCausalLM(LlamaConfig(**sizes(rope_parameters=LLAMA3))), 1),
    # Odd sizes: nothing is a multiple of 16. Biases everywhere.
    "llama": ("llama", lambda: LlamaForCausalLM(LlamaConfig(**sizes(
        vocab_size=100, hidden_size=42, intermediate_size=56, num_hidden_layers=3, num_attention_heads=6, head_dim=12,
        tie_word_embeddings=False, rms_norm_eps=1e-5, attention_bias=True, mlp_bias=True,
        rope_parameters={"rope_type": "default", "rope_theta": 500000.0}))), 2),
    "llama-linear": ("llama", lambda: LlamaForCausalLM(LlamaConfig(**sizes(
        num_key_value_heads=1, rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}))), 12),
    "qwen2": ("qwen2", lambda: Qwen2ForCausalLM(Qwen2Config(**sizes(
        num_attention_heads=2, num_key_value_heads=1,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}))), 4),
    "qwen2-yarn": ("qwen2", lambda: Qwen2ForCausalLM(Qwen2Config(**sizes(
        num_hidden_layers=1, rope_parameters={
            "rope_type": "yarn", "rope_theta": 1000.0, "factor": 4.0, "original_max_position_embeddings": 64}))), 6),
    "qwen3": ("qwen3", lambda: Qwen3ForCausalLM(Qwen3Config(**sizes(
        head_dim=32, tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}))), 9),
}

if __name__ == "__main__":
    for model_name, (gguf_architecture, make, model_seed) in MODELS.items():
        write(model_name, gguf_architecture, make(), model_seed)
