"""Pictures from words, without a model: a prompt is read, a scene is painted in layers, a camera moves through them."""
