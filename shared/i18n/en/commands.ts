// English texts of the command layer: starting and falling back, the arbiter, switching engines.
export const commandTexts = {
  'command.notAvailable': 'This hypervisor does not offer it.',
  'command.feature.password': 'A password',
  'command.feature.window': 'A window of its own',
  'command.feature.switch': 'Switch engine',
  'command.feature.lasting': 'An engine in the machine’s own settings',
  'command.feature.disk': 'A new disk',
  'command.setting.engine': 'The engine in the settings',
  'command.switch.engine': 'It starts on {to} instead of {from}.',
  'command.switch.faster': 'The processor runs the guest’s code itself: many times faster.',
  'command.switch.slower': 'The guest’s code runs in software: many times slower.',
  'command.switch.elsewhereNative':
    'converted, it would run on {engine} at the processor’s own speed, but Polyvisor cannot convert machines yet',
  'command.switch.elsewhereSoftware':
    'converted, it would run faster on {engine}, but Polyvisor cannot convert machines yet',
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
