"""Writes what Jinja 3.1, set up as transformers sets it up for chat templates, makes of the snippets in snippets.json into expected.json.

usage: pip install jinja2==3.1.6 && python3 write.py
"""
import json, os
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import CallBlock
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = os.path.dirname(os.path.abspath(__file__))


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return CallBlock(self.call_method("_render"), [], [], body).set_lineno(line)

    def _render(self, caller):
        return caller()


def raise_exception(message):
    raise TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def render(source, variables):
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    try:
        return {"text": environment.from_string(source).render(**variables)}
    except Exception as error:
        return {"fails": type(error).__name__}


given = json.load(open(f"{HERE}/snippets.json", encoding="utf8"))
results = [render(source, given["variables"]) for source in given["snippets"]]
with open(f"{HERE}/expected.json", "w", encoding="utf8") as file:
    file.write("[\n" + ",\n".join(json.dumps(result) for result in results) + "\n]\n")
