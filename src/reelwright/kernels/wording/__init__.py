"""Words: keywords of a text, phrases made around keywords, and a text told as shots. Chinese and English."""
