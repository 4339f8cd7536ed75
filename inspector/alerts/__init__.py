"""Where a judged call goes next: alerts and review."""
