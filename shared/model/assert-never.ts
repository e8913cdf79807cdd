// Ends a switch over a union: a new member is a compile error, and an impossible value a clear throw.
export const assertNever = (value: never): never => {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
};
