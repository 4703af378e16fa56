/** Why a program that was run by execFile failed, in one line: of a stack trace, the line that names the error. */
export function reasonOf({ stderr, message }) {
  const lines = (stderr || message).trim().split('\n');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1);
}
