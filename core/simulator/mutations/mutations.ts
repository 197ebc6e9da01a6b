import { REQUEST } from '../../src/rollback/requests.ts';

/** A fault planted into the engine when it is bundled: one text is replaced by another. */
export interface Mutation {
  name: string;
  /** From the root of the repository. */
  file: string;
  /** Must be there exactly once, so that a mutation never silently does nothing. */
  find: string;
  replace: string;
  /** Which of batches.ts notices it; EVERYTHING unless said. */
  batch?: 'ENDINGS';
}

const ROLLBACK = 'core/src/rollback';

/** Each breaks a promise that the simulation must notice. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'acknowledgement off by one: a peer says that it holds an input more',
    file: `${ROLLBACK}/match.ts`,
    find: 'this.marks.hold(player, complete ? HELD_ALL : held)',
    replace: 'this.marks.hold(player, complete ? HELD_ALL : held + 1)',
  },
  {
    name: 'acknowledgement off by one: a sender leaves out an input more',
    file: `${ROLLBACK}/outbox.ts`,
    find: 'base = Math.min(marks.row(to)[options.local]!, own.held)',
    replace: 'base = Math.min(marks.row(to)[options.local]! + 1, own.held)',
  },
  {
    name: 'states are pruned one frame early',
    file: `${ROLLBACK}/exporter.ts`,
    find: 'list.push(REQUEST.prune);\n    list.push(oldest);',
    replace: 'list.push(REQUEST.prune);\n    list.push(oldest + 1);',
  },
  {
    name: "no rollback on the episode's last frame",
    file: `${ROLLBACK}/simulation.ts`,
    find: 'if (wrong === null) return null;\n    this.wrong = null;',
    replace:
      'this.wrong = null;\n    if (wrong === null || wrong.frame === this.over) return null;',
  },
  {
    name: "a leaver's inputs are not shared",
    file: `${ROLLBACK}/outbox.ts`,
    find: 'if (theirs === match.episode) this.fill(to);',
    replace: '',
  },
  {
    name: 'a checksum is taken on a speculative frame',
    file: `${ROLLBACK}/session.ts`,
    find: 'this.counters.frames += 1;',
    replace: `this.counters.frames += 1;
    if (match.isChecked(this.frame - 1)) {
      this.list.push(${REQUEST.checksum});
      this.list.push(this.frame - 1);
    }`,
  },
  {
    name: 'rows are exported when they are held, before they are agreed',
    file: `${ROLLBACK}/match.ts`,
    find: 'Math.min(this.marks.agreed(), this.end(), frame',
    replace: 'Math.min(this.marks.held(), this.end(), frame',
  },
  {
    name: 'a finished peer does not answer one that did not hear it',
    file: `${ROLLBACK}/farewell.ts`,
    find: 'if (!overThere) this.owed[player] = true;',
    replace: '',
    batch: 'ENDINGS',
  },
  {
    name: 'states are kept without the generator',
    file: 'core/simulator/toy-environment.ts',
    find: 'this.states.set(frame, { ...this.state });',
    replace: 'this.states.set(frame, { ...this.state, generator: 0 });',
  },
  {
    name: 'a state that was taken is not put in',
    file: `${ROLLBACK}/state-transfer.ts`,
    find: 'match.simulation.restore(list, frame, state, over);',
    replace: '',
    batch: 'ENDINGS',
  },
  {
    name: 'a peer with another environment is accepted',
    file: 'core/src/protocol/hello.ts',
    find: 'if (differs(1, 1 + ENVIRONMENT_BYTES)) {',
    replace: 'if (false as boolean) {',
  },
];
