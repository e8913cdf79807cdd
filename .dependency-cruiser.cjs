// Import directions: shared <- electron, shared <- renderer, drivers are islands.
const electronShell = '^electron/(main\\.ts|preload\\.ts|shell/)';
const tests = '\\.(spec|itest|vtest|ptest)\\.tsx?$|__fixtures__/|(^|/)testing/';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'shared-stands-alone',
      comment: 'shared/ imports itself, zod and the message formatter only.',
      severity: 'error',
      from: { path: '^shared/', pathNot: tests },
      to: { pathNot: ['^shared/', '(^|/)node_modules/(zod|intl-messageformat)/'] },
    },
    {
      name: 'electron-not-to-renderer',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^(renderer|e2e|build)/' },
    },
    {
      name: 'renderer-not-to-electron',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(electron|e2e|build)/' },
    },
    {
      name: 'renderer-no-node-core',
      severity: 'error',
      from: { path: '^renderer/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-is-electron-free',
      comment: 'Only main.ts, preload.ts and shell/ may import electron.',
      severity: 'error',
      from: { path: '^electron/', pathNot: electronShell },
      to: { path: '(^|/)node_modules/electron(-33)?/|^electron$' },
    },
    {
      name: 'core-not-to-shell',
      severity: 'error',
      from: { path: '^electron/', pathNot: electronShell },
      to: { path: electronShell },
    },
    {
      name: 'drivers-are-islands',
      comment: 'A driver never sees another driver.',
      severity: 'error',
      from: { path: '^electron/drivers/([^/]+)/' },
      to: { path: '^electron/drivers/[^/]+/', pathNot: '^electron/drivers/$1/' },
    },
    {
      name: 'drivers-see-little',
      severity: 'error',
      from: { path: '^electron/drivers/([^/]+)/', pathNot: tests },
      to: {
        path: '^electron/',
        pathNot: [
          '^electron/drivers/$1/',
          '^electron/drivers/types\\.ts$',
          '^electron/(process|log)/',
          '^electron/persist/json-file\\.ts$',
        ],
      },
    },
    {
      name: 'features-are-islands',
      comment: 'Features of the window do not import each other.',
      severity: 'error',
      from: { path: '^renderer/src/features/([^/]+)/' },
      to: { path: '^renderer/src/features/[^/]+/', pathNot: '^renderer/src/features/$1/' },
    },
    {
      name: 'product-not-to-tests',
      comment: 'Fakes and test code never reach the package.',
      severity: 'error',
      from: { path: '^(shared|electron|renderer)/', pathNot: tests },
      to: { path: ['^e2e/', tests, '(^|/)testing/'] },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$|\\.css$|\\?' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
