/** `NAME=value` of everything enumerable in an environment, inherited properties included. */
export function environmentPairs(environment: object): string[] {
  const pairs: string[] = [];
  for (const name in environment) {
    const value = (environment as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) pairs.push(`${name}=${value}`);
  }
  return pairs;
}
