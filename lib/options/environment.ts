/** `NAME=value` of everything enumerable in an environment, inherited properties included. */
export function environmentPairs(environment: object): string[] {
  const pairs: string[] = [];
  for (const name in environment) {
    const value = (environment as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) pairs.push(`${name}=${value}`);
  }
  return pairs;
}

/**
 * An environment as this Node completes it when it looks at the arguments of a spawn. It writes into the caller's own
 * object: we give it a copy.
 */
export function completeEnvironment(
  environment: object,
  throwNodeError: (environment: NodeJS.ProcessEnv) => void,
): object {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(environment)), environment);
  throwNodeError(copy);
  return copy;
}
