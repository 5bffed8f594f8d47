"""Where feedback is asked, and the printed codes that lead there."""
