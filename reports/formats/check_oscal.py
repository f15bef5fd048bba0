# Checks assessment results against the OSCAL model of the version they name: python check_oscal.py FILE
# The models come with the installed package. Structure, data types, allowed values, cardinality and choices are
# checked; exit 1 on any problem. The file is also spoilt in one place and must then be refused.
import json
import sys

from oscal import OSCAL

CHECKED = ["well-formed", "structure", "data-types", "allowed-values", "cardinality", "choice"]


def problems(document):
    loaded = OSCAL.loads(json.dumps(document))
    failed = [name for name in CHECKED if loaded.validation_status.get(name) is not True]
    return failed + [json.dumps(error) for error in loaded.validation_errors]


with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)
found = problems(document)
document["assessment-results"]["results"][0]["start"] = "gisteren"
if not problems(document):
    found.append("a spoilt file was accepted")
print("\n".join(found + [f"{len(found)} problem(s)"]))
sys.exit(1 if found else 0)
