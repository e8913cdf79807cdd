// The folded technical part of an error, the same in dialog and card.
import type { AppError } from '../../../shared/contract/errors.ts';
import { format } from '../../../shared/i18n/format.ts';
import { Fold } from '../components/Parts.tsx';

export const ErrorDetails = ({ error }: { readonly error: AppError }) => (
  <Fold title={format('err.details')} aside={<span className="mono">{error.code}</span>}>
    <pre className="code" tabIndex={0} aria-label={format('err.details')}>
      {[
        ...error.tried.map((line) => format('err.tried', { line })),
        ...(error.cause === undefined ? [] : [error.cause]),
        ...(error.command
          ? [
              `$ ${error.command.argv.join(' ')}`,
              format('err.exit', { exit: error.command.exit }),
              error.command.stderrTail,
            ]
          : []),
        ...Object.entries(error.params).map(([key, value]) => `${key} = ${String(value)}`),
      ].join('\n')}
    </pre>
  </Fold>
);
