"""HTTP and only HTTP: the pages people use."""
