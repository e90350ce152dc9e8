"""What a run result becomes: Prometheus metrics, Allure results, a line in the log."""
