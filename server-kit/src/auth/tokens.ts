import { randomBytes } from 'node:crypto';
import { SignJWT, jwtVerify } from 'jose';
import { Refusal } from '../refusal.ts';

/** Who holds a token: a participant, and which of its pages (the newest has the highest number). */
export interface Holder {
  participant: string;
  session: number;
}

/** A study of several hours, paused over night, can still upload. */
const LIFETIME = '48h';
const AUDIENCE = 'cotrial:participant';

/** Signs and reads participant tokens (JWT, HMAC-SHA-256). */
export class Tokens {
  /** @param secret 32 bytes, kept in the database so that tokens survive a restart. */
  constructor(private readonly secret: Uint8Array) {}

  sign(holder: Holder, lifetime = LIFETIME): Promise<string> {
    return new SignJWT({ session: holder.session })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(holder.participant)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(lifetime)
      .sign(this.secret);
  }

  /** @throws Refusal `unauthorized` for anything but a valid, unexpired token of this server. */
  async read(token: unknown): Promise<Holder> {
    try {
      if (typeof token !== 'string') throw new TypeError('no token');
      const { payload } = await jwtVerify(token, this.secret, {
        audience: AUDIENCE,
        algorithms: ['HS256'],
      });
      const { sub, session } = payload;
      if (typeof sub !== 'string' || typeof session !== 'number') throw new TypeError('no holder');
      return { participant: sub, session };
    } catch {
      throw new Refusal('unauthorized', 'The token is missing or no longer valid: join again.');
    }
  }
}

/** Unguessable identifier, 128 bits. */
export const randomId = (): string => randomBytes(16).toString('hex');
export const randomSecret = (): Buffer => randomBytes(32);
/** Unsigned 32-bit seed. */
export const randomSeed = (): number => randomBytes(4).readUInt32LE();
