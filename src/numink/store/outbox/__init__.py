"""Local queue of readings that a remote store could not take yet."""
