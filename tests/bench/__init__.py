"""The figures of the design, counted and compared with their limits: `make bench`."""
