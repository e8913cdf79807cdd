// End of an exhaustive switch: a new case does not compile until it is handled.
export const assertNever = (value: never): never => {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
};
