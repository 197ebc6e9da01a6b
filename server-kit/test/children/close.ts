/** A host with a match, a waiting page and signaling, closed: nothing may keep the process alive. */
import { WebSocket } from 'ws';
import { Page, playPages, startHost } from '../support.ts';

const host = await startHost();
const { matched } = await playPages(host.url);
await (await Page.open(host.url)).enter();
const { path, token } = matched[0]!.signaling;
const query = `key=peerjs&id=${matched[0]!.players[0]!.peer_id}&token=${token}`;
const signaling = new WebSocket(`${host.url.replace('http', 'ws')}${path}/peerjs?${query}`);
await new Promise((resolve) => signaling.once('message', resolve));
await host.stop();
