"""Reading stories and scripts: boards, figures, places, who says what, and shots. Pure text."""
