/** Returns the arguments for a forked Node. The default is those of this Node. */
export function forkArguments(execArgv: readonly string[] | undefined): readonly string[] {
  if (execArgv && execArgv !== process.execArgv) return execArgv;
  const { _eval: program } = process as { _eval?: string };
  const index = program === undefined ? -1 : process.execArgv.lastIndexOf(program);
  // Removes `-e` and its program: otherwise each child would run the program again and fork another child.
  return index > 0 ? process.execArgv.toSpliced(index - 1, 2) : process.execArgv;
}
