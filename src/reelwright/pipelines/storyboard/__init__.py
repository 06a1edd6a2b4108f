"""The parts of the plan `storyboard` (`pipelines.presets.storyboard`)."""
