"""The production server: gunicorn with time limits for slow clients and a shutdown that loses no request."""
