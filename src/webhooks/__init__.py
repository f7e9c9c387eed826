"""What happens, sent to the programs that asked to be told, in the order of the log, until they have it."""
