// One row of the list of remedies: label, what it needs, and the command per family of distributions.
import type { MessageKey } from '../../../shared/i18n/catalog.en.ts';
import type { Remedy } from '../../../shared/model/compat.ts';
import type { DistributionFamily } from '../host-facts.ts';

export interface RemedyRow {
  readonly label: MessageKey;
  readonly needs: Remedy['needs'];
  /** One command for all, one per family (missing families show the label alone), or none. */
  readonly command?: string | Partial<Readonly<Record<DistributionFamily, string>>>;
}

export const installRow = (
  label: MessageKey,
  packages: Readonly<Record<Exclude<DistributionFamily, 'other'>, string>>,
): RemedyRow => ({
  label,
  needs: ['root'],
  command: {
    debian: `sudo apt install ${packages.debian}`,
    fedora: `sudo dnf install ${packages.fedora}`,
    arch: `sudo pacman -S ${packages.arch}`,
    suse: `sudo zypper install ${packages.suse}`,
  },
});
