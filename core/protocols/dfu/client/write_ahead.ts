import { throwIfAborted } from "../../../common/clock.ts";
import { byteSize, hex } from "../../../common/format.ts";
import { text, type Words } from "../../../common/text.ts";
import type { DfuClient, SentAhead } from "./dfu_client.ts";
import type { Block } from "./dfuse_write_plan.ts";

/** A block of 4 KiB takes up to 0.1 s (dfu-dfuse.md B7), and may wait for three others. */
export const WRITE_MS = 5000;

/** Follows the writing of blocks. */
export interface BlockVisitor {
  /** What happens next to the device concerns this block. */
  before?(block: Block): void;
  /** The device has written the block. */
  after?(block: Block): void;
}

/** Completes "the camera could not …". */
export function writing({ address, bytes }: Block): Words {
  return text`write ${byteSize(bytes.length)} at ${hex(address)}`;
}

/**
 * Sends blocks from dfuDNLOAD-IDLE without waiting for the one before, and takes those out of `left`
 * that are written. It stops at the first block with which the device does not do what is expected, and
 * at the first without a number. A block whose DNLOAD was refused stays, unless the device has begun to
 * write it: so says the GETSTATUS behind it if nothing else can be under way (dfu-dfuse.md F1).
 * @param left the blocks, in the order in which they are sent
 * @param numberOf returns the wValue of a block; undefined if the pointer must be set first
 * @returns false if the device refused a request, or answered while it was busy
 * @throws UnbrickError as DfuClient.finish, once nothing is under way any more.
 */
export async function writeAhead(
  dfu: DfuClient,
  left: Set<Block>,
  numberOf: (block: Block) => number | undefined,
  { before, after }: BlockVisitor,
  signal?: AbortSignal,
): Promise<boolean> {
  const blocks = [...left];
  const done = (block: Block) => {
    left.delete(block);
    after?.(block);
  };
  const underWay: { readonly block: Block; readonly sent: Promise<SentAhead> }[] = [];
  const unfinished: Block[] = [];
  let isPlain = true;
  try {
    for (let next = 0;;) {
      while (isPlain && underWay.length < dfu.requestsTogether && next < blocks.length) {
        const block = blocks[next], wBlockNum = numberOf(block);
        if (wBlockNum === undefined) break;
        if (signal) throwIfAborted(signal);
        const pending = { what: () => writing(block), deadlineMs: WRITE_MS };
        const sent = dfu.sendAhead(wBlockNum, block.bytes, pending);
        sent.catch(() => {}); // it is awaited below, perhaps after others
        underWay.push({ block, sent });
        next++;
      }
      const oldest = underWay.shift();
      if (!oldest) break;
      const { block, sent } = oldest;
      before?.(block);
      const { wasAccepted, wasDone: [first, second] } = await sent;
      const hasBegun = wasAccepted || isPlain && first === false;
      isPlain &&= wasAccepted && second === true;
      if (hasBegun && second) done(block);
      else if (hasBegun) unfinished.push(block);
    }
  } finally {
    await Promise.allSettled(underWay.map(({ sent }) => sent));
  }
  if (isPlain) return true;
  const [block = blocks[0]] = unfinished;
  before?.(block);
  await dfu.finish({ what: () => writing(block), deadlineMs: WRITE_MS });
  unfinished.forEach(done);
  return false;
}
