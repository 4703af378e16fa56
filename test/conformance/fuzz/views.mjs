/** Views of memory in every state that it can be in. */

/** The same numbers in a view that is an ordinary one to whoever reads it, over another kind of memory. */
export function sameNumbers(random, numbers) {
  const View = numbers.constructor;
  const size = numbers.byteLength;
  const copy = random.pick([
    () => new View(numbers),
    () => new View(new ArrayBuffer(size + 16), 8, numbers.length),
    () => new View(new ArrayBuffer(size, { maxByteLength: size + 64 })),
    () => new View(new SharedArrayBuffer(size)),
    () => new View(new SharedArrayBuffer(size, { maxByteLength: size + 64 })),
    () => Object.defineProperty(new View(numbers), 'length', { value: 1e6 }),
  ])();
  for (let index = 0; index < numbers.length; index++) copy[index] = numbers[index];
  return copy;
}

/** A view without room: its memory was detached, or has shrunk. */
export function spoiled(random, View) {
  const size = 64 * View.BYTES_PER_ELEMENT;
  return random.pick([
    () => {
      const buffer = new ArrayBuffer(size);
      const view = new View(buffer);
      structuredClone(buffer, { transfer: [buffer] });
      return view;
    },
    () => {
      const buffer = new ArrayBuffer(size, { maxByteLength: size });
      const view = new View(buffer, 0, 64);
      buffer.resize(random.integer(size));
      return view;
    },
    () => {
      const buffer = new ArrayBuffer(size, { maxByteLength: size });
      const view = new View(buffer);
      buffer.resize(0);
      return view;
    },
    () => new View(0),
  ])();
}
