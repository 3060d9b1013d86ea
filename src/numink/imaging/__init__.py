"""Pictures and documents: decoding within limits, binarization, removal of ruled lines."""
