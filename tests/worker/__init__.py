"""Tests of processes and jobs."""
