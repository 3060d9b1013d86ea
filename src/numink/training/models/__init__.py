"""Networks in torch, and their export to ONNX."""
