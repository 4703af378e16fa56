/** Numbers that a seed determines (mulberry32): Math.random() can't be given a seed. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Returns a number from 0 up to, not including, 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  integer(end) {
    return Math.floor(this.next() * end);
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.integer(list.length)];
  }

  list(length, make) {
    return Array.from({ length }, make);
  }
}

/** The numbers of one case depend on the seed and on its index alone, so that it can be played without those before it. */
export function randomOfCase(seed, index) {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ index);
  random.next();
  return random;
}
