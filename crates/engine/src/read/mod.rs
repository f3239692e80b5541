//! Shards to batches: files of many kinds become document rows, the bad rows beside the good ones.
