/** A match beside an attack, in a process of its own, so that it feels the server and nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Bystanders } from '../bystanders.ts';

const bystanders = await Bystanders.meet(process.env['ATTACKED_URL'] ?? '');
const control = createServer((request, response) => {
  if (request.url === '/play') {
    bystanders.play();
    response.end();
    return;
  }
  void bystanders.stop().then((counts) => response.end(JSON.stringify(counts)));
});
control.listen(0, '127.0.0.1', () => {
  const { port } = control.address() as AddressInfo;
  console.log(`beside on ${port} as ${bystanders.peerIds.join(' ')} now`);
});
