"""Bulk assessment on Apache Spark: Spark reads and brings together, the embedded engine judges in its Python workers."""
