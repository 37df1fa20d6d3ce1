"""Signals: filters, derivatives, periods, cycle normalisation, intervals. Arrays in, arrays out; no anatomy."""
