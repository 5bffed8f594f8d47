"""Tests of the pages of insight: scores, now, responses, stores."""
