// Checks that the type files of schemas/ are JSON Schemas (2020-12) for a
// validator that is not ours: every file is valid, every reference leads to a
// file, every type and parameter compiles, and a body is accepted or refused as it should be.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import Ajv from "ajv/dist/2020.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "schemas");

// What a format says is not checked: Graph takes placeholders for dates. A name
// that is not in this list is a mistake of the compiler.
const formats = ["int8", "uint8", "int16", "int32", "int64", "float", "double", "decimal",
  "date-time", "date", "time", "duration", "uuid", "base64url"];

const samples = [
  ["presence.json", true, { "@odata.type": "#microsoft.graph.presence", availability: "Busy", activity: "InAMeeting",
    outOfOfficeSettings: { isOutOfOffice: false, message: null }, sequenceNumber: null }],
  ["presence.json", true, { availability: "String", activity: "String", outOfOfficeSettings: null }],
  ["presence.json", false, { availability: 7, activity: "InAMeeting" }],
  ["presence.json", false, { availability: "Busy", outOfOfficeSettings: { isOutOfOffice: "no" } }],
  ["presence.json", false, ["Busy"]],
];

const problems = new Set();
for (const version of ["v1.0", "beta"]) {
  const begin = Date.now();
  const dir = join(root, version);
  const ajv = validator();
  const files = readdirSync(dir, { recursive: true }).filter((f) => f.endsWith(".json")).sort();
  const key = (file) => pathToFileURL(join(dir, file)).href;
  const good = files.filter((f) => attempt(version, f, () => ajv.addSchema(JSON.parse(readFileSync(join(dir, f), "utf8")), key(f))));
  const compiled = good.filter((f) => attempt(version, f, () => ajv.getSchema(key(f))));
  const parameters = good.flatMap((f) => parametersOf(f, ajv.schemas[key(f)].schema));
  const unique = [...new Map(parameters.map((p) => [dirname(p.file) + JSON.stringify(p.schema), p])).values()];
  unique.forEach((p, i) => attempt(version, `${p.file}: ${p.name}`, () => {
    const at = new URL(`.parameter-${i}.json`, key(p.file)).href; // references start from its folder
    ajv.addSchema(p.schema, at).getSchema(at);
  }));
  for (const [file, valid, body] of samples) {
    attempt(version, file, () => {
      if (ajv.getSchema(key(file))(body) !== valid) {
        throw new Error(`${JSON.stringify(body)} should be ${valid ? "accepted" : "refused"}`);
      }
    });
  }
  console.log(`schemas-check: ${version}: ${compiled.length} of ${files.length} types and ${unique.length} kinds of parameters compile, ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}
for (const p of [...problems].slice(0, 50)) console.error(`schemas-check: ${p}`);
if (problems.size > 0) {
  console.error(`schemas-check: ${problems.size} problems`);
  process.exit(1);
}

// parametersOf lists the schemas of what the operations bound to a type take.
function parametersOf(file, type) {
  return (type["x-graph"]?.operations ?? []).flatMap((o) =>
    (o.parameters ?? []).map((p) => ({ file, name: `${o.name}(${p.name})`, schema: p.schema })));
}

// validator is as strict as ajv can be. Two of its rules go beyond JSON Schema
// and are left out: that a property has one type (ours may be null), and that
// what is required stands in the same file (it may stand in a base type's).
function validator() {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: false, logger: false });
  ajv.addKeyword({ keyword: "x-graph", schemaType: "object" });
  for (const name of formats) ajv.addFormat(name, true);
  return ajv;
}

function attempt(version, file, action) {
  try {
    action();
    return true;
  } catch (e) {
    problems.add(`${version}/${file.split(sep).join("/")}: ${e.message.replaceAll(pathToFileURL(root).href, "schemas")}`);
    return false;
  }
}
