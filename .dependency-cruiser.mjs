// SPDX-License-Identifier: Apache-2.0

// The import rule of ARCHITECTURE.md, held by a machine. Each comment tells what to do instead.

const test = '\\.test\\.ts$';

/**
 * The rules of one folder of src: what it may import from the others, besides itself and types of model.
 * Names in `mayImport` are paths below src.
 */
function folder(name, mayImport, comment) {
  const own = [`^src/${name}/`, ...mayImport.map((path) => `^src/${path}`)];
  const from = { path: `^src/${name}/`, pathNot: test };
  const imports = {
    name: `${name}-imports`,
    severity: 'error',
    comment,
    from,
    to: { path: '^src/', pathNot: [...own, '^src/model/'] },
  };
  const typesOfModel = {
    name: `${name}-takes-types-of-model`,
    severity: 'error',
    comment: `Import it with \`import type\`, or ask for the value in another way. ${comment}`,
    from,
    to: { path: '^src/model/', pathNot: own, dependencyTypesNot: ['type-only'] },
  };
  return mayImport.includes('model/') ? [imports] : [imports, typesOfModel];
}

/** A folder that decides: it imports nothing from Node or npm. The compiler holds the globals. */
function pure(name, mayImport, comment) {
  return [
    ...folder(name, ['model/', ...mayImport], comment),
    {
      name: `${name}-is-pure`,
      severity: 'error',
      comment: `${name} decides and does nothing else: take the value as an argument, or read it in a collector.`,
      from: { path: `^src/${name}/`, pathNot: test },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-unknown'],
      },
    },
  ];
}

