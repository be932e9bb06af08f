SELECT list FROM erasures FINAL
