"""Runners on video with known truth: measured motion on a rendered body, seen by a chosen camera.

The laboratory's frame everywhere: x forwards (direction of running), y up, z to the runner's right; metres, seconds.
"""
