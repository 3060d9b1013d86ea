"""Store in IBM Cloudant or another CouchDB."""
