SELECT
    -- record
FROM chain_as_of(chain_id = @chain, at = @at)
