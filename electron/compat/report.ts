// The host report as text, for copying into a bug report: summary, engines, every check with its raw output.
import { formatText } from '../../shared/i18n/format.ts';
import type { EngineFact, HostCheck } from '../../shared/model/compat.ts';
import { backendKey } from '../../shared/model/driver.ts';
import type { HostSummary } from '../../shared/state/app-state.ts';

const indent = (block: string): string =>
  block
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

const describeFact = (fact: EngineFact): string => {
  const forced = fact.isForced ? ', used in spite of its check' : '';
  const key = backendKey({ driver: fact.driver, engine: fact.engine });
  return `  ${key}: ${fact.standing} (${fact.confidence}${forced}), because ${formatText(fact.reason)}`;
};

const describeCheck = (check: HostCheck, isMuted: boolean): string =>
  [
    `[${check.verdict}] ${check.id}${isMuted ? ' (muted)' : ''}: ${formatText(check.sentence)}`,
    `  tested: ${check.tested}`,
    ...(check.raw === '' ? [] : [indent(check.raw)]),
    ...check.remedies.map(
      (remedy) =>
        `  remedy: ${formatText(remedy.label)}${remedy.command ? ` (${remedy.command})` : ''}`,
    ),
  ].join('\n');

export const hostReport = (
  host: HostSummary | undefined,
  checks: readonly HostCheck[],
  facts: readonly EngineFact[],
  muted: readonly string[],
): string =>
  [
    'Polyvisor host report',
    ...(host
      ? [
          `${host.distribution}, kernel ${host.kernel}`,
          `${host.cpus} CPUs, ${host.memoryMiB} MiB of memory, ${host.freeBytes} bytes free in ${host.dataDir}`,
        ]
      : []),
    '',
    'Engines',
    ...facts.map(describeFact),
    '',
    'Checks',
    ...checks.map((check) => describeCheck(check, muted.includes(check.id))),
    '',
  ].join('\n');
