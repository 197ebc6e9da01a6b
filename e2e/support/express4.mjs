/** `node --import`: the program's `express` is Express 4; its dependencies keep their own. */
import { register } from 'node:module';

const hook = `
export function resolve(specifier, context, next) {
  const fromProgram = context.parentURL?.includes('/demos/smallest/');
  if (specifier !== 'express' || !fromProgram) return next(specifier, context);
  console.log('The program gets Express 4.');
  return next('express4', context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
