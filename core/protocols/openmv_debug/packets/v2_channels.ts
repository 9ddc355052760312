/** Channels of protocol V2 and what is asked of them (openmv-runtime.md 1.3, 1.4). */

export const Channel = { SYSTEM: 0, STDIN: 1, STDOUT: 2, STREAM: 3 } as const;

/** Bits of a POLL. */
export const Polled = { RUNNING: 2, TEXT: 4, FRAME: 8 } as const;

/** IOCTLs of stdin. */
export const Stdin = { STOP: 1, EXEC: 2, RESET: 3 } as const;

/** IOCTLs of the stream: a number follows, which turns the preview on or off. */
export const Stream = { CTRL: 0 } as const;

/** Bytes of a payload that every board takes (1.3), and what of a script fits beside 8 bytes. */
export const PAYLOAD = 498;
export const WRITE_PIECE = PAYLOAD - 8;

/** CRC and sequence, no acknowledgements and events; the payload above (1.4). */
export const capabilities: Uint8Array = Uint8Array.of(
  ...[3, 0, 0, 0, PAYLOAD & 0xFF, PAYLOAD >> 8],
  ...new Array<number>(10).fill(0),
);
