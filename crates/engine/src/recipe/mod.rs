//! The recipe: the pipeline as written, checked as a whole before anything runs.
