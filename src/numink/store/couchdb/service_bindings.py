"""What IBM Cloud says of services that are bound: VCAP_SERVICES and Code Engine's CE_SERVICES, as variables of its SDK.

The SDK itself takes of VCAP_SERVICES the credentials and leaves out the address, and does not know CE_SERVICES. Reads
no environment: it is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import SettingsError

SOURCES = ("CE_SERVICES", "VCAP_SERVICES")
SERVICE = "cloudantnosqldb"
"""The type of service, in any case of letters."""


def cloudant_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The CLOUDANT_* variables of the first Cloudant that is bound; none where they, or others, are set already.

    Raises SettingsError for a source that is no JSON.
    """
    if any(name.startswith("CLOUDANT") and name.endswith("_URL") for name in environment):
        return {}
    for credentials in _bound(environment):
        url = credentials.get("url") or (f"https://{credentials['host']}" if credentials.get("host") else "")
        key = credentials.get("apikey") or credentials.get("iam_apikey")
        if url and key:
            return {"CLOUDANT_URL": url, "CLOUDANT_APIKEY": key}
        if url and credentials.get("username") and credentials.get("password"):
            return {
                "CLOUDANT_URL": url, "CLOUDANT_USERNAME": credentials["username"],
                "CLOUDANT_PASSWORD": credentials["password"], "CLOUDANT_AUTH_TYPE": "COUCHDB_SESSION",
            }  # fmt: skip
    return {}


def _bound(environment: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for source in SOURCES:
        try:
            services = json.loads(environment.get(source) or "{}")
            found = [one for kind, several in services.items() if kind.lower() == SERVICE for one in several]
            credentials = [dict(one["credentials"]) for one in found]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise SettingsError(f"{source} is not what IBM Cloud sets: unset it, or set CLOUDANT_URL") from None
        yield from credentials
