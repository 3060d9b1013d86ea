"""couchdb"""
