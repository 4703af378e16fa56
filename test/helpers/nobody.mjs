export const NOBODY = 65_534;

/** In a fixture that must not be root. Whoever isn't stays who they are. */
export function becomeNobody() {
  if (process.getuid() !== 0) return;
  process.setgroups([]);
  process.setgid(NOBODY);
  process.setuid(NOBODY);
}
