"""Quantization-aware training of LmnetV1 (1-bit weights, 2-bit activations) as a program: files in, files out, exit code."""
