// English texts of the command layer: starting and falling back, the arbiter, switching engines.
export const commandTexts = {
  'command.notAvailable': 'this hypervisor does not offer it',
  'command.step.startOn': 'Starting on {engine}',
  'command.step.fallback': '{failed} did not start it. Starting on {engine}',
  'command.fallback.because': '{failed} did not start it: {reason}',
  'command.ask.afterFailure': '{failed} did not start it: {reason} Start it on {engine} this time?',
  'command.ask.afterFailureLosing':
    '{failed} did not start it: {reason} Start it on {engine} this time? There {lost}.',
  'command.freeze.because': 'It would not be safe, because {because}.',
  'command.freeze.byLabel': '{sentence} {label}.',
  'command.freeze.byCommand': '{sentence} {label}: {command}',
} as const;
