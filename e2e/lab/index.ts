/** The network laboratory: real TURN, real bad networks, real browsers, on one machine. */
export { launchChromium } from './chromium.ts';
export { startCoturn, type Coturn } from './coturn.ts';
export { type Impairment, type ImpairmentCounts } from './impairment.ts';
export {
  startLossyForwarder,
  type ForwarderOptions,
  type LossyForwarder,
} from './lossy-forwarder.ts';
