"""The only place where the stages meet: clips in, an Assessment and the files beside it out."""
