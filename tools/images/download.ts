import { isAllowedAddress } from "./lock_file.ts";

/** The only file of the project that uses a network: `lock-images` and `build --locked-images`. */

/** What came from an address. */
export interface Downloaded {
  readonly bytes: Uint8Array;
  /** Hosts to which the servers redirected, in order. */
  readonly redirects: readonly string[];
}

export interface DownloadOptions {
  /** Most bytes that are read. */
  readonly maximum: number;
  /** Hosts to which a server may redirect; left out: any, over https. */
  readonly redirects?: readonly string[];
  /** Longest time for all of it, milliseconds. Default 10 minutes. */
  readonly deadlineMs?: number;
}

/** A server cannot give this file: an answer other than 200. */
export class MissingFile extends Error {
  override readonly name = "MissingFile";
}

const deadlineMs = 600_000;
/** Most redirects in a row. Chosen by unbrick. */
const mostRedirects = 5;

/**
 * Downloads a file.
 * @throws MissingFile if the server does not have it
 * @throws Error with the address and the reason: a redirect to a host that is not allowed or to
 * http, more than `maximum` bytes, a connection that breaks off, no end before the deadline
 */
export async function download(address: string, options: DownloadOptions): Promise<Downloaded> {
  const signal = AbortSignal.timeout(options.deadlineMs ?? deadlineMs);
  const refused = (reason: string) => new Error(`${address}: ${reason}`);
  const redirects: string[] = [];
  let url = new URL(address);
  if (!isAllowedAddress(address)) throw refused("it is not an https address");
  while (true) {
    const response = await answer(url, signal).catch((error) => {
      throw refused(`it cannot be reached (${error.message})`);
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      if (response.ok) return { bytes: await read(response, options.maximum, refused), redirects };
      await response.body?.cancel();
      throw new MissingFile(`${address}: the server answers ${response.status}`);
    }
    await response.body?.cancel();
    const next = URL.parse(location, url.href);
    if (!next) throw refused(`it is redirected to ${location}, which is not an address`);
    const reason = redirectRefusal(url, next, options.redirects);
    if (reason) throw refused(reason);
    if (redirects.push(next.host) > mostRedirects) throw refused("it is redirected too often");
    url = next;
  }
}

/**
 * Returns why a redirect is not followed; undefined if it is.
 * @param allowed Hosts; undefined: any.
 */
export function redirectRefusal(
  from: URL,
  to: URL,
  allowed: readonly string[] | undefined,
): string | undefined {
  const isWeaker = from.protocol === "https:" && to.protocol !== "https:";
  if (isWeaker || !isAllowedAddress(to.href)) {
    const place = to.host === "" ? to.protocol : to.origin;
    return `it is redirected to ${place}, which is not https`;
  }
  if (allowed && !allowed.includes(to.host)) {
    return `it is redirected to ${to.host}, which the lock does not allow`;
  }
}

const answer = (url: URL, signal: AbortSignal) =>
  fetch(url, { redirect: "manual", signal, headers: { "accept-encoding": "identity" } });

async function read(
  response: Response,
  maximum: number,
  refused: (reason: string) => Error,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of response.body ?? []) {
      size += piece.length;
      if (size > maximum) break;
      pieces.push(piece);
    }
  } catch (error) {
    throw refused(`it breaks off after ${size} bytes (${(error as Error).message})`);
  }
  if (size > maximum) throw refused(`it has more than ${maximum} bytes`);
  const bytes = new Uint8Array(size);
  pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0);
  return bytes;
}
