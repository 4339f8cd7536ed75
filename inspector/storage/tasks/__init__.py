"""What is done so that it does not happen again: rectification, coaching, calibration, duty."""
