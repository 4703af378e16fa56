/** Thrown by a contender that can't take part on this machine. It is reported, which is no failure. */
export class Unavailable extends Error {
  name = 'Unavailable';
}
