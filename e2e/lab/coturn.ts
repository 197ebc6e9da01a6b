import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface Coturn {
  port: number;
  /** ICE servers with credentials of one hour, for a client that reaches coturn on `port`. */
  iceServers(port?: number): { urls: string; username: string; credential: string }[];
  stop(): Promise<void>;
}

/**
 * Starts a real coturn on the loopback interface, with the time-limited credentials of
 * `use-auth-secret`, and waits until it answers.
 *
 * @param port UDP port, 0 for a free one
 * @param configuration a configuration file, of which everything holds that is not said here
 * @throws Error if `turnserver` is not installed or does not answer; its output is in the message
 */
export async function startCoturn({
  secret = randomBytes(16).toString('hex'),
  port = 0,
  configuration,
}: { secret?: string; port?: number; configuration?: string } = {}): Promise<Coturn> {
  const listening = port === 0 ? await freeUdpPort() : port;
  const child = spawn(
    'turnserver',
    [
      ...(configuration === undefined ? ['-n', '-r', 'cotrial.test'] : ['-c', configuration]),
      ...['--use-auth-secret', '--static-auth-secret', secret],
      // Peers are on this machine too.
      '--allow-loopback-peers',
      ...['--listening-ip', '127.0.0.1', '--relay-ip', '127.0.0.1'],
      ...['--listening-port', String(listening), '--no-tls', '--no-dtls', '--no-tcp', '--no-cli'],
      ...['--log-file', 'stdout', '--pidfile', '/dev/null'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const keep = (text: Buffer) => (output = (output + text.toString()).slice(-4_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`turnserver cannot be started: ${error.message}`));
    child.once('exit', (code) => resolve(`turnserver ended with ${code}`));
  });
  const failure = await Promise.race([exited, answers(listening)]);
  if (failure !== null) {
    child.kill('SIGKILL');
    throw new Error(`${failure}\n${output}`);
  }
  return {
    port: listening,
    iceServers: (reachedOn = listening) => {
      const username = `${Math.floor(Date.now() / 1000) + 3600}:lab`;
      const credential = createHmac('sha1', secret).update(username).digest('base64');
      return [{ urls: `turn:127.0.0.1:${reachedOn}?transport=udp`, username, credential }];
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** A STUN binding request (RFC 8489): type, length, magic cookie, transaction. */
const BINDING_REQUEST = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]);

/** Null once the server on `port` answers, or what went wrong. */
function answers(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (result: string | null) => {
      clearInterval(asking);
      clearTimeout(limit);
      socket.close();
      resolve(result);
    };
    const asking = setInterval(() => socket.send(BINDING_REQUEST, port, '127.0.0.1'), 50);
    const limit = setTimeout(() => finish('turnserver does not answer'), 10_000);
    socket.once('message', () => finish(null));
    // Refused while it is still starting.
    socket.on('error', () => undefined);
  });
}
