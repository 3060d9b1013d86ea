"""Service bindings of IBM Cloud (VCAP_SERVICES, and Code Engine's CE_SERVICES) as variables of IBM's SDK.

The SDK itself takes only the credentials from VCAP_SERVICES, not the URL, and does not know CE_SERVICES. This module is
imported by the settings, and so imports no library.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import SettingsError

BINDING_VARIABLES = ("CE_SERVICES", "VCAP_SERVICES")
SERVICE_TYPE = "cloudantnosqldb"
"""Type of the service, in lower case."""


def cloudant_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the CLOUDANT_* variables of the first bound Cloudant service.

    Args:
        environment: Environment variables of the process.

    Returns:
        Variables by name; empty where no service is bound, or the URL of one is set already.

    Raises:
        SettingsError: A binding variable is no JSON of the expected form.
    """
    if any(name.startswith("CLOUDANT") and name.endswith("_URL") for name in environment):
        return {}
    for credentials in _bound_credentials(environment):
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


def _bound_credentials(environment: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for variable in BINDING_VARIABLES:
        try:
            services = json.loads(environment.get(variable) or "{}")
            bindings = [
                binding
                for service_type, bound in services.items()
                if service_type.lower() == SERVICE_TYPE
                for binding in bound
            ]
            credentials = [dict(binding["credentials"]) for binding in bindings]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise SettingsError(f"{variable} is not what IBM Cloud sets: unset it, or set CLOUDANT_URL") from None
        yield from credentials
