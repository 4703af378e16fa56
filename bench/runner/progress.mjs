/** A line that is written over and over, on a terminal only. */

const CLEAR_LINE = '\r\x1b[2K';

export function createProgress(stream) {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (text) => stream.write(CLEAR_LINE + text.slice(0, stream.columns - 1)),
    clear: () => stream.write(CLEAR_LINE),
  };
}
