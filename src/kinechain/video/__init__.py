"""Video files in and out: the only room that knows codecs, and the one that draws on pictures."""
