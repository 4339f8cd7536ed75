"""Sound: files to samples. The only place that reads audio files or resamples."""
