// Builds the .tar.gz from the unpacked program: one folder, owned by root, in a stable order.
import { execFileSync } from 'node:child_process';
import { basename, dirname } from 'node:path';

export function buildTarball({ unpacked, file, folder, isFast }) {
  const source = basename(unpacked);
  execFileSync(
    'tar',
    [
      ...['--create', '--file', file, '--directory', dirname(unpacked)],
      ...['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go+rX,go-w'],
      ...[`--transform=s,^${source},${folder},`],
      `--use-compress-program=gzip -n -${isFast ? 1 : 9}`,
      source,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return file;
}
