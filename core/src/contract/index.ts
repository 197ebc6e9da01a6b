/** What pages and the server kit share: messages, schemas, and how the record's bytes are read. */
export * from './adapter.ts';
export * from './brands.ts';
export * from './outcomes.ts';
export * from './socket.ts';
export * from './link.ts';
export * from './marshal.ts';
export * from './record.ts';
