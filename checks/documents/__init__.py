"""The checks of documents (附件): one file per check or pair of checks, found by walking."""
