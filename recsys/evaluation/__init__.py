"""Metrics, evaluations, the simulator and the speed benchmark."""
