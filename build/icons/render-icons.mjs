// Renders the PNG files beside the drawings. Run by hand after a change of an SVG: node build/icons/render-icons.mjs
// Needs rsvg-convert (librsvg2-bin); the results are kept in the repository, so nobody else does.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const rows = [
  ...[16, 22, 24, 32, 48, 64, 128, 256, 512].map((size) => [
    'polyvisor.svg',
    `${size}x${size}`,
    size,
  ]),
  ['tray.svg', 'tray', 24],
  ['tray.svg', 'tray@2x', 48],
];
for (const [drawing, name, size] of rows) {
  const pixels = String(size);
  execFileSync('rsvg-convert', [
    ...['--width', pixels, '--height', pixels],
    ...['--output', join(folder, `${name}.png`), join(folder, String(drawing))],
  ]);
}
