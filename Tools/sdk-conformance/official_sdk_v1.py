"""Calls mock-services with LlamaParse's Python SDK for version 1 of its API.

usage: official_sdk_v1.py ADDRESS   of a mock-services without faults and with the key 'mock'
"""

import importlib.metadata
import os
import tempfile

import llama_cloud_services

from checks import address, check, conclude, faults

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "two.txt")
    with open(path, "w") as file:
        file.write("# One\fTwo, and Grüße")
    parser = llama_cloud_services.LlamaParse(
        api_key="mock", base_url=address, check_interval=1, show_progress=False, verbose=False)
    pages = parser.parse(path).pages
    check("llama-cloud-services: a document is uploaded, waited for and read",
          [page.md for page in pages] == ["# One", "Two, and Grüße"])
    check("llama-cloud-services: pages are numbered from one", [page.page for page in pages] == [1, 2])
    faults("short=1")
    check("llama-cloud-services: a failed page is reported",
          [page.status for page in parser.parse(path).pages] == ["OK", "ERROR"])
    faults("repeated_index=1")
    check("llama-cloud-services: a failed job is reported",
          parser.parse(path).error_code == "BROKEN")
    faults("")

conclude("llama-cloud-services " + importlib.metadata.version("llama-cloud-services"))
