SELECT toString(argMax(digest, loaded_at)) FROM reference_corridors
