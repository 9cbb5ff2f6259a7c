"""Checks docker-compose.yml against the compose specification and our own rules.

usage: check_compose.py COMPOSE_FILE SCHEMA CONFIGURATION_REFERENCE
Prints each fault on a line; exit code 1 when there is one.
"""
import json
import re
import sys

import jsonschema
import yaml

PROGRAMS = ["ingest-api", "parse-worker", "chunk-worker", "embed-worker", "flusher", "reconciler"]
SCALED = PROGRAMS[1:]


def schema_faults(compose, schema):
    kind = jsonschema.validators.validator_for(schema)
    for error in kind(schema).iter_errors(compose):
        yield f"{'/'.join(map(str, error.path))}: {error.message}"


def settings_of(reference):
    """The variables that each program reads: those of its section, and of the sections it links."""
    variables, links, title = {}, {}, None
    for line in reference.splitlines():
        if line.startswith("#"):
            title = line.lstrip("#").strip()
        found = re.findall(r"`(MILLRACE_[A-Z0-9_]+)`", line)
        variables.setdefault(title, set()).update(found[:1] if line.startswith("|") else [])
        links.setdefault(title, []).extend(re.findall(r"\[([^\]]+)\]\(#", line))
    return {
        name: variables[name].union(*(variables[shared] for shared in links[name]))
        for name in PROGRAMS
    }


def rule_faults(compose, settings):
    services = compose["services"]
    for name in PROGRAMS:
        if name not in services:
            yield f"{name} is missing"
            continue
        service = services[name]
        for variable in service["environment"]:
            if variable.startswith("MILLRACE_") and variable not in settings[name]:
                yield f"{name}: the setting {variable} does not exist"
        conditions = {k: v["condition"] for k, v in service["depends_on"].items()}
        if conditions.get("migrate") != "service_completed_successfully":
            yield f"{name} does not wait for migrate"
        if conditions.get("topics") != "service_completed_successfully":
            yield f"{name} does not wait for topics"
        if service.get("healthcheck", {}).get("test", [])[-2:] != ["--path", "/livez"]:
            yield f"{name} has no health check of /livez"
    for name in SCALED:
        if "ports" in services[name]:
            yield f"{name} has a fixed port, so it cannot be scaled"
    builders = [name for name, service in services.items() if "build" in service]
    if builders != ["migrate"]:
        yield f"one service must build the image, not {builders}"
    if services["operator"]["depends_on"]:
        yield "operator starts other services"
    for name, service in services.items():
        for key in ("mem_limit", "logging"):
            if key not in service:
                yield f"{name} has no {key}"
        if "container_name" in service:
            yield f"{name} has a container_name, so it cannot be scaled"
        for port in service.get("ports", []):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{name} listens on more than this machine: {port}"
    for name in ("postgres", "kafka"):
        if "healthcheck" not in services[name]:
            yield f"{name} has no health check"
    for name, after in (("migrate", "postgres"), ("topics", "kafka")):
        if services[name]["depends_on"][after]["condition"] != "service_healthy":
            yield f"{name} does not wait for {after}"


def login_faults(compose):
    """Each program logs in as itself, with the password that migrate sets."""
    services = compose["services"]
    made = {}
    for line in services["migrate"]["environment"]["MILLRACE_LOGINS"].splitlines():
        program, user, password = line.split(maxsplit=2)
        made[program] = (user, password)
    logins = [(name, name, "MILLRACE_POSTGRES_URL") for name in PROGRAMS]
    logins.append(("ingest-api", "operator", "MILLRACE_OPERATIONS_POSTGRES_URL"))
    for service, name, variable in logins:
        url = services[service]["environment"].get(variable, "")
        # The part between user and host is the password, which may be a variable.
        found = re.fullmatch(r"postgresql://(\w+):(.+)@postgres:5432/millrace", url)
        if not found or found.groups() != made.get(name):
            yield f"{service}: {name} does not log in as the user that migrate creates for it"
    if any("POSTGRES" in variable for variable in services["operator"]["environment"]):
        yield "operator is a client of the API and needs no database"
    users = [user for user, _ in made.values()]
    if len(set(users)) < len(users) or services["postgres"]["environment"]["POSTGRES_USER"] in users:
        yield "two programs share a login"


def main(compose_file, schema_file, reference_file):
    with open(compose_file) as file:
        compose = yaml.safe_load(file)
    with open(schema_file) as file:
        schema = json.load(file)
    with open(reference_file) as file:
        settings = settings_of(file.read())
    faults = list(schema_faults(compose, schema)) + list(rule_faults(compose, settings))
    faults += login_faults(compose)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
