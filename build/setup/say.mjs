// Owns how the set-up speaks: one line per step, and failures that name cause and remedy.
const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;

/** Exit code for "system packages are missing and this user may not install them". */
export const exitNeedsPackages = 3;

export function step(text) {
  process.stdout.write(isColoured ? `\u001b[36m·\u001b[0m ${text}\n` : `· ${text}\n`);
}

export function notice(text) {
  process.stdout.write(isColoured ? `\u001b[33m!\u001b[0m ${text}\n` : `! ${text}\n`);
}

/** A failure a person can act on. `remedy` is a complete sentence or a command to type. */
export class SetupFailure extends Error {
  /** @param {string} cause @param {{remedy?: string, details?: string, exitCode?: number}} facts */
  constructor(cause, facts = {}) {
    super(cause);
    this.remedy = facts.remedy;
    this.details = facts.details;
    this.exitCode = facts.exitCode ?? 1;
  }
}

/** Prints a failure and returns the exit code that belongs to it. */
export function reportFailure(error) {
  if (!(error instanceof SetupFailure)) {
    console.error(`Set-up failed unexpectedly: ${error?.stack ?? error}`);
    return 1;
  }
  console.error(`\nCause: ${error.message}`);
  if (error.details) console.error(indent(error.details));
  if (error.remedy) console.error(`What to do: ${error.remedy}`);
  return error.exitCode;
}

function indent(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

export function seconds(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}
