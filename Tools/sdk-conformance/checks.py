"""Shared by the conformance scripts: counted checks, and the faults of the mock."""

import json
import sys
import urllib.request

address = sys.argv[1]
passed = 0


def check(what, holds):
    global passed
    print(("ok      " if holds else "FAILED  ") + what)
    passed += bool(holds)
    if not holds:
        sys.exit(1)


def faults(plan):
    body = json.dumps({"faults": plan}).encode()
    request = urllib.request.Request(address + "/mock/faults", data=body, method="PUT")
    urllib.request.urlopen(request).read()


def conclude(*versions):
    print(f"{passed} passed, 0 failed ({', '.join(versions)})")
