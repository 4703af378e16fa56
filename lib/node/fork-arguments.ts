/** The arguments for a forked Node: those of this one, if no others are given. */
export function forkArguments(execArgv: readonly string[] | undefined): readonly string[] {
  if (execArgv && execArgv !== process.execArgv) return execArgv;
  const { _eval: program } = process as { _eval?: string };
  const index = program === undefined ? -1 : process.execArgv.lastIndexOf(program);
  // Or each child would run the program of `-e` again, and fork another one.
  return index > 0 ? process.execArgv.toSpliced(index - 1, 2) : process.execArgv;
}
