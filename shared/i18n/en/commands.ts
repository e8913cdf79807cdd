// English texts of the command layer: fallback, arbiter, switching engines.
export const commandTexts = {
  'command.notAvailable': 'this hypervisor does not offer it',
} as const;
