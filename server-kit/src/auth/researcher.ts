import type { NextFunction, Request, Response } from 'express';
import { sameText } from './same-text.ts';

/** Lets only holders of the researcher key through: `Authorization: Bearer <key>`, else 401. */
export function requireResearcher(key: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const [scheme, given] = (request.headers.authorization ?? '').split(' ', 2);
    if (scheme?.toLowerCase() === 'bearer' && given !== undefined && sameText(given, key)) {
      next();
      return;
    }
    response
      .status(401)
      .set('WWW-Authenticate', 'Bearer')
      .json({
        error: {
          code: 'unauthorized',
          message: 'Send the researcher key as "Authorization: Bearer <key>".',
        },
      });
  };
}
