"""Charts that move: a table's numbers drawn with Skia, frame by frame."""
