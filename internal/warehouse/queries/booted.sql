-- When the machine booted, in seconds since 1970, where the configuration says so.
SELECT toInt64(sum(toInt64OrZero(substitution))) AS booted FROM system.macros WHERE macro = 'booted'
