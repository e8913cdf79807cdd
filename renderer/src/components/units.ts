// Sizes, spans and moments in people's units.
import { format } from '../../../shared/i18n/format.ts';

const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const kib = 1024;

/** 1536 MiB -> "1.5 GiB". */
export const showMib = (mib: number): string =>
  mib >= kib ? `${oneDigit.format(mib / kib)} GiB` : `${oneDigit.format(mib)} MiB`;

export const showBytes = (bytes: number): string => {
  if (bytes >= kib ** 4) return `${oneDigit.format(bytes / kib ** 4)} TiB`;
  if (bytes >= kib ** 3) return `${oneDigit.format(bytes / kib ** 3)} GiB`;
  if (bytes >= kib ** 2) return `${oneDigit.format(bytes / kib ** 2)} MiB`;
  return `${oneDigit.format(bytes / kib)} KiB`;
};

/** How long something lasts so far: "just now", "12 min", "1 h 5 min", "3 d". */
export const showSpan = (fromMs: number, nowMs: number): string => {
  // A clock that jumped back must not show negative times.
  const minutes = Math.max(0, Math.floor((nowMs - fromMs) / 60_000));
  if (minutes < 1) return format('span.lessThanMinute');
  if (minutes < 60) return format('span.minutes', { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return format('span.hours', { hours, minutes: minutes % 60 });
  return format('span.days', { days: Math.floor(hours / 24) });
};

export const showTime = (ms: number): string =>
  new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(ms);

const clock = new Intl.DateTimeFormat('en', { timeStyle: 'short' });
const dayMs = 24 * 60 * 60 * 1000;
/** The time of day is enough for what is less than one away, before or after. */
export const showMoment = (ms: number): string =>
  Math.abs(ms - Date.now()) < dayMs ? clock.format(ms) : showTime(ms);

export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
