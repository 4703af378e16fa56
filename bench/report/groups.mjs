/** The scenarios of an answer that belong together: in one plot and one table. */

/** @returns {{ name: string | undefined, scenarios: object[] }[]} without a name, they have no place in a plot */
export function groupsOf({ scenarios }) {
  const groups = new Map();
  for (const scenario of scenarios) {
    const name = scenario.plot?.name;
    groups.set(name, [...(groups.get(name) ?? []), scenario]);
  }
  return [...groups].map(([name, members]) => ({ name, scenarios: members }));
}

/** The result of one contender in one scenario, if it was counted. */
export function countedResult({ results }, contender, scenario) {
  return results.find(
    (result) =>
      result.contender === contender && result.scenario === scenario.name && result.summary !== undefined,
  );
}
