SELECT count() FROM chains FINAL