/** @type {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: [
    ...pure('model', [], 'model is the vocabulary: what needs more than model belongs elsewhere.'),
    ...pure(
      'expected',
      [],
      'expected computes SHOULD from facts; a judgement about it belongs to a check.',
    ),
    ...pure(
      'checks',
      ['expected/'],
      'A check compares expected with observed facts: declare what it needs in `needs`, or compute it in expected.',
    ),
    {
      name: 'checks-are-atomic',
      severity: 'error',
      comment: 'A check knows no other check: move what both need to expected.',
      from: { path: '^src/checks/([^/]+)/', pathNot: test },
      to: { path: '^src/checks/[^/]+/', pathNot: '^src/checks/$1/' },
    },
    ...pure(
      'causes',
      ['expected/'],
      'A cause and a check meet through finding ids only: match the id, do not import the check.',
    ),
    ...pure(
      'remedies',
      ['expected/'],
      'A remedy is data: return steps; an actuator carries them out.',
    ),
    ...pure('report', [], 'The report is a contract: what computes belongs to engine.'),
    ...folder(
      'sources',
      ['model/net/'],
      'A source connects to one outside system and judges nothing: turn its answer into a fact in a collector.',
    ),
    ...folder(
      'collectors',
      ['model/', 'sources/'],
      'A collector reads and judges nothing: compare with expected in a check.',
    ),
    ...folder(
      'actuators',
      ['model/', 'sources/'],
      'An actuator carries out one kind of step: what to do is decided by a remedy.',
    ),
    ...folder(
      'audit',
      ['model/'],
      'The audit keeps what was changed, as lines of a file: what to change is decided elsewhere.',
    ),
    ...pure(
      'resources',
      [],
      'resources judges what containers ask for and use: read it in a collector, show it in a renderer.',
    ),
    ...pure(
      'trends',
      [],
      'trends is statistics over series that it is given: where they come from is for history and sources.',
    ),
    ...pure(
      'alerts',
      [],
      'An alert is data: it is written as a file by a renderer, and knows no cluster.',
    ),
    ...folder(
      'history',
      ['model/', 'report/'],
      'History keeps what it is given in a file: read it in a collector, judge it in trends.',
    ),
    ...folder(
      'engine',
      [
        'model/',
        'expected/',
        'checks/',
        'causes/',
        'remedies/',
        'resources/',
        'trends/',
        'report/',
        'sources/',
        'collectors/',
        'actuators/',
        'audit/',
        'history/',
      ],
      'The engine returns a report: rendering and flags belong to render and apps.',
    ),
    ...folder(
      'render',
      ['report/', 'resources/', 'trends/', 'alerts/'],
      'A renderer is a function of the report: add the field to it.',
    ),
    ...folder(
      'apps',
      [
        'engine/',
        'render/',
        'report/',
        'resources/',
        'trends/',
        'alerts/',
        'audit/',
        'history/',
        'sources/',
        'simulation/',
      ],
      'An app holds flags, wiring and exit codes: ask the engine for the rest.',
    ),
    ...folder(
      'simulation',
      [],
      'The simulation is the other side of the wire: write it from flannel itself, so that a mistake in SHOULD cannot hide in both.',
    ),
    {
      name: 'simulation-through-a-kubeconfig',
      severity: 'error',
      comment: 'The product reaches the simulation through a kubeconfig; only the demo starts it.',
      from: { path: '^src/', pathNot: ['^src/simulation/', '^src/apps/cli/demo', test] },
      to: { path: '^src/simulation/' },
    },
    {
      name: 'nothing-imports-apps',
      severity: 'error',
      comment: 'Move what you need to the folder that is responsible for it.',
      from: { path: '^src/', pathNot: '^src/apps/' },
      to: { path: '^src/apps/' },
    },
    {
      name: 'one-writer',
      severity: 'error',
      comment:
        'Only actuators and the debug pods that a person allowed change the world: return a step and let its actuator write.',
      from: {
        path: '^src/',
        pathNot: [
          '^src/actuators/',
          '^src/sources/node-access/debug-pod/',
          '^src/sources/.*write\\.ts$',
          test,
        ],
      },
      to: { path: '^src/sources/.*write\\.ts$' },
    },
    {
      name: 'one-way-to-write',
      severity: 'error',
      comment:
        'A connection reads: what writes goes through sources/kubernetes/write.ts, in an actuator.',
      from: {
        path: '^src/',
        pathNot: ['^src/sources/kubernetes/(?:connection|write)\\.ts$'],
      },
      to: { path: '^src/sources/kubernetes/client-of\\.ts$' },
    },
    {
      name: 'vendor-client-in-one-place',
      severity: 'error',
      comment: 'Only sources/kubernetes talks to the Kubernetes client: use its connection.',
      from: { path: '^src/', pathNot: ['^src/sources/kubernetes/', test] },
      to: { path: 'node_modules/@kubernetes/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two modules that need each other are one, or a third is hidden in them: move it out.',
      from: { path: '^(src|testkit)/' },
      to: { circular: true },
    },
    {
      name: 'subpath-imports-between-folders',
      severity: 'error',
      comment: 'Between folders of src import by `#folder/file.ts`.',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/',
        pathNot: '^src/$1/',
        dependencyTypesNot: ['aliased-subpath-import'],
      },
    },
    {
      name: 'no-barrels',
      severity: 'error',
      comment:
        'Import the file itself; only report has an index, because it is the public contract.',
      from: { path: '^(src|testkit)/' },
      to: { path: '^(src|testkit)/.*/index\\.ts$', pathNot: '^src/report/index\\.ts$' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      comment: 'The product imports no test and no testkit: move the code to src.',
      from: { path: '^src/', pathNot: test },
      to: { path: [test, '^(testkit|test|bench|tools)/'] },
    },
    {
      name: 'tests-import-no-test',
      severity: 'error',
      comment: 'Move what two tests share to testkit.',
      from: { path: test },
      to: { path: test },
    },
    {
      name: 'product-with-its-dependencies',
      severity: 'error',
      comment:
        'Make it a dependency with a reason in docs/adr/0009-dependencies.md, or do without.',
      from: { path: '^src/', pathNot: test },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'The file or package does not exist: correct the import.',
      from: { path: '^(src|testkit)/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'reachable-from-an-app',
      severity: 'error',
      comment: 'No app uses this module: use it or remove it.',
      from: { path: '^src/apps/[^/]+/(launch|main)\\.ts$' },
      // The launcher starts the app, so it is not reached from it.
      to: { path: '^src/', pathNot: [test, '^src/apps/[^/]+/launch\\.ts$'], reachable: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'default', 'types'] },
  },
};

export default configuration;
