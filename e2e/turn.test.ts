/** The documented coturn configuration, with a real coturn and coturn's own client (SEC-17, NET-3). */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { iceServersFor } from '../server-kit/src/ice/ice.ts';
import { startCoturn, type Coturn } from './lab/coturn.ts';

const SECRET = 'the secret of this test';
let folder: string;
let coturn: Coturn;
let attempts = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cotrial-turn-'));
  const documented = readFileSync(new URL('../docs/turnserver.conf', import.meta.url), 'utf8');
  const configuration = join(folder, 'turnserver.conf');
  const here = documented
    .replace(/^(external-ip|static-auth-secret|listening-port)=.*$/gm, '')
    // In the place of the server's own public address: the one peer that may be reached.
    .replace(/^allowed-peer-ip=.*$/m, 'allowed-peer-ip=127.0.0.1');
  writeFileSync(configuration, here);
  coturn = await startCoturn({ secret: SECRET, configuration });
});
afterAll(async () => {
  await coturn?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What coturn's client says when it allocates and asks for the way to `peer`. */
async function tryTurn(credentialMadeAt: number, peer: string): Promise<string> {
  const options = { turn: { urls: ['turn:x'], secret: SECRET, ttlSeconds: 3_600 } };
  const [server] = iceServersFor(`participant-${attempts++}`, options, credentialMadeAt);
  const client = spawn('turnutils_uclient', [
    ...['-v', '-u', server!.username!, '-w', server!.credential!, '-p', String(coturn.port)],
    ...['-e', peer, '-n', '1', '-m', '1', '127.0.0.1'],
  ]);
  let said = '';
  // It repeats itself for a long time after the answer is known.
  const answer = /channel bind: error 403|Cannot complete Allocation|Total connect time/;
  return new Promise((resolve, reject) => {
    const listen = (data: Buffer) => {
      said += data.toString();
      if (answer.test(said)) client.kill('SIGKILL');
    };
    client.stdout.on('data', listen);
    client.stderr.on('data', listen);
    client.once('error', reject);
    client.once('close', () => resolve(said));
  });
}

test('a credential of the server kit opens the way to a peer', async () => {
  expect(await tryTurn(Date.now(), '127.0.0.1')).toMatch(/Total connect time/);
});

test.each(['10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '127.0.0.2', '100.64.0.1'])(
  'nobody reaches %s through it',
  async (address) => {
    expect(await tryTurn(Date.now(), address)).toMatch(/error 403 \(Forbidden IP\)/);
  },
);

test('an old credential is refused', async () => {
  expect(await tryTurn(Date.now() - 3_700_000, '127.0.0.1')).toMatch(/Cannot complete Allocation/);
});
