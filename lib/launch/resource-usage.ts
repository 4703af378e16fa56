/** The fields of process.resourceUsage() in the order of getrusage(2), which the addon uses. */
const FIELDS = [
  'userCPUTime',
  'systemCPUTime',
  'maxRSS',
  'sharedMemorySize',
  'unsharedDataSize',
  'unsharedStackSize',
  'minorPageFault',
  'majorPageFault',
  'swappedOut',
  'fsRead',
  'fsWrite',
  'ipcSent',
  'ipcReceived',
  'signalsCount',
  'voluntaryContextSwitches',
  'involuntaryContextSwitches',
] as const;

export function readUsage(values: Float64Array | undefined): NodeJS.ResourceUsage | undefined {
  if (values === undefined) return undefined;
  const usage = Object.fromEntries(FIELDS.map((field, index) => [field, values[index] ?? 0]));
  return usage as Record<(typeof FIELDS)[number], number>;
}
