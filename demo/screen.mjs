// Words on the terminal, coloured only where there is one.
const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (code) => (text) => (coloured ? `\x1b[${code}m${text}\x1b[0m` : text);

const bold = style(1);
export const dim = style(2);
export const bad = style(31);
export const good = style(32);

export const say = (line = '') => console.log(line);
export const title = (text) => say(`\n${bold(text)}`);
