"""Gait: a pose Dataset becomes gait events, a stride table and measurements with error bars."""
