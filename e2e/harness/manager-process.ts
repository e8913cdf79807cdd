// The composed application in a process of its own, so that a test can kill it: answers what its parent asks over
// Node's channel. Bundled and run by manager.ts; its environment says where its files are.
import { appPaths } from '../../electron/paths.ts';
import { createApp } from '../../electron/app.ts';
import { noShell } from '../../electron/ipc/shell-port.ts';
import { silentLogger } from '../../electron/log/logger.ts';
import type { Answer, Question } from './manager.ts';

const app = createApp({
  paths: appPaths(process.env, process.argv[2] ?? ''),
  log: silentLogger,
  shell: noShell,
  env: process.env,
});
const send = (answer: Answer): void => void process.send?.(answer);

const answerTo = async (question: Question): Promise<unknown> => {
  switch (question.kind) {
    case 'invoke':
      return app.invoke(question.channel, question.args);
    case 'job':
      return app.commands.jobEnded(question.job);
    case 'state':
      return app.store.getState();
  }
};

process.on('message', (question: Question) => {
  const { id } = question;
  answerTo(question).then(
    (value) => send({ id, value }),
    (error: unknown) => send({ id, error: String(error) }),
  );
});
// A parent that is gone has no questions.
process.on('disconnect', () => process.exit(1));
await app.ready;
await app.enginesKnown;
send({ id: 0, value: undefined });
