-- The version of the row of `chains` that was written last.
SELECT max(version) FROM chains
