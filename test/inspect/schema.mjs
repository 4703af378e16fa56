// As much of JSON Schema as docs/inspect.schema.json uses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../helpers/native.mjs';

const schema = JSON.parse(readFileSync(join(root, 'docs', 'inspect.schema.json'), 'utf8'));

/** What is wrong with a report, in words. */
export function violations(report) {
  return check(report, schema, 'report');
}

const KNOWN = [
  ...['$schema', '$defs', '$ref', 'title', 'description'],
  ...['type', 'const', 'enum', 'required', 'properties', 'additionalProperties', 'items'],
];

function check(value, given, path) {
  const rule = given.$ref ? schema.$defs[given.$ref.replace('#/$defs/', '')] : given;
  for (const word of Object.keys(rule)) if (!KNOWN.includes(word)) throw new Error(`${word} is not checked`);
  const types = [rule.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOf(value, type))) return [`${path} is no ${types}`];
  if ('const' in rule && value !== rule.const) return [`${path} is not ${rule.const}`];
  if (rule.enum && !rule.enum.includes(value)) return [`${path} is none of ${rule.enum}`];
  if (Array.isArray(value))
    return value.flatMap((item, index) => check(item, rule.items, `${path}[${index}]`));
  return rule.properties ? checkProperties(value, rule, path) : [];
}

function checkProperties(value, { properties, required, additionalProperties }, path) {
  const names = Object.keys(value);
  const missing = required.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !(name in properties));
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...(additionalProperties === false ? unknown : []).map((name) => `${path}.${name} is unknown`),
    ...names
      .filter((name) => name in properties)
      .flatMap((name) => check(value[name], properties[name], `${path}.${name}`)),
  ];
}

function isOf(value, type) {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
